"""When missed bakes are told, how gravely, and when they are over."""

from __future__ import annotations

from typing import Literal

import pytest

from monitor.model import Status
from monitor.rules import baking
from monitor.rules.baking import BakingLimit, BakingWindow
from tests.monitor.rules.timeline import Baking

ALL_ROUNDS: Literal["all"] = "all"


def test_a_lone_miss_while_attesting_is_told_silently() -> None:
    alice = Baking()
    assert alice.sees("..........x") == ["11 firing warning silently"]
    assert alice.told[0].verdict.reason == "lone"


def test_the_next_bake_resolves_as_silently_as_it_was_told() -> None:
    assert Baking().sees("....x.") == ["5 firing warning silently", "6 resolved warning silently"]


def test_a_reproposed_block_resolves_too() -> None:
    assert Baking().sees("xr")[-1] == "2 resolved warning silently"


def test_a_bake_at_a_later_round_resolves_too() -> None:
    assert Baking().rounds([["x"], [" ", "."]])[-1] == "2 resolved warning silently"


def test_a_block_baked_at_a_later_round_of_the_same_level_resolves_its_own_miss() -> None:
    assert Baking().rounds([["x", " ", "."]]) == ["1 firing warning silently", "1 resolved warning silently"]


def test_a_miss_while_attestations_are_missing_too_is_critical() -> None:
    alice = Baking(attesting_stopped=True)
    assert alice.sees("..x") == ["3 firing critical"]
    assert alice.told[0].verdict.reason == "attestation-stopped"


def test_two_missed_of_the_last_ten_rights_are_critical_though_one_was_baked_between() -> None:
    assert Baking().sees("x" + "." * 8 + "x")[-1] == "10 firing critical again"
    assert Baking(seconds=600).sees("x" + "." * 8 + "x")[-1] == "10 firing critical"


def test_the_second_miss_in_eleven_rights_is_a_lone_one_again() -> None:
    assert Baking(seconds=600).sees("x" + "." * 9 + "x")[-1] == "11 firing warning silently"


def test_a_second_miss_in_a_row_escalates_with_sound() -> None:
    alice = Baking()
    assert alice.sees("." * 20 + "xx") == ["21 firing warning silently", "22 escalated critical"]
    assert alice.sees("xxx") == []
    assert alice.sees(".") == ["26 resolved critical"]
    assert alice.told[-1].missed == 5


def test_an_unknown_bake_neither_opens_nor_resolves() -> None:
    assert Baking().sees("??") == []
    alice = Baking()
    alice.sees("x")
    assert alice.sees("???") == []
    assert alice.sees(".") == ["5 resolved warning silently"]


def test_misses_at_later_rounds_are_evidence_only() -> None:
    alice = Baking()
    assert alice.rounds([[" ", "x"], [" ", "x", "x"]]) == []
    alice.sees("x")
    assert alice.told[0].verdict.evidence["later_rounds_missed"] == 3
    assert alice.told[0].missed == 1


def test_misses_at_later_rounds_do_not_interrupt_a_recovery() -> None:
    alice = Baking()
    alice.sees("x.x")  # reopened: two bakes resolve
    assert alice.rounds([["."], [" ", "x"], ["."]]) == ["6 resolved critical"]


def test_misses_at_later_rounds_count_where_all_rounds_are_asked_for() -> None:
    alice = Baking(BakingLimit(rounds=ALL_ROUNDS))
    assert alice.rounds([[" ", "x"]]) == ["1 firing warning silently"]
    assert alice.rounds([["x", "x"]]) == ["2 escalated critical"]
    assert alice.told[-1].missed == 2


def test_a_threshold_counts_misses_within_the_last_blocks() -> None:
    limit = BakingLimit(threshold=2, window=100)
    assert Baking(limit).sees("xx", every=99)[-1] == "198 firing critical"
    assert Baking(limit).sees("xx", every=100) == []


def test_a_threshold_of_two_is_told_with_sound_though_the_misses_lie_far_apart() -> None:
    alice = Baking(BakingLimit(threshold=2, window=14400))
    assert alice.sees("x" + "." * 20 + "x") == ["22 firing warning"]
    assert alice.told[0].missed == 2


def test_misses_before_a_resolution_do_not_count_towards_a_threshold() -> None:
    alice = Baking(BakingLimit(threshold=2, window=14400), seconds=600)
    alice.sees("xx" + "." * 15)
    assert alice.sees("x" + "." * 3) == []
    assert alice.sees("x") == ["22 firing critical"]


def test_coming_back_within_the_hour_needs_twice_the_bakes() -> None:
    alice = Baking()
    alice.sees("x.")
    for needed in (2, 4, 8, 16, 32, 64, 128, 160, 160):
        assert len(alice.sees("x")) == 1
        assert alice.sees("." * (needed - 1)) == []
        assert len(alice.sees(".")) == 1
    assert len({transition.incident for transition in alice.told}) == 1


def test_raising_the_threshold_keeps_the_open_incident() -> None:
    alice = Baking()
    alice.sees("x")
    alice.limit = BakingLimit(threshold=50)
    assert alice.sees("x") == ["2 escalated critical"]
    assert alice.sees(".") == ["3 resolved critical"]


def test_the_evidence_names_the_rounds_and_who_baked() -> None:
    alice = Baking()
    alice.rounds([["x"]], evidence={"block_round": 2, "payload_round": 1, "baker": "tz1bob"})
    evidence = alice.told[0].verdict.evidence
    assert (evidence["right_round"], evidence["round"], evidence["payload_round"]) == (0, 2, 1)
    assert evidence["baker"] == "tz1bob"
    assert (evidence["first_level"], evidence["first_at"]) == (1, 6)


def test_a_thousand_misses_beyond_the_threshold_are_counted_but_not_kept() -> None:
    alice = Baking()
    alice.sees("x" * 1000)
    assert alice.check.state.missed == 1000
    assert len(alice.check.window.misses) == 20


def test_an_older_row_without_some_keys_is_read() -> None:
    assert BakingWindow.from_value({}) == baking.EMPTY
    window = BakingWindow.from_value({"ring": 1, "misses": [[5, 30]], "newer": 1})
    assert window.misses == ((5, 30),)


@pytest.mark.parametrize("outcome", ["x", "."])
def test_what_is_not_counted_changes_no_severity(outcome: str) -> None:
    alice = Baking()
    alice.rounds([[" ", outcome]] * 5)
    assert alice.check.window.rights == 0
    assert alice.sees("x") == ["6 firing warning silently"]


def test_the_standing_of_an_open_incident_tells_what_was_missed() -> None:
    alice = Baking()
    alice.sees("xx")
    verdict = baking.standing(alice.check.window, alice.limit)
    assert (verdict.status, verdict.missed) == (Status.BAD, 2)
    assert verdict.evidence["missed_levels"] == [1, 2]
