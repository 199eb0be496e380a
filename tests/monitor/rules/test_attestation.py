"""When missed attestations are told, and when they are over."""

from __future__ import annotations

import json

import pytest

from monitor.model import Outcome
from monitor.rules import attestation
from monitor.rules.attestation import AttestationLimit, AttestationWindow
from tests.monitor.rules.timeline import Attesting

LOST_HALF = {"attested_power": 6860, "committee_power": 7000, "block_round": 0}


def test_four_missed_in_a_row_are_not_told_and_five_are() -> None:
    assert Attesting().sees("...." + "xxxx" + "...." * 30) == []
    assert Attesting().sees("...." + "xxxxx") == ["9 firing warning"]


def test_five_missed_with_levels_without_a_right_between_are_in_a_row() -> None:
    assert Attesting().sees(".  x  x x    x  x") == ["17 firing warning"]


def test_an_unknown_level_neither_breaks_nor_makes_a_row() -> None:
    assert Attesting().sees("xx??xx" + "?" * 50) == []
    assert Attesting().sees("xx??xx" + "?" * 50 + "x") == ["57 firing warning"]


def test_the_tenth_missed_of_the_last_hundred_rights_is_told_and_the_ninth_is_not() -> None:
    every_twelfth = "." * 11 + "x"
    assert Attesting().sees(every_twelfth * 40) == []
    every_tenth = "." * 9 + "x"
    assert Attesting().sees(every_tenth * 9) == []
    assert Attesting().sees(every_tenth * 10) == ["100 firing warning"]


def test_the_window_counts_rights_and_not_levels() -> None:
    rare = (" " * 50 + ".") * 9 + " " * 50 + "x"
    assert Attesting().sees(rare * 10) == [f"{51 * 100} firing warning"]


def test_a_miss_leaves_the_window_with_the_hundredth_right_after_it() -> None:
    nine = "x..." * 9
    still_in = nine + "." * (100 - len(nine) - 1)
    assert Attesting().sees(still_in + "x") == ["100 firing warning"]
    assert Attesting().sees(still_in + "." + "x") == []


def test_a_set_threshold_counts_within_the_last_blocks() -> None:
    limit = AttestationLimit(3, 10)
    assert Attesting(limit).sees("x....x...x") == ["10 firing warning"]
    assert Attesting(limit).sees("x....x....x") == []
    assert Attesting(limit).sees("x....x    x") == []


def test_a_set_threshold_replaces_the_automatic_rule() -> None:
    assert Attesting(AttestationLimit(10, 200)).sees("xxxxxxxxx") == []
    assert Attesting(AttestationLimit(10, 200)).sees("xxxxxxxxxx") == ["10 firing warning"]


def test_one_figure_without_the_other_is_refused() -> None:
    with pytest.raises(ValueError, match="together"):
        AttestationLimit(threshold=3)


def test_twenty_in_a_row_are_critical_and_told_once() -> None:
    alice = Attesting()
    assert alice.sees("x" * 19) == ["5 firing warning"]
    assert alice.sees("x") == ["20 escalated critical"]
    assert alice.sees("x" * 100) == []


def test_half_of_the_automatic_window_is_critical() -> None:
    alice = Attesting()
    assert alice.sees("x." * 49) == ["19 firing warning"]
    assert alice.sees("x.") == ["99 escalated critical"]


def test_half_of_a_set_window_is_critical() -> None:
    alice = Attesting(AttestationLimit(3, 12))
    assert alice.sees("x.x.x") == ["5 firing warning"]
    assert alice.sees(".x.") == []
    assert alice.sees("xx") == ["10 escalated critical"]


def test_half_of_a_wide_set_window_is_counted_in_full() -> None:
    alice = Attesting(AttestationLimit(100, 3000))
    timeline = "xx." * 1000
    told = alice.sees(timeline)
    assert told[0] == "149 firing warning"
    assert told[1] == "2249 escalated critical"
    assert timeline[:2249].count("x") == 1500


def test_ten_met_in_a_row_resolve_and_nine_do_not() -> None:
    alice = Attesting()
    alice.sees("xxxxx")
    assert alice.sees("." * 9 + "x" + "." * 9) == []
    assert alice.sees("." * 1) == ["25 resolved warning"]


def test_an_unknown_level_does_not_interrupt_a_recovery() -> None:
    alice = Attesting()
    alice.sees("xxxxx")
    assert alice.sees("....." + "???" + ".....") == ["18 resolved warning"]


