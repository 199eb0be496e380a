"""The state machine of polled conditions: what is told, after how long, and what flapping makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerting.check_state import CheckState, Phase
from alerting.incidents import NEW, advance, close, incident_id
from monitor.model import CheckKey, EventKind, Severity, Status, Verdict
from monitor.rules.interface import Policy
from tests.monitor.rules.timeline import POLLED, Polled

TWO_MINUTES = Policy(fire_after=120)
FLAPPING = Policy(flapping=True)


def test_a_good_first_look_says_nothing() -> None:
    assert Polled().sees("....") == []


def test_without_a_delay_the_first_bad_is_told() -> None:
    assert Polled().sees("..x") == ["120 firing warning"]


def test_with_a_delay_it_is_told_once_that_much_time_has_passed_since_the_first_bad() -> None:
    assert Polled(TWO_MINUTES).sees("..xx.") == []
    assert Polled(TWO_MINUTES).sees("..xxx") == ["240 firing warning"]


def test_the_delay_is_time_and_not_a_number_of_runs() -> None:
    assert Polled(TWO_MINUTES, step=10).sees("x" * 12) == []
    assert Polled(TWO_MINUTES, step=10).sees("x" * 13) == ["120 firing warning"]
    assert Polled(TWO_MINUTES, step=600).sees("xx") == ["600 firing warning"]


def test_one_good_look_in_between_starts_the_delay_anew() -> None:
    assert Polled(TWO_MINUTES).sees("xx.xx") == []
    assert Polled(TWO_MINUTES).sees("xx.xxx") == ["300 firing warning"]


def test_it_began_with_the_first_bad_look_though_it_was_told_later() -> None:
    node = Polled(TWO_MINUTES)
    node.sees("..xxx")
    assert (node.told[0].since, node.told[0].opened_at) == (120, 240)


def test_unknown_opens_nothing_and_closes_nothing() -> None:
    assert Polled().sees("????") == []
    node = Polled(Policy(resolve_after=60))
    node.sees("x")
    assert node.sees("????") == []
    assert node.sees("..") == ["360 resolved warning"]


def test_unknown_gives_back_the_very_same_state() -> None:
    state = CheckState(phase=Phase.RECOVERING, incident="a12345", good_streak=1)
    assert advance(POLLED, state, Verdict(Status.UNKNOWN), Policy(), 5, None) == (state, ())
    assert advance(POLLED, state, Verdict(Status.UNKNOWN), Policy(), 5, None)[0] is state


def test_it_is_over_after_enough_time_without_a_bad_look() -> None:
    node = Polled(Policy(resolve_after=120))
    assert node.sees("x..x..") == ["0 firing warning"]
    assert node.sees(".") == ["360 resolved warning"]


def test_a_bad_look_that_is_not_reached_opens_nothing_but_interrupts_a_recovery() -> None:
    assert Polled().sees("oooo") == []
    node = Polled(Policy(resolve_after=120))
    node.sees("x..o")
    assert node.sees("..") == []
    assert node.sees(".") == ["360 resolved warning"]


def test_getting_worse_is_told_once_and_getting_better_is_not() -> None:
    node = Polled()
    assert node.sees("xxX") == ["0 firing warning", "120 escalated critical"]
    assert node.sees("XxXx") == []
    assert node.sees(".") == ["420 resolved critical"]


def test_getting_worse_while_recovering_is_told() -> None:
    node = Polled(Policy(resolve_after=300))
    assert node.sees("x.X") == ["0 firing warning", "120 escalated critical"]


def test_a_warning_that_stays_open_too_long_becomes_critical_once() -> None:
    node = Polled(Policy(escalate_after=180))
    assert node.sees("xxxxxx.") == ["0 firing warning", "180 escalated critical", "360 resolved critical"]


def test_what_is_told_silently_grows_old_silently() -> None:
    node = Polled(Policy(escalate_after=60))
    verdict = Verdict(Status.BAD, silent=True)
    state, _ = advance(POLLED, NEW, verdict, node.policy, 0, None)
    assert advance(POLLED, state, verdict, node.policy, 600, None) == (state, ())


def test_a_silent_warning_that_becomes_a_loud_one_is_told() -> None:
    verdict = Verdict(Status.BAD, silent=True)
    state, _ = advance(POLLED, NEW, verdict, Policy(), 0, None)
    state, told = advance(POLLED, state, replace(verdict, silent=False), Policy(), 60, None)
    assert [(transition.kind, transition.silent) for transition in told] == [(EventKind.ESCALATED, False)]
    state, told = advance(POLLED, state, verdict, Policy(), 120, None)
    assert told == ()


def test_a_bad_condition_that_stays_as_it_is_changes_nothing_to_be_stored() -> None:
    node = Polled()
    node.sees("xx")
    state = node.state
    node.sees("xxxx")
    assert node.state is state


def test_a_polled_condition_that_comes_back_is_a_new_incident() -> None:
    node = Polled()
    assert node.sees("x.x.") == [
        "0 firing warning",
        "60 resolved warning",
        "120 firing warning",
        "180 resolved warning",
    ]
    assert len({transition.incident for transition in node.told}) == 2


def test_the_reason_of_an_ok_verdict_says_why_it_ended() -> None:
    state, _ = advance(POLLED, NEW, Verdict(Status.BAD), Policy(), 0, 10)
    _, (resolved,) = advance(POLLED, state, Verdict(Status.OK, "new-cycle"), Policy(), 60, 20)
    assert resolved.close_reason == "new-cycle"


# A clock that jumps


def test_a_clock_that_jumps_back_gives_no_negative_duration() -> None:
    node = Polled(now=100_000)
    node.sees("x")
    node.now = 50_000
    node.sees(".")
    assert node.told[-1].at - node.told[-1].opened_at >= 0
    assert node.told[-1].opened_at >= node.told[-1].since


def test_a_clock_that_jumps_back_delays_a_firing_by_no_more_than_its_delay() -> None:
    node = Polled(TWO_MINUTES, now=100_000)
    node.sees("x")
    node.now = 50_000
    assert node.sees("xxx") == ["50120 firing warning"]


def test_a_clock_that_jumps_back_does_not_hold_up_a_recovery() -> None:
    node = Polled(Policy(resolve_after=120), now=100_000)
    node.sees("x.")
    node.now = 50_000
    assert node.sees("...") == ["50120 resolved warning"]


def test_a_clock_that_jumps_back_does_not_keep_it_flapping() -> None:
    node = Polled(FLAPPING, now=100_000)
    node.sees("x." * 5)
    node.now = 10_000
    assert [words.split()[1] for words in node.sees("." * 40)] == ["flapping", "resolved"]


# Flapping


def test_four_openings_in_an_hour_are_told_one_by_one() -> None:
    assert [words.split()[1] for words in Polled(FLAPPING).sees("x." * 4)] == ["firing", "resolved"] * 4


def test_the_fifth_is_told_as_flapping_and_then_there_is_silence() -> None:
    node = Polled(FLAPPING)
    node.sees("x." * 4)
    assert node.sees("x" + ".x" * 30) == ["480 flapping warning on"]
    assert node.told[-1].flaps == 5
    assert node.told[-1].opens


def test_openings_more_than_an_hour_apart_do_not_flap() -> None:
    slowly = "x" + "." * 14
    assert {words.split()[1] for words in Polled(FLAPPING).sees(slowly * 20)} == {"firing", "resolved"}


def test_half_an_hour_of_good_ends_the_flapping_and_the_incident() -> None:
    node = Polled(FLAPPING)
    node.sees("x." * 5)
    assert node.sees("." * 29) == []
    assert node.sees("..") == ["2340 flapping warning off", "2340 resolved warning"]
    assert node.told[-2].flaps == 1
    assert node.state.incident is None


def test_half_an_hour_of_bad_ends_the_flapping_and_tells_that_it_is_bad() -> None:
    node = Polled(FLAPPING)
    node.sees("x." * 4 + "x.x")
    flapping = node.told[-1].incident
    assert node.sees("x" * 31) == ["2400 flapping warning off", "2400 firing warning off"]
    assert node.told[-1].incident == flapping
    assert not node.told[-1].opens
    assert node.sees(".") == ["2520 resolved warning"]


def test_after_the_flapping_openings_are_told_again() -> None:
    node = Polled(FLAPPING)
    node.sees("x." * 5 + "." * 31)
    assert [words.split()[1] for words in node.sees("x.x.")] == ["firing", "resolved"] * 2


def test_getting_worse_while_flapping_is_told() -> None:
    node = Polled(FLAPPING)
    node.sees("x." * 5)
    assert node.sees("X.X.x") == ["600 escalated critical"]


def test_duties_never_flap() -> None:
    assert "flapping" not in " ".join(Polled(Policy(reopen_within=3600, streak_cap=1)).sees("x." * 50))


# Notices, closing, names


def test_a_notice_is_told_once_per_occurrence_and_leaves_nothing_open() -> None:
    notice = Policy(notice=True)
    verdict = Verdict(Status.BAD, "unstaked", Severity.CRITICAL)
    state, first = advance(POLLED, NEW, verdict, notice, 60, 10)
    assert not state.is_open
    state, second = advance(POLLED, state, verdict, notice, 60, 10)
    assert [transition.kind for transition in (*first, *second)] == [EventKind.NOTICE] * 2
    assert first[0].incident != second[0].incident
    assert first[0].severity is Severity.CRITICAL


def test_closing_tells_the_reason_and_forgets_the_rest() -> None:
    node = Polled()
    node.sees("x")
    state, told = close(POLLED, node.state, 60, None, "removed")
    assert state == NEW
    assert [(transition.kind, transition.close_reason) for transition in told] == [(EventKind.RESOLVED, "removed")]
    assert told[0].incident == node.told[0].incident


def test_closing_what_is_not_open_tells_nothing() -> None:
    assert close(POLLED, NEW, 60, None, "removed") == (NEW, ())
    assert close(POLLED, CheckState(phase=Phase.SUSPECT, bad_since=3), 60, None, "removed") == (NEW, ())


def test_the_same_opening_gets_the_same_name_and_another_one_another() -> None:
    key = CheckKey("tezos:mainnet", "tz1alice", "missed_baking")
    name = incident_id(key, 1000, 50)
    assert name == incident_id(key, 1000, 50)
    others = {incident_id(key, 1000, 51), incident_id(key, 1001, 50), incident_id(key._replace(rule="x"), 1000, 50)}
    assert name not in others
    assert len(others) == 3


def test_a_name_is_a_letter_and_five_hexadecimal_characters() -> None:
    key = CheckKey("tezos:mainnet", "tz1alice", "missed_baking")
    for level in range(200):
        name = incident_id(key, level * 6, level)
        assert len(name) == 6
        assert name[0] in "abcdef"
        assert set(name[1:]) <= set("0123456789abcdef")


def test_a_name_that_is_taken_is_lengthened_until_it_is_free() -> None:
    key = CheckKey("tezos:mainnet", "tz1alice", "missed_baking")
    name = incident_id(key, 1000, 50)
    taken = {name}
    longer = incident_id(key, 1000, 50, taken.__contains__)
    assert longer.startswith(name)
    assert len(longer) == 7
    assert len(incident_id(key, 1000, 50, lambda _: True)) == 16


def test_a_firing_avoids_names_in_use() -> None:
    _, (free,) = advance(POLLED, NEW, Verdict(Status.BAD), Policy(), 0, None)
    _, (other,) = advance(POLLED, NEW, Verdict(Status.BAD), Policy(), 0, None, {free.incident}.__contains__)
    assert other.incident != free.incident


# What is stored


def test_a_check_that_is_fine_is_stored_in_two_fields() -> None:
    node = Polled(now=600)
    node.sees(".")
    assert node.state.to_value() == {"phase": "ok", "since": 600}


def test_an_older_row_without_some_keys_and_a_newer_one_with_more_are_read() -> None:
    assert CheckState.from_value({}) == NEW
    state = CheckState.from_value({"phase": "firing", "incident": "a12345", "severity": "critical", "mood": "blue"})
    assert (state.phase, state.incident, state.severity) == (Phase.FIRING, "a12345", Severity.CRITICAL)


def test_a_row_that_lost_its_severity_still_ends() -> None:
    state = CheckState.from_value({"phase": "firing", "incident": "a12345"})
    _, (resolved,) = advance(POLLED, state, Verdict(Status.OK), Policy(), 60, None)
    assert (resolved.kind, resolved.incident) == (EventKind.RESOLVED, "a12345")


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_survives_storage(phase: Phase) -> None:
    state = CheckState(phase=phase, since=5, severity=Severity.INFO, openings=(1, 2), silent=True)
    assert CheckState.from_value(state.to_value()) == state
