"""Block headers: `/chains/main/blocks/<b>/header`, and the `header` of a whole block.

The round stands in the fitness, not in a field of its own (Tenderbake, since Ithaca): `["02", level, locked round or
"", -predecessor's round - 1, round]`, numbers as 8 hexadecimal digits.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unreadable
from collectors.tezos.facts import Head
from collectors.tezos.fields import INT32_MAX, level, seconds, text


def parse_head(answer: object) -> Head:
    """Raises Unreadable for anything that is not the header of a Tenderbake block."""
    if not isinstance(answer, dict):
        raise Unreadable("the header is not an object")
    return read_header(
        answer,
        chain_id=text(answer.get("chain_id")),
        block_hash=text(answer.get("hash")),
        protocol=text(answer.get("protocol")),
    )


def read_header(header: dict[str, Any], *, chain_id: str | None, block_hash: str | None, protocol: str | None) -> Head:
    """The fields that stand in the header itself; a whole block carries the other three beside it."""
    block_level = level(header.get("level"))
    if block_level is None:
        raise Unreadable("the header has no level")
    timestamp = seconds(header.get("timestamp"))
    if timestamp is None:
        raise Unreadable("the header has no timestamp")
    predecessor = text(header.get("predecessor"))
    if predecessor is None:
        raise Unreadable("the header has no predecessor")
    block_round = read_round(header.get("fitness"), block_level)
    payload_round = level(header.get("payload_round"))
    if payload_round is None or payload_round > block_round:
        raise Unreadable("the header has no payload round that fits its round")
    return Head(
        chain_id=chain_id,
        hash=block_hash,
        level=block_level,
        timestamp=timestamp,
        protocol=protocol,
        predecessor=predecessor,
        round=block_round,
        payload_round=payload_round,
        seed_nonce_hash=text(header.get("seed_nonce_hash")) is not None,
    )


def read_round(fitness: object, block_level: int) -> int:
    """The block's round. The fitness repeats the level: that it does shows that it is the shape we know."""
    if isinstance(fitness, list) and len(fitness) == 5:
        block_round = _hexadecimal(fitness[4])
        if block_round is not None and _hexadecimal(fitness[1]) == block_level:
            return block_round
    raise Unreadable("the fitness is not Tenderbake's")


def _hexadecimal(value: object) -> int | None:
    if not isinstance(value, str) or len(value) != 8:
        return None
    try:
        number = int(value, 16)
    except ValueError:
        return None
    return number if 0 <= number <= INT32_MAX else None