def test_the_streak_that_resolves_can_be_set() -> None:
    alice = Attesting(recovery=3)
    assert alice.sees("xxxxx" + "...") == ["5 firing warning", "8 resolved warning"]


def test_misses_before_a_resolution_do_not_count_again() -> None:
    alice = Attesting(seconds=600)  # so that it is not the same incident within the hour
    alice.sees("x." * 10 + "." * 10)
    assert alice.sees("xxxx" + "." * 100) == []
    alice.sees("xxxxx" + "." * 10)
    assert alice.sees(".x" * 9) == []


@pytest.mark.parametrize(("minutes", "told"), [(59, "again"), (60, "again"), (61, "")])
def test_coming_back_within_the_hour_is_the_same_incident(minutes: int, told: str) -> None:
    alice = Attesting(seconds=60)
    assert alice.sees("xxxxx" + "." * 10) == ["5 firing warning", "15 resolved warning"]
    alice.sees("." * (minutes - 5))
    assert alice.sees("xxxxx") == [f"{15 + minutes} firing warning {told}".strip()]
    first, _, second = (transition.incident for transition in alice.told)
    assert (first == second) is (told == "again")


def test_each_return_within_the_hour_doubles_the_streak_that_resolves() -> None:
    alice = Attesting()
    alice.sees("xxxxx" + "." * 10)
    for needed in (20, 40, 80, 160, 160, 160):
        assert [words.split()[1:] for words in alice.sees("xxxxx")] == [["firing", "warning", "again"]]
        assert alice.sees("." * (needed - 1)) == []
        assert len(alice.sees(".")) == 1
    assert len({transition.incident for transition in alice.told}) == 1


def test_after_a_quiet_hour_the_streak_is_the_usual_one_again() -> None:
    alice = Attesting()
    alice.sees("xxxxx" + "." * 10 + "xxxxx" + "." * 20)
    alice.sees("." * 601)
    assert len(alice.sees("xxxxx")) == 1
    assert len(alice.sees("." * 10)) == 1
    assert alice.told[-1].incident != alice.told[0].incident


def test_every_transition_has_a_key_of_its_own() -> None:
    alice = Attesting()
    alice.sees(("x" * 20 + "." * 160) * 6)
    keys = [transition.dedupe_key for transition in alice.told]
    assert len(keys) == 18
    assert len(set(keys)) == 18


def test_the_firing_tells_how_many_since_when_and_that_it_was_only_you() -> None:
    alice = Attesting()
    alice.sees("x....")
    alice.sees("xxxxx", LOST_HALF)
    (firing,) = alice.told
    assert (firing.missed, firing.verdict.missed, firing.verdict.of, firing.verdict.reason) == (5, 5, 5, "streak")
    evidence = firing.verdict.evidence
    assert (evidence["first_level"], evidence["first_at"], evidence["last_level"]) == (6, 36, 10)
    assert evidence["missed_levels"] == [1, 6, 7, 8, 9, 10]
    assert evidence["share_others"] == 0.98
    assert evidence["blocks_late"] == 0


def test_late_blocks_are_told_apart_from_the_delegates_fault() -> None:
    alice = Attesting()
    alice.sees("xx", {"attested_power": 3500, "committee_power": 7000, "block_round": 2})
    alice.sees("xxx", LOST_HALF)
    evidence = alice.told[0].verdict.evidence
    assert evidence["blocks_late"] == 2
    assert evidence["share_others"] == pytest.approx((0.5 * 2 + 0.98 * 3) / 5, abs=0.001)


@pytest.mark.parametrize(
    ("power", "committee", "share"),
    [
        (1000, 7000, 0.983),  # 5900 of the other 6000
        (None, 7000, 0.843),  # all that is known
        (7000, 7000, None),  # nobody else was to attest
    ],
)
def test_the_others_are_the_committee_without_the_delegate(
    power: int | None, committee: int, share: float | None
) -> None:
    alice = Attesting()
    alice.sees("xxxxx", {"attested_power": 5900, "committee_power": committee, "block_round": 0, "power": power})
    assert alice.told[0].verdict.evidence["share_others"] == share


def test_missing_evidence_is_not_a_share() -> None:
    alice = Attesting()
    alice.sees("xxxxx", {"attested_power": None, "committee_power": None})
    assert alice.told[0].verdict.evidence["share_others"] is None


def test_the_firing_by_window_counts_from_the_first_miss_in_it() -> None:
    alice = Attesting()
    alice.sees(("." * 5 + "x") * 10)
    verdict = alice.told[0].verdict
    assert (verdict.reason, verdict.missed, verdict.of) == ("window", 10, 55)
    assert verdict.evidence["first_level"] == 6


