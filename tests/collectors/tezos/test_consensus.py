from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from collectors.tezos.consensus import ABSENT, read_attestations
from tests.collectors.tezos.shapes import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    LEVEL,
    aggregate,
    attestation,
    operation,
    recorded_power,
)

ATTESTED = LEVEL - 1


def old(kind: str, delegate: str, power: int, level: int = ATTESTED) -> dict[str, Any]:
    """As it was before Tallinn; before Paris under the name of endorsements."""
    name = "endorsement_power" if kind == "endorsement" else "consensus_power"
    return operation({"kind": kind, "slot": 0, "level": level, "metadata": {"delegate": delegate, name: power}})


def test_single_and_aggregated_attestations_stand_together() -> None:
    found, committee = read_attestations(
        [attestation(ALICE, 900, dal=True), attestation(BOB, 60), aggregate([(CAROL, 451, True), (DAVE, 30, False)])],
        ATTESTED,
        recorded_power(1441),
    )
    assert found.by_delegate == {ALICE: True, BOB: False, CAROL: True, DAVE: False}
    assert (found.power, committee, found.unreadable) == (1441, 7000, None)


def test_endorsements_are_attestations() -> None:
    found, committee = read_attestations(
        [old("endorsement", ALICE, 5000), old("attestation", BOB, 7), old("attestation_with_dal", CAROL, 1)], ATTESTED
    )
    assert found.by_delegate == {ALICE: None, BOB: False, CAROL: True}
    assert (found.power, committee, found.unreadable) == (5008, None, None)


def test_an_aggregate_of_bare_slots_has_one_power_for_all() -> None:
    rio = operation(
        {
            "kind": "attestations_aggregate",
            "consensus_content": {"level": ATTESTED, "round": 0},
            "committee": [0, 4],
            "metadata": {"committee": [{"delegate": ALICE}, {"delegate": BOB}], "consensus_power": 4000},
        }
    )
    found, _ = read_attestations([rio, old("attestation", CAROL, 700)], ATTESTED)
    assert found.by_delegate == {ALICE: None, BOB: None, CAROL: False}
    assert (found.power, found.unreadable) == (4700, None)


def test_an_attestation_of_another_level_does_not_count() -> None:
    found, _ = read_attestations([old("attestation", ALICE, 5000), old("attestation", BOB, 7, ATTESTED - 1)], ATTESTED)
    assert found.by_delegate == {ALICE: False}
    assert (found.power, found.unreadable) == (5000, None)


def test_preattestations_are_not_attestations() -> None:
    preattested = operation(
        {"kind": "preattestation", "slot": 0, "level": LEVEL, "metadata": {"delegate": BOB, "consensus_power": 3}},
    )
    together = operation({"kind": "preattestations_aggregate", "committee": [0, 3]})
    found, _ = read_attestations([preattested, together, old("attestation", ALICE, 5000)], ATTESTED)
    assert found.by_delegate == {ALICE: False}
    assert found.unreadable is None


def test_under_all_bakers_attest_the_share_is_of_stake() -> None:
    found, committee = read_attestations(
        [attestation(ALICE, 4000, stake=60_000), attestation(BOB, 0, stake=6)],
        ATTESTED,
        recorded_power(60_006, 90_000),
    )
    assert found.by_delegate == {ALICE: False, BOB: False}
    assert (found.power, committee, found.unreadable) == (60_006, 90_000, None)


def test_a_sum_that_was_not_reached_means_not_everything_was_read() -> None:
    found, committee = read_attestations([attestation(ALICE, 900)], ATTESTED, recorded_power(6998))
    assert found.by_delegate == {ALICE: False}
    assert found.unreadable == "the block records 6998 of attesting power, 900 could be read"
    assert (found.power, committee) == (6998, 7000)


def test_an_unknown_kind_hides_who_is_absent() -> None:
    found, _ = read_attestations([attestation(ALICE), operation({"kind": "attestation_of_tomorrow"})], ATTESTED)
    assert found.by_delegate == {ALICE: False}
    assert found.unreadable == "a consensus operation of an unknown kind: attestation_of_tomorrow"


