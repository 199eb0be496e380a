"""What the parsers make of a node's answers: small frozen values, independent of the protocol's spelling.

Everything here is a fact read from one answer; nothing is compared or judged yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Head(NamedTuple):
    """`/chains/main/blocks/<b>/header`."""

    chain_id: str | None
    hash: str | None
    level: int
    timestamp: int
    protocol: str | None
    predecessor: str
    round: int
    payload_round: int
    seed_nonce_hash: bool
    """True where the block commits to a seed nonce (its baker must reveal it in the next cycle)."""


class Attestations(NamedTuple):
    """Who attested `level`, from operations[0] of the block after it."""

    level: int
    by_delegate: Mapping[str, bool | None]
    """delegate -> True with DAL content, False without, None where the kind cannot tell (old protocols)."""
    power: int | None
    """What the block records as attested (stake under All Bakers Attest, comparable with committee_power alone), else
    the sum of the slots; None when any could not be read."""
    unreadable: str | None
    """Why an absent delegate cannot be called missed (metadata absent, "too large", unknown shape); None when whole."""
    due: bool = True
    """False where the protocol asks for no attestations of this level (the first of a chain, the last before a new
    protocol): nobody attests it and nobody misses."""
    in_stake: bool = False
    """Whether powers are counted in stake (All Bakers Attest), so that a right's slots are no part of them."""


class NamedDelegate(NamedTuple):
    """A delegate that a block's operations or metadata name: kind as in Occurrence.kind."""

    kind: str
    """deactivated | denounced | consensus_key_updated | companion_key_updated | delegate_parameters_set | unstaked |
    nonce_committed | nonce_revealed"""
    delegate: str | None
    """None for nonce_revealed: the operation tells only the level of the commitment. None for a denunciation whose
    metadata does not tell the offender."""
    detail: Mapping[str, Any]


class BlockFacts(NamedTuple):
    """`/chains/main/blocks/<L>` read whole."""

    head: Head
    proposer: str | None
    """Made the payload. None when the metadata cannot be read."""
    baker: str | None
    cycle: int | None
    cycle_position: int | None
    next_protocol: str | None
    attestations: Attestations
    """Of level head.level - 1."""
    committee_power: int | None
    """Total committee power of the attested level where the metadata tells it (Tallinn+), else None."""
    named: tuple[NamedDelegate, ...]
    unreadable: str | None
    """Why baking at this level cannot be judged (no metadata ...); None when it can."""


class BakingRight(NamedTuple):
    level: int
    delegate: str
    round: int
    estimated_time: int | None


class AttestationRight(NamedTuple):
    level: int
    delegate: str
    power: int
    """Slots; 0 is still a right (All Bakers Attest)."""
