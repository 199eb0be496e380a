"""Where a runtime's raw metadata come from: version 15 where the runtime offers it, else what every node tells."""

from __future__ import annotations

from collectors.bittensor.hexadecimal import to_bytes
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.rpc_error import RuntimeMethodMissing
from collectors.errors import Unreadable

_VERSION_15 = "0x0f000000"


def fetch_metadata(rpc: JsonRpc, block_hash: str, *, endpoint: str | None = None) -> bytes:
    """Raw metadata of the runtime that the state of `block_hash` holds. Raises SourceError.

    The block of an upgrade was written by the runtime before and holds the one after: to read what it wrote, ask for
    its parent's. Runtimes up to 2023 do not have the method that tells version 15; version 14 does not describe the
    methods of `state_call`.
    """
    raw = None
    try:
        answer = rpc.one("state_call", "Metadata_metadata_at_version", _VERSION_15, block_hash, endpoint=endpoint)
        raw = unwrap(answer.value)
    except RuntimeMethodMissing:
        pass  # any other error must not keep version 14 for a runtime that has 15
    return raw or to_bytes(rpc.one("state_getMetadata", block_hash, endpoint=endpoint).value)


def unwrap(raw: object) -> bytes | None:
    """Out of what `state_call("Metadata_metadata_at_version", …)` answers: an optional list of bytes.

    None where the runtime does not offer that version. Raises Unreadable for another shape.
    """
    data = to_bytes(raw)
    if data == b"\x00":
        return None
    problem = Unreadable("not the metadata of a runtime")
    if len(data) < 2 or data[0] != 1:
        raise problem
    width = {0: 1, 1: 2, 2: 4}.get(data[1] & 3)
    if width is None:  # 1 GB and more
        raise problem
    length = int.from_bytes(data[1 : 1 + width], "little") >> 2
    if len(data) != 1 + width + length:
        raise problem
    return data[1 + width :]
