from __future__ import annotations

from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.constants import parse_constants
from monitor.tezos_model import Constants

ANSWER: dict[str, Any] = {
    "blocks_per_cycle": 14400,
    "minimal_block_delay": "6",
    "delay_increment_per_round": "3",
    "consensus_committee_size": 7000,
    "nonce_revelation_threshold": 960,
    "blocks_per_commitment": 240,
    "minimal_stake": "6000000000",
    "tolerated_inactivity_period": 2,
    "consensus_rights_delay": 2,
    "dal_parametric": {"feature_enable": True},
}


def test_constants_are_numbers_or_strings() -> None:
    expected = Constants("PsUshuai", 14400, 6, 3, 7000, 960, 240, 6_000_000_000, 2, 2, True)
    assert parse_constants(ANSWER, "PsUshuai") == expected
    assert parse_constants({**ANSWER, "minimal_block_delay": 6, "blocks_per_cycle": "14400"}, "PsUshuai") == expected


def test_what_a_protocol_does_not_have_is_none() -> None:
    old = {name: ANSWER[name] for name in list(ANSWER)[:4]}
    assert parse_constants(old, "Pt") == Constants("Pt", 14400, 6, 3, 7000, None, None, None, None, None, False)


@pytest.mark.parametrize(
    "change",
    [
        {"blocks_per_cycle": 0},
        {"blocks_per_cycle": None},
        {"minimal_block_delay": "-1"},
        {"minimal_block_delay": "6.5"},
        {"consensus_committee_size": []},
        {"minimal_stake": "a lot"},
        {"tolerated_inactivity_period": False},
    ],
    ids=str,
)
def test_a_constant_of_an_unknown_shape_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_constants({**ANSWER, **change}, "Pt")


@pytest.mark.parametrize("answer", [None, [], "constants", 3])
def test_something_else_is_unreadable(answer: Any) -> None:
    with pytest.raises(Unreadable):
        parse_constants(answer, "Pt")
