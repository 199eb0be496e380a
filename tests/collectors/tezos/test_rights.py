from __future__ import annotations

from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.facts import AttestationRight, BakingRight
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights
from tests.collectors.tezos.shapes import ALICE, BOB, CONSENSUS_KEY


def test_a_baking_right_tells_its_time_only_for_the_future() -> None:
    answer = [
        {"level": 7, "delegate": ALICE, "round": 2, "consensus_key": CONSENSUS_KEY},
        {"level": 8, "delegate": BOB, "round": 0, "estimated_time": "2026-10-07T08:19:19Z"},
    ]
    assert parse_baking_rights(answer) == (BakingRight(7, ALICE, 2, None), BakingRight(8, BOB, 0, 1_791_361_159))


@pytest.mark.parametrize("name", ["attesting_power", "attestation_power", "endorsing_power"])
def test_the_power_of_an_attestation_right_has_had_three_names(name: str) -> None:
    answer = [{"level": 7, "delegates": [{"delegate": ALICE, "first_slot": 3, name: 12}]}]
    assert parse_attestation_rights(answer) == (AttestationRight(7, ALICE, 12),)


def test_a_power_of_zero_is_a_right() -> None:
    answer = [{"level": 7, "delegates": [{"delegate": ALICE, "attesting_power": 0}]}]
    assert parse_attestation_rights(answer) == (AttestationRight(7, ALICE, 0),)


def test_several_levels_come_in_one_answer() -> None:
    holder = {"delegate": ALICE, "attesting_power": 1}
    answer = [{"level": 7, "delegates": [holder]}, {"level": 9, "delegates": [holder, {**holder, "delegate": BOB}]}]
    assert [(right.level, right.delegate) for right in parse_attestation_rights(answer)] == [
        (7, ALICE),
        (9, ALICE),
        (9, BOB),
    ]


def test_no_right_at_all_is_an_answer() -> None:
    assert parse_baking_rights([]) == ()
    assert parse_attestation_rights([]) == ()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        "rights",
        [None],
        [{"level": 7, "delegate": ALICE, "priority": 0}],
        [{"level": "7", "delegate": ALICE, "round": 0}],
        [{"level": 7, "delegate": None, "round": 0}],
        [{"level": 7, "delegate": ALICE, "round": -1}],
    ],
    ids=str,
)
def test_baking_rights_of_an_unknown_shape_are_unreadable_whole(answer: Any) -> None:
    good = [{"level": 7, "delegate": BOB, "round": 0}]
    with pytest.raises(Unreadable):
        parse_baking_rights(good + answer if isinstance(answer, list) else answer)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [None],
        [{"delegates": []}],
        [{"level": 7, "delegates": None}],
        [{"level": 7, "delegates": [{"delegate": ALICE}]}],
        [{"level": 7, "delegates": [{"delegate": ALICE, "attesting_power": "many"}]}],
        [{"level": 7, "delegates": [{"attesting_power": 3}]}],
    ],
    ids=str,
)
def test_attestation_rights_of_an_unknown_shape_are_unreadable_whole(answer: Any) -> None:
    with pytest.raises(Unreadable):
        parse_attestation_rights(answer)