def test_the_firing_of_a_set_threshold_counts_from_the_first_miss_in_its_window() -> None:
    alice = Attesting(AttestationLimit(3, 10))
    alice.sees("xx" + "." * 20 + "x..x..x")
    verdict = alice.told[0].verdict
    assert (verdict.reason, verdict.missed, verdict.of, verdict.evidence["first_level"]) == ("window", 3, 7, 23)
    assert verdict.evidence["threshold"] == 3
    assert verdict.evidence["window"] == 10


def test_the_resolution_tells_all_misses_of_the_incident() -> None:
    alice = Attesting()
    alice.sees("x" * 8 + ".x" + "." * 10)
    resolved = alice.told[-1]
    assert (resolved.missed, resolved.opened_level, resolved.verdict.of) == (9, 5, 20)
    assert resolved.verdict.evidence["first_level"] == 1
    alice.sees("xxxxx" + "." * 20)
    assert alice.told[-1].missed == 14


def test_raising_the_threshold_keeps_the_open_incident_until_it_has_recovered() -> None:
    alice = Attesting()
    alice.sees("xxxxx")
    alice.limit = AttestationLimit(500, 1000)
    assert alice.sees("x.x.x") == []
    assert alice.check.state.is_open
    assert alice.sees("." * 10) == ["20 resolved warning"]


def test_lowering_the_threshold_counts_the_misses_there_already_were() -> None:
    alice = Attesting()
    alice.sees("xxxx")
    alice.limit = AttestationLimit(3, 50)
    assert alice.sees("....") == []
    assert alice.sees("x") == ["9 firing warning"]
    assert alice.told[0].missed == 5


def test_raising_the_recovery_asks_more_of_the_open_incident() -> None:
    alice = Attesting()
    alice.sees("xxxxx" + "." * 9)
    alice.recovery = 20
    assert alice.sees("." * 10) == []
    assert alice.sees(".") == ["25 resolved warning"]


def test_an_unknown_outcome_leaves_the_window_as_it_is() -> None:
    alice = Attesting()
    alice.sees("x.x..xx")
    window = alice.check.window
    after, verdict = attestation.judge(
        window, 8, 48, Outcome.UNKNOWN, {"reason": "no metadata"}, alice.limit, firing=False
    )
    assert after is window
    assert verdict.reason == "no metadata"


def test_when_all_is_met_nothing_is_made_anew() -> None:
    alice = Attesting()
    alice.sees("." * 100)
    check = alice.check
    alice.sees("." * 100)
    assert alice.check is check


def test_the_recent_rights_are_told_to_other_rules() -> None:
    alice = Attesting()
    alice.sees("." * 200 + "x..xx")
    recent = attestation.recent(alice.check.window)
    assert (recent.rights, recent.missed, recent.streak) == (100, 3, 2)


def test_what_is_stored_is_short_even_after_a_day_of_misses() -> None:
    alice = Attesting()
    alice.sees("x" * 14400, LOST_HALF)
    assert len(json.dumps(alice.check.to_value(), separators=(",", ":"))) < 1000


def test_what_is_stored_of_a_delegate_without_misses_is_next_to_nothing() -> None:
    alice = Attesting()
    alice.sees("." * 1000)
    assert alice.check.to_value() == {"state": {"phase": "ok", "since": 6}, "window": {"rights": 100}}


def test_an_older_row_without_some_keys_is_read() -> None:
    assert AttestationWindow.from_value({}) == attestation.EMPTY
    window = AttestationWindow.from_value({"ring": "7", "tally": {"streak": 3}})
    assert (window.ring, window.tally.streak, window.tally.latest) == (7, 3, ())


def test_a_level_judged_again_after_a_reorganisation_does_not_upset_the_window() -> None:
    alice = Attesting(AttestationLimit(5, 100))
    alice.sees("x.x.")
    alice.level = 0
    assert alice.sees("x.x.") == []
    assert alice.check.window.tally.within(100) == 2
    assert alice.sees("x.x.x") == ["9 firing warning"]


def test_a_jump_of_a_million_levels_is_cheap_and_forgets_what_is_out_of_reach() -> None:
    alice = Attesting(AttestationLimit(3, 14400))
    alice.sees("xx")
    alice.level += 10**9
    assert alice.sees("x") == []
    assert alice.check.window.tally.blocks == 1
