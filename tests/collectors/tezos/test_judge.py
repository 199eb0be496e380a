from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from collectors.tezos.block import parse_block
from collectors.tezos.facts import AttestationRight, BakingRight, BlockFacts
from collectors.tezos.judge import observations
from monitor.model import Observation, Outcome
from tests.collectors.tezos.shapes import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    LEVEL,
    attestation,
    block,
    header,
    metadata,
    operation,
    recorded_power,
    usual_block,
)

NETWORK = "tezos:mainnet"
ATTESTED = LEVEL - 1
EVERYBODY = dict.fromkeys((ALICE, BOB, CAROL, DAVE), 0)


def baked(
    block_round: int, payload_round: int, baker: str, proposer: str, *rights: tuple[str, int]
) -> list[Observation]:
    """Baking observations of a block at these rounds; rights: (holder, round)."""
    facts = parse_block(block(head=header(LEVEL, block_round, payload_round), told=metadata(proposer, baker)))
    holders = tuple(BakingRight(LEVEL, holder, at_round, None) for holder, at_round in rights)
    return list(observations(facts, holders, (), EVERYBODY, NETWORK))


def row(target: str, at_round: int, outcome: Outcome, evidence: Mapping[str, Any] | None = None) -> Observation:
    return Observation(NETWORK, target, "baking", LEVEL, at_round, outcome, evidence)


def attested(facts: BlockFacts, *holders: str, watched: Mapping[str, int] = EVERYBODY) -> list[Observation]:
    rights = tuple(AttestationRight(ATTESTED, holder, 1) for holder in holders)
    return list(observations(facts, (), rights, watched, NETWORK))


def test_the_baker_at_the_block_round_met_its_right() -> None:
    assert baked(0, 0, ALICE, ALICE, (ALICE, 0), (BOB, 1)) == [row(ALICE, 0, Outcome.MET)]


def test_a_round_below_the_block_is_missed_and_one_above_never_came_due() -> None:
    evidence = {"block_round": 1, "payload_round": 1, "baker": BOB}
    assert baked(1, 1, BOB, BOB, (ALICE, 0), (BOB, 1), (CAROL, 2)) == [
        row(ALICE, 0, Outcome.MISSED, evidence),
        row(BOB, 1, Outcome.MET),
    ]


def test_the_proposer_of_a_reproposed_payload_did_not_miss() -> None:
    evidence = {"block_round": 3, "payload_round": 1, "baker": DAVE}
    assert baked(3, 1, DAVE, BOB, (ALICE, 0), (BOB, 1), (CAROL, 2), (DAVE, 3)) == [
        row(ALICE, 0, Outcome.MISSED, evidence),
        row(BOB, 1, Outcome.REPROPOSED, evidence),
        row(CAROL, 2, Outcome.MISSED, evidence),
        row(DAVE, 3, Outcome.MET),
    ]


def test_a_payload_round_held_by_another_than_the_proposer_is_missed() -> None:
    evidence = {"block_round": 1, "payload_round": 0, "baker": BOB}
    assert baked(1, 0, BOB, CAROL, (ALICE, 0)) == [row(ALICE, 0, Outcome.MISSED, evidence)]


def test_one_delegate_can_meet_and_miss_at_one_level() -> None:
    evidence = {"block_round": 2, "payload_round": 1, "baker": ALICE}
    assert baked(2, 1, ALICE, ALICE, (ALICE, 0), (ALICE, 1), (ALICE, 2)) == [
        row(ALICE, 0, Outcome.MISSED, evidence),
        row(ALICE, 1, Outcome.REPROPOSED, evidence),
        row(ALICE, 2, Outcome.MET),
    ]


def test_a_right_that_contradicts_the_block_is_unknown() -> None:
    (found,) = baked(0, 0, ALICE, ALICE, (BOB, 0))
    assert (found.target, found.outcome) == (BOB, Outcome.UNKNOWN)


def test_a_block_without_metadata_leaves_rights_that_came_due_unknown() -> None:
    answer = block(head=header(LEVEL, 1, 0))
    del answer["metadata"]
    rights = (BakingRight(LEVEL, ALICE, 0, None), BakingRight(LEVEL, BOB, 1, None), BakingRight(LEVEL, CAROL, 2, None))
    found = observations(parse_block(answer), rights, (), EVERYBODY, NETWORK)
    evidence = {"reason": "the block has no metadata"}
    assert list(found) == [row(ALICE, 0, Outcome.UNKNOWN, evidence), row(BOB, 1, Outcome.UNKNOWN, evidence)]


def test_attestations_are_of_the_level_before() -> None:
    found = attested(parse_block(usual_block()), ALICE, BOB, CAROL, DAVE)
    assert found == [
        Observation(NETWORK, target, "attestation", ATTESTED, 0, Outcome.MET) for target in (ALICE, BOB, CAROL, DAVE)
    ]


def test_who_had_a_right_and_is_absent_missed() -> None:
    facts = parse_block(
        block(
            [attestation(ALICE, 6940)],
            head=header(LEVEL, 2),
            told=metadata(attestations=recorded_power(6940)),
        )
    )
    evidence = {"attested_power": 6940, "committee_power": 7000, "block_round": 2, "power": 1}
    assert attested(facts, ALICE, BOB) == [
        Observation(NETWORK, ALICE, "attestation", ATTESTED, 0, Outcome.MET),
        Observation(NETWORK, BOB, "attestation", ATTESTED, 0, Outcome.MISSED, evidence),
    ]


