"""Bytes as JSON-RPC writes them: "0x" and two digits for each."""

from __future__ import annotations

from typing import Any

from collectors.errors import Unreadable

_DIGITS = frozenset("0123456789abcdefABCDEF")


def to_bytes(value: Any) -> bytes:
    """Raises Unreadable for anything but "0x…" with an even number of digits."""
    if isinstance(value, str) and value.startswith("0x") and not len(value) % 2 and _DIGITS.issuperset(value[2:]):
        return bytes.fromhex(value[2:])
    raise Unreadable("not a hexadecimal text")


def to_hex(data: bytes) -> str:
    return "0x" + data.hex()


def to_hash(value: Any) -> str:
    """The text itself, of 32 bytes. Raises Unreadable for anything else."""
    if len(to_bytes(value)) != 32:
        raise Unreadable("not a block's hash")
    return str(value)


def to_number(value: Any) -> int:
    """A quantity such as a header's number, "0x43" or zero-padded, below 2⁶⁴. Raises Unreadable."""
    if isinstance(value, str) and value.startswith("0x") and 2 < len(value) <= 34 and _DIGITS.issuperset(value[2:]):
        number = int(value, 16)
        if number < 2**64:
            return number
    raise Unreadable("not a hexadecimal number")
