"""What became of each right: the facts of one block and the rights at it -> observations.

Block L tells the baking duties of L and the attestation duties of L - 1. With block round R and payload round P <= R,
a baking right at round n was

- met where n = R and the holder is the baker,
- reproposed where n = P < R and the holder is the proposer: its payload stands, somebody else signed the block,
- missed at every other round below R, whatever else the holder did at that level,
- never due above R.

An attestation right is met where block L holds the delegate's attestation of L - 1; a power of 0 is a right too. What
is not whole is unknown, never missed; and what a block plainly tells is never made unknown by something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from collectors.tezos.facts import AttestationRight, Attestations, BakingRight, BlockFacts, Head
from monitor.model import Evidence, Observation, Outcome

ATTESTATION: Final = "attestation"
BAKING: Final = "baking"
_NO_RIGHTS: Final[Evidence] = {"reason": "the rights could not be read"}


def observations(
    facts: BlockFacts | None,
    baking_rights_at_level: Iterable[BakingRight] | None,
    attestation_rights_at_previous_level: Iterable[AttestationRight] | None,
    watched: Mapping[str, int],
    network: str,
    *,
    level: int | None = None,
    reason: str | None = None,
) -> tuple[Observation, ...]:
    """watched: address -> first level it is judged at. Rights None: the node's answer could not be read.

    Rights of other levels and of delegates that are not watched may stand among them. Unreadable rights give one
    unknown (round 0) for each watched delegate and duty, except where the block itself shows the duty done.
    facts None: the block at `level` could not be read at all, because of `reason`; every right at round 0 is unknown
    then (whether a later round came due is not known either).
    """
    if facts is None:
        if level is None:
            raise ValueError("a block without facts needs its level")
        facts = _unread(level, reason or "the block could not be read")
    return (
        *_attestations(facts, attestation_rights_at_previous_level, watched, network),
        *_bakes(facts, baking_rights_at_level, watched, network),
    )


def _unread(level: int, reason: str) -> BlockFacts:
    head = Head(None, None, level, 0, None, "", 0, 0, False)
    attestations = Attestations(max(level - 1, 0), {}, None, reason)
    return BlockFacts(head, None, None, None, None, None, attestations, None, (), reason)


def _attestations(
    facts: BlockFacts, rights: Iterable[AttestationRight] | None, watched: Mapping[str, int], network: str
) -> list[Observation]:
    attestations = facts.attestations
    if not attestations.due:
        return []
    attested_level = attestations.level
    present = attestations.by_delegate
    absent, evidence = Outcome.MISSED, _absence(facts)
    if attestations.unreadable is not None:
        absent, evidence = Outcome.UNKNOWN, {"reason": attestations.unreadable}
    powers: Mapping[str, int | None]
    if rights is None:
        powers = dict.fromkeys(watched)
        if absent is Outcome.MISSED:
            absent, evidence = Outcome.UNKNOWN, _NO_RIGHTS
    else:
        # A dict and not a set: in the order of the answer, and each holder once.
        powers = {
            right.delegate: right.power
            for right in rights
            if right.delegate in watched and right.level == attested_level
        }
    met, missed, in_slots = Outcome.MET, Outcome.MISSED, not attestations.in_stake
    return [
        Observation(network, delegate, ATTESTATION, attested_level, 0, met)
        if delegate in present
        else Observation(
            network,
            delegate,
            ATTESTATION,
            attested_level,
            0,
            absent,
            {**evidence, "power": power if in_slots else None} if absent is missed else evidence,
        )
        for delegate, power in powers.items()
        if attested_level >= watched[delegate]
    ]


def _absence(facts: BlockFacts) -> Evidence:
    """Tells whether the delegate was the only one, beside its own `power` (None where the committee's is stake)."""
    return {
        "attested_power": facts.attestations.power,
        "committee_power": facts.committee_power,
        "block_round": facts.head.round,
    }


def _bakes(
    facts: BlockFacts, rights: Iterable[BakingRight] | None, watched: Mapping[str, int], network: str
) -> list[Observation]:
    head = facts.head
    level, block_round = head.level, head.round
    if rights is None:
        return _bakes_without_rights(facts, watched, network)
    found: dict[tuple[str, int], Observation] = {}
    for right in rights:
        delegate, at_round = right.delegate, right.round
        if delegate not in watched or right.level != level or at_round > block_round or level < watched[delegate]:
            continue
        outcome, evidence = _bake(facts, delegate, at_round)
        found[delegate, at_round] = Observation(network, delegate, BAKING, level, at_round, outcome, evidence)
    return list(found.values())


def _bake(facts: BlockFacts, delegate: str, at_round: int) -> tuple[Outcome, Evidence | None]:
    head = facts.head
    if facts.unreadable is not None:
        return Outcome.UNKNOWN, {"reason": facts.unreadable}
    if at_round == head.round:
        if delegate == facts.baker:
            return Outcome.MET, None
        # The chain lets nobody else bake at that round: rights and block do not belong together.
        return Outcome.UNKNOWN, {"reason": f"the right at round {at_round} and the block name different bakers"}
    evidence = {"block_round": head.round, "payload_round": head.payload_round, "baker": facts.baker}
    if at_round == head.payload_round and delegate == facts.proposer:
        return Outcome.REPROPOSED, evidence
    return Outcome.MISSED, evidence


def _bakes_without_rights(facts: BlockFacts, watched: Mapping[str, int], network: str) -> list[Observation]:
    head = facts.head
    done: dict[tuple[str, int], Observation] = {}
    if facts.unreadable is None:
        for delegate, at_round in ((facts.proposer, head.payload_round), (facts.baker, head.round)):
            if delegate is not None and delegate in watched and head.level >= watched[delegate]:
                outcome, evidence = _bake(facts, delegate, at_round)
                done[delegate, at_round] = Observation(
                    network, delegate, BAKING, head.level, at_round, outcome, evidence
                )
    unknown = [
        Observation(network, delegate, BAKING, head.level, 0, Outcome.UNKNOWN, _NO_RIGHTS)
        for delegate, first in watched.items()
        if head.level >= first and (delegate, 0) not in done
    ]
    return [*done.values(), *unknown]
