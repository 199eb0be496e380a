"""The official decoder, bittensor-core: it knows nothing of the simulator."""

from __future__ import annotations

from typing import Any

import pytest

core = pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")


class Oracle:
    """One runtime, opened from metadata that a node served."""

    def __init__(self, metadata: bytes) -> None:
        self.runtime = core.Runtime(metadata, 0, 0)

    def key(self, pallet: str, item: str, *parts: Any) -> str:
        return f"0x{bytes(self.runtime.storage_key(pallet, item, list(parts))).hex()}"

    def value(self, pallet: str, item: str, raw: str | bytes | None) -> Any:
        if raw is None:
            return None
        data = bytes.fromhex(raw[2:]) if isinstance(raw, str) else raw
        return self.runtime.decode(self.runtime.storage_entry(pallet, item).value_type, data)

    def result(self, method: str, raw: str | bytes) -> Any:
        api, _, name = method.partition("_")
        data = bytes.fromhex(raw[2:]) if isinstance(raw, str) else raw
        return self.runtime.decode(self.runtime.runtime_api_map()[api][name]["output"], data)

    def events(self, raw: str | bytes) -> list[tuple[str, str, Any, int | None]]:
        """(pallet, event, attributes, extrinsic)"""
        return [
            (one["module_id"], one["event_id"], one["attributes"], one["extrinsic_idx"])
            for one in self.value("System", "Events", raw)
        ]

    def call(self, extrinsic: bytes) -> tuple[str | None, str, dict[str, Any]]:
        """Signer, name and arguments."""
        decoded = self.runtime.decode_extrinsic(extrinsic)
        call = decoded["call"]
        arguments = {one["name"]: one["value"] for one in call["call_args"]}
        return decoded.get("address"), f"{call['call_module']}.{call['call_function']}", arguments
