"""One finalised block: its header, its calls out of their wrappers, and its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from collectors.bittensor.hexadecimal import to_hash, to_number
from collectors.errors import Unreadable


class Header(NamedTuple):
    number: int
    parent: str


def header_of(answer: Any) -> Header:
    """From the result of `chain_getHeader`, or of `chain_getBlock`. Raises Unreadable."""
    header = answer
    if isinstance(answer, Mapping) and isinstance(answer.get("block"), Mapping):
        header = answer["block"].get("header")
    if not isinstance(header, Mapping):
        raise Unreadable("not a block's header")
    return Header(to_number(header.get("number")), to_hash(header.get("parentHash")))
