"""The extrinsics of a block, as `chain_getBlock` tells them: who signed, and the call as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.bittensor.codec import Runtime
from collectors.bittensor.hexadecimal import to_bytes
from collectors.bittensor.library import attempt
from collectors.errors import Unreadable


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call and its arguments. An argument may hold further calls, as WrittenCall."""

    pallet: str
    name: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.pallet}.{self.name}"


@dataclass(frozen=True, slots=True)
class Extrinsic:
    index: int
    signer: str | None
    """None for an inherent, which the block's author writes."""
    call: WrittenCall


def read_extrinsics(runtime: Runtime, block: Any) -> tuple[Extrinsic | None, ...]:
    """By index, from the result of `chain_getBlock`. `runtime` is the one that executed the block.

    An extrinsic that cannot be decoded is None: the others can still be told. Raises Unreadable for another shape.
    """
    written = block.get("block") if isinstance(block, Mapping) else None
    extrinsics = written.get("extrinsics") if isinstance(written, Mapping) else None
    if not isinstance(extrinsics, list):
        raise Unreadable("not a block with extrinsics")
    return tuple(_read(runtime, index, raw) for index, raw in enumerate(extrinsics))


def _read(runtime: Runtime, index: int, raw: Any) -> Extrinsic | None:
    try:
        return read_extrinsic(runtime, index, raw)
    except Unreadable:
        return None


def read_extrinsic(runtime: Runtime, index: int, raw: Any) -> Extrinsic:
    """Raises Unreadable."""
    problem = f"an extrinsic cannot be decoded by runtime {runtime.spec_version}"
    decoded = attempt(problem, runtime.library.decode_extrinsic, to_bytes(raw))
    extrinsic: Extrinsic = attempt(problem, lambda: Extrinsic(index, _account(decoded), _call(decoded["call"])))
    return extrinsic


def _account(decoded: Mapping[str, Any]) -> str | None:
    address = decoded.get("address")
    if address is not None and not isinstance(address, str):
        raise TypeError  # an index or another kind of address that subtensor does not use
    return address


def _call(decoded: Mapping[str, Any]) -> WrittenCall:
    arguments = {argument["name"]: _value(argument["value"]) for argument in decoded["call_args"]}
    return WrittenCall(decoded["call_module"], decoded["call_function"], arguments)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "call_module" in value and "call_args" in value:
            return _call(value)
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_value(inner) for inner in value)
    return value
