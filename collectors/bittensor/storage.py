"""What `state_queryStorageAt` answers: the values of many keys at one block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collectors.bittensor.hexadecimal import to_bytes
from collectors.errors import Unreadable


def read_values(result: Any, block_hash: str, keys: Sequence[str]) -> dict[str, str | None]:
    """Key -> raw value, None where nothing is stored, for all of `keys` ("0x…" in small letters).

    Raises Unreadable for another block's values, a key that was not asked for, and one that is missing: a node tells
    null for a key with nothing stored (Substrate, query_storage_unfiltered), so that a gap is no default.
    """
    if not isinstance(result, list) or len(result) != 1 or not isinstance(result[0], dict):
        raise Unreadable("not the storage of one block")
    block, changes = result[0].get("block"), result[0].get("changes")
    if block != block_hash:
        raise Unreadable("storage of another block")
    if not isinstance(changes, list):
        raise Unreadable("not the storage of one block")
    asked = set(keys)
    values: dict[str, str | None] = {}
    for change in changes:
        if not isinstance(change, list) or len(change) != 2 or change[0] not in asked:
            raise Unreadable("storage of a key that was not asked for")
        key, value = change
        if value is not None:
            to_bytes(value)
        values[key] = value
    if len(values) != len(asked):
        raise Unreadable("storage of a key is missing")
    return values
