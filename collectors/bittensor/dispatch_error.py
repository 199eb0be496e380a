"""Why a call failed, as its runtime names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.bittensor.codec import Runtime
from collectors.bittensor.hexadecimal import to_bytes
from collectors.errors import Unreadable


def error_name(runtime: Runtime, error: Any) -> str | None:
    """ "SubtensorModule.SettingWeightsTooFast", "Token.FundsUnavailable", "BadOrigin"; None where it is not known.

    `error` is a decoded DispatchError. Errors of pallets come as the index of the pallet and, in the first of four
    bytes, that of the error (sp_runtime::ModuleError).
    """
    if isinstance(error, str):
        return error
    if not isinstance(error, Mapping) or len(error) != 1:
        return None
    kind, detail = next(iter(error.items()))
    if kind != "Module":
        return f"{kind}.{detail}" if isinstance(detail, str) else str(kind)
    pallet, index = (detail.get("index"), detail.get("error")) if isinstance(detail, Mapping) else (None, None)
    if isinstance(index, str):
        index = _first_byte(index)
    if not isinstance(pallet, int) or not isinstance(index, int):
        return None
    try:
        return runtime.error_name(pallet, index)
    except Unreadable:
        return None


def _first_byte(text: str) -> int | None:
    try:
        data = to_bytes(text)
    except Unreadable:
        return None
    return data[0] if data else None


def result_of(runtime: Runtime, result: Any) -> tuple[bool | None, str | None]:
    """Whether a decoded Result<(), DispatchError> is one of success, and the error's name. None: it is neither."""
    if isinstance(result, Mapping) and len(result) == 1:
        if "Ok" in result:
            return True, None
        if "Err" in result:
            return False, error_name(runtime, result["Err"])
    return None, None