def test_an_unknown_kind_beside_the_whole_recorded_power_hides_nobody() -> None:
    operations = [attestation(ALICE, 6000), operation({"kind": "weather_report"})]
    found, _ = read_attestations(operations, ATTESTED, recorded_power(6000))
    assert (found.by_delegate, found.unreadable) == ({ALICE: False}, None)


def without_metadata(attested: dict[str, Any], **more: Any) -> dict[str, Any]:
    bare = deepcopy(attested)
    del bare["contents"][0]["metadata"]
    return {**bare, **more}


@pytest.mark.parametrize(
    ("unreadable", "reason"),
    [
        (without_metadata(attestation(BOB)), "an attestation has no metadata"),
        (without_metadata(aggregate([(BOB, 1, False)])), "an attestation has no metadata"),
        (without_metadata(attestation(BOB), metadata="too large"), "the metadata of an attestation is too large"),
        (
            operation({"kind": "attestation", "level": ATTESTED, "metadata": "too large"}),
            "the metadata of an attestation is too large",
        ),
        (operation({"kind": "attestation", "metadata": {"delegate": BOB}}), "an attestation does not tell its level"),
        (
            operation({"kind": "attestation", "level": ATTESTED, "metadata": {"consensus_power": 3}}),
            "an attestation does not tell its delegate",
        ),
        (operation(), "a consensus operation of an unknown shape"),
        ("operation", "a consensus operation of an unknown shape"),
        (operation({"kind": ["attestation"]}), "a consensus operation of an unknown shape"),
    ],
)
def test_an_attestation_that_cannot_be_read_is_told_and_the_others_stand(unreadable: Any, reason: str) -> None:
    found, _ = read_attestations([attestation(ALICE), unreadable, attestation(CAROL)], ATTESTED)
    assert found.by_delegate == {ALICE: False, CAROL: False}
    assert found.unreadable == reason
    assert found.power is None


def test_an_aggregate_that_lost_members_is_not_whole() -> None:
    cut = aggregate([(ALICE, 400, True), (BOB, 51, True)])
    del cut["contents"][0]["metadata"]["committee"][1]
    found, _ = read_attestations([cut], ATTESTED)
    assert found.by_delegate == {ALICE: None}
    assert found.unreadable == "an aggregate tells fewer delegates than slots"
    del cut["contents"][0]["committee"][1]
    found, _ = read_attestations([cut], ATTESTED)
    assert found.by_delegate == {ALICE: True}
    assert found.unreadable == "an aggregate tells fewer delegates than its power"


def test_a_power_that_cannot_be_read_leaves_the_attestation_standing() -> None:
    found, _ = read_attestations([attestation(ALICE), old("attestation", BOB, -1)], ATTESTED)
    assert found.by_delegate == {ALICE: False, BOB: False}
    assert (found.power, found.unreadable) == (None, None)


def test_an_attestation_told_twice_counts_once() -> None:
    found, _ = read_attestations([old("attestation", ALICE, 100), old("attestation", ALICE, 100)], ATTESTED)
    assert found.power == 100


@pytest.mark.parametrize("level", [ATTESTED, 2])
def test_where_the_protocol_asks_for_no_attestations_nothing_is_due(level: int) -> None:
    found, committee = read_attestations([], level, None)
    assert (found.due, found.unreadable, found.power, committee) == (False, None, 0, None)


def test_the_first_level_of_a_chain_is_attested_by_nobody() -> None:
    found, _ = read_attestations([], 1, ABSENT)
    assert (found.due, found.unreadable) == (False, None)


def test_a_block_without_any_attestation_is_not_believed() -> None:
    """A block needs a quorum: an empty pass means that the answer lost it."""
    found, _ = read_attestations([], ATTESTED, ABSENT)
    assert (found.due, found.unreadable) == (True, "the block holds no attestation of the level before")


@pytest.mark.parametrize("operations", [None, {}, "too large", 7])
def test_a_pass_that_is_no_list_is_unreadable(operations: Any) -> None:
    found, _ = read_attestations(operations, ATTESTED, recorded_power(6998))
    assert (found.by_delegate, found.unreadable) == ({}, "the block has no consensus operations")
