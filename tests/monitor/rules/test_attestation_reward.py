"""The cycle's allowance of missed slots, and how soon it is used up."""

from __future__ import annotations

from monitor.model import Status
from monitor.rules import attestation_reward
from monitor.rules.attestation_reward import allowance
from monitor.rules.delegate_context import DelegateContext, RecentRights
from monitor.rules.interface import NO_EPISODE
from tests.monitor.rules.contexts import BLOCKS_PER_CYCLE, START, at, with_state
from tests.monitor.rules.timeline import Delegate

STOPPED = RecentRights(100, 100, 100)
TWO_HOURS = 1200
"""Blocks. A stopped delegate of ten slots per block needs 12,000 slots for them."""


def left(slots: int, position: int = 5000, recent: RecentRights = STOPPED, cycle: int = 10) -> DelegateContext:
    state = with_state(missed_slots=48_000 - slots, remaining_allowed_missed_slots=slots)
    return at(position, cycle=cycle, state=state, recent=recent)


LOST = with_state(missed_slots=48_001, remaining_allowed_missed_slots=0, expected_attesting_rewards=0)


def test_a_stopped_delegate_is_told_two_hours_before_its_reward_is_lost() -> None:
    alice = Delegate(attestation_reward.RULE)
    assert alice.sees(left(10 * TWO_HOURS)) == []
    assert alice.sees(left(10 * TWO_HOURS - 1)) == [f"{START + 5000} firing critical"]
    evidence = alice.told[0].verdict.evidence
    assert evidence["slots_left"] == 11_999
    assert evidence["reward_lost_at"] == alice.told[0].at + 7200
    assert evidence["allowance_share"] == round(36_001 / 48_000, 4)


def test_half_of_the_rights_missed_use_it_up_at_half_the_pace() -> None:
    half = RecentRights(100, 50, 1)
    assert Delegate(attestation_reward.RULE).sees(left(5 * TWO_HOURS, recent=half)) == []
    assert len(Delegate(attestation_reward.RULE).sees(left(5 * TWO_HOURS - 1, recent=half))) == 1


def test_a_pace_that_the_cycle_outlives_is_no_risk() -> None:
    assert Delegate(attestation_reward.RULE).sees(left(10_000, position=BLOCKS_PER_CYCLE - 500)) == []


def test_a_few_misses_after_a_recovery_are_not_a_rate() -> None:
    assert Delegate(attestation_reward.RULE).sees(left(1200, recent=RecentRights(2, 2, 2))) == []


def test_a_delegate_that_misses_nothing_keeps_its_reward_however_little_is_left() -> None:
    assert Delegate(attestation_reward.RULE).sees(left(1, recent=RecentRights(100, 0, 0))) == []


def test_a_pace_that_comes_and_goes_around_two_hours_is_told_once() -> None:
    alice = Delegate(attestation_reward.RULE)
    assert len(alice.sees(left(11_000), left(13_000), left(11_000), left(17_000))) == 1
    assert alice.sees(left(18_001)) == [f"{START + 5000} resolved critical"]


def test_a_lost_reward_stays_told_until_the_new_cycle() -> None:
    alice = Delegate(attestation_reward.RULE)
    assert alice.sees(at(9000, state=LOST)) == [f"{START + 9000} firing critical"]
    assert alice.told[0].verdict.reason == "lost"
    assert alice.sees(at(9100, state=LOST), at(14399, state=LOST)) == []
    assert alice.sees(at(0, cycle=11, state=LOST, read_level=START + 14399)) == [
        f"{START + BLOCKS_PER_CYCLE} resolved critical new-cycle"
    ]


def test_a_risk_that_the_new_cycle_ends_is_not_called_recovered() -> None:
    alice = Delegate(attestation_reward.RULE)
    alice.sees(left(100))
    alice.sees(left(48_000, position=2, cycle=11))
    assert alice.told[-1].close_reason == "new-cycle"


def test_the_last_cycles_figures_say_nothing_of_this_one() -> None:
    context = at(3, cycle=11, state=LOST, read_level=START + 14399)
    verdict = attestation_reward.judge(context, NO_EPISODE)
    assert (verdict.status, verdict.reason) == (Status.UNKNOWN, "read-before-this-cycle")


def test_a_delegate_without_expected_activity_has_no_reward_to_lose() -> None:
    state = with_state(expected_cycle_activity=0, remaining_allowed_missed_slots=0, expected_attesting_rewards=0)
    assert Delegate(attestation_reward.RULE).sees(at(50, state=state, recent=STOPPED)) == []


def test_a_node_that_tells_no_allowance_leaves_it_unknown() -> None:
    state = with_state(remaining_allowed_missed_slots=None)
    assert attestation_reward.judge(at(50, state=state), NO_EPISODE).status is Status.UNKNOWN


def test_the_allowance_can_be_asked_for_by_others() -> None:
    figures = allowance(left(12_000))
    assert figures is not None
    assert (figures.left, figures.missed, figures.lost) == (12_000, 36_000, False)
    assert allowance(at(5, state=None)) is None
