"""A whole block: `/chains/main/blocks/<L>`, header, metadata and all operations in one answer.

Shapes decide, never the protocol's hash. Plain checks instead of a schema: a catch-up reads thousands of blocks of
130 KB, and most of a block is of no interest here.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unreadable
from collectors.tezos.consensus import ABSENT, read_attestations
from collectors.tezos.facts import Attestations, BlockFacts
from collectors.tezos.fields import level, text
from collectors.tezos.header import read_header
from collectors.tezos.named import read_named

_NOTHING: dict[str, Any] = {}
_PASSES = 4
"""Consensus, votes, anonymous (denunciations, nonces), managers: since the first protocol."""


def parse_block(answer: object) -> BlockFacts:
    """Total: facts, with what could not be read marked, or Unreadable where not even the header can be read.

    Facts of a block always carry its hash.
    """
    if not isinstance(answer, dict):
        raise Unreadable("the block is not an object")
    block_hash = text(answer.get("hash"))
    if block_hash is None:
        raise Unreadable("the block does not tell its hash")
    header = answer.get("header")
    if not isinstance(header, dict):
        raise Unreadable("the block has no header")
    head = read_header(
        header,
        chain_id=text(answer.get("chain_id")),
        block_hash=block_hash,
        protocol=text(answer.get("protocol")),
    )
    told = answer.get("metadata")
    metadata: dict[str, Any] = told if isinstance(told, dict) else _NOTHING
    proposer, baker = text(metadata.get("proposer")), text(metadata.get("baker"))
    level_info = metadata.get("level_info")
    position: dict[str, Any] = level_info if isinstance(level_info, dict) else _NOTHING
    cycle = level(position.get("cycle"))
    attestations, committee_power, named_operations = _operations(answer.get("operations"), head.level, metadata)
    return BlockFacts(
        head=head,
        proposer=proposer,
        baker=baker,
        cycle=cycle,
        cycle_position=level(position.get("cycle_position")),
        next_protocol=text(metadata.get("next_protocol")),
        attestations=attestations,
        committee_power=committee_power,
        named=read_named(head, metadata, baker, cycle, named_operations),
        unreadable=_unreadable(metadata, proposer, baker),
    )


def _operations(
    operations: object, block_level: int, metadata: dict[str, Any]
) -> tuple[Attestations, int | None, tuple[list[Any], list[Any]]]:
    """Attestations, the committee's power, and the operations that can name a delegate (anonymous, managers)."""
    attested_level = max(block_level - 1, 0)
    summary = metadata.get("attestations", ABSENT)
    if not isinstance(operations, list) or len(operations) < _PASSES:
        reason = "the block has no operations" if not operations else "the block's operations are of an unknown shape"
        return Attestations(attested_level, {}, None, reason), None, ([], [])
    attestations, committee_power = read_attestations(operations[0], attested_level, summary)
    anonymous, managers = (found if isinstance(found, list) else [] for found in operations[2:4])
    return attestations, committee_power, (anonymous, managers)


def _unreadable(metadata: dict[str, Any], proposer: str | None, baker: str | None) -> str | None:
    if not metadata:
        return "the block has no metadata"
    if baker is None:
        return "the metadata does not tell the baker"
    if proposer is None:
        return "the metadata does not tell the proposer"
    return None