def test_slots_are_no_part_of_a_committee_counted_in_stake() -> None:
    stake = 5_000_000_000_000
    consensus = [attestation(ALICE, 300, stake=stake)]
    facts = parse_block(block(consensus, told=metadata(attestations=recorded_power(stake, 2 * stake))))
    (_, missed) = attested(facts, ALICE, BOB)
    assert missed.evidence == {
        "attested_power": stake,
        "committee_power": 2 * stake,
        "block_round": 0,
        "power": None,
    }


def test_a_power_of_zero_is_a_duty() -> None:
    rights = (AttestationRight(ATTESTED, BOB, 0),)
    facts = parse_block(block([attestation(ALICE)]))
    (found,) = observations(facts, (), rights, EVERYBODY, NETWORK)
    assert (found.target, found.outcome) == (BOB, Outcome.MISSED)


def test_who_had_no_right_has_no_observation() -> None:
    assert attested(parse_block(block([attestation(ALICE)]))) == []


def test_only_the_absent_are_unknown_where_attestations_are_partly_unreadable() -> None:
    facts = parse_block(block([attestation(ALICE), operation({"kind": "attestation", "level": ATTESTED})]))
    assert [(found.target, found.outcome, found.evidence) for found in attested(facts, ALICE, BOB)] == [
        (ALICE, Outcome.MET, None),
        (BOB, Outcome.UNKNOWN, {"reason": "an attestation has no metadata"}),
    ]


def test_nobody_misses_a_level_that_the_protocol_does_not_let_be_attested() -> None:
    assert attested(parse_block(block(told=metadata(attestations=None))), ALICE, BOB) == []


def test_a_target_is_judged_from_its_first_level_on() -> None:
    facts = parse_block(usual_block())
    rights = (BakingRight(LEVEL, ALICE, 0, None),)
    attesting = (AttestationRight(ATTESTED, ALICE, 1),)
    for first, duties in ((ATTESTED, ["attestation", "baking"]), (LEVEL, ["baking"]), (LEVEL + 1, [])):
        found = observations(facts, rights, attesting, {ALICE: first}, NETWORK)
        assert [observation.duty for observation in found] == duties


def test_rights_of_others_and_of_other_levels_are_passed_over() -> None:
    rights = (BakingRight(LEVEL + 1, ALICE, 0, None), BakingRight(LEVEL, BOB, 0, None))
    attesting = (AttestationRight(LEVEL, ALICE, 1), AttestationRight(ATTESTED, BOB, 1))
    assert observations(parse_block(usual_block()), rights, attesting, {ALICE: 0}, NETWORK) == ()


def test_a_right_told_twice_is_one_observation() -> None:
    rights = (BakingRight(LEVEL, ALICE, 0, None),) * 2
    attesting = (AttestationRight(ATTESTED, ALICE, 1),) * 2
    assert len(observations(parse_block(usual_block()), rights, attesting, {ALICE: 0}, NETWORK)) == 2


def test_unreadable_rights_are_one_unknown_per_delegate_and_duty() -> None:
    answer = block([attestation(BOB)], told=metadata(DAVE, DAVE))
    found = observations(parse_block(answer), None, None, {ALICE: 0, CAROL: LEVEL + 1}, NETWORK)
    evidence = {"reason": "the rights could not be read"}
    assert list(found) == [
        Observation(NETWORK, ALICE, "attestation", ATTESTED, 0, Outcome.UNKNOWN, evidence),
        row(ALICE, 0, Outcome.UNKNOWN, evidence),
    ]


def test_what_the_block_shows_is_known_without_rights() -> None:
    answer = block([attestation(ALICE)], head=header(LEVEL, 1, 0), told=metadata(ALICE, BOB))
    found = observations(parse_block(answer), None, None, {ALICE: 0, BOB: 0}, NETWORK)
    assert {(seen.target, seen.duty, seen.round): seen.outcome for seen in found} == {
        (ALICE, "attestation", 0): Outcome.MET,
        (BOB, "attestation", 0): Outcome.UNKNOWN,
        (ALICE, "baking", 0): Outcome.REPROPOSED,
        (BOB, "baking", 1): Outcome.MET,
        (BOB, "baking", 0): Outcome.UNKNOWN,
    }


def test_a_block_that_could_not_be_read_at_all_is_unknown() -> None:
    rights = (BakingRight(LEVEL, ALICE, 0, None), BakingRight(LEVEL, BOB, 1, None))
    attesting = (AttestationRight(ATTESTED, BOB, 3),)
    found = observations(None, rights, attesting, EVERYBODY, NETWORK, level=LEVEL, reason="410 pruned")
    evidence = {"reason": "410 pruned"}
    assert list(found) == [
        Observation(NETWORK, BOB, "attestation", ATTESTED, 0, Outcome.UNKNOWN, evidence),
        row(ALICE, 0, Outcome.UNKNOWN, evidence),
    ]


def test_a_block_without_facts_needs_a_level() -> None:
    with pytest.raises(ValueError, match="level"):
        observations(None, (), (), EVERYBODY, NETWORK)
