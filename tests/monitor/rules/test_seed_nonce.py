"""A nonce that was committed to and is not revealed: warned of, then lost, told once."""

from __future__ import annotations

from monitor.model import Status
from monitor.rules import seed_nonce
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NO_EPISODE
from tests.monitor.rules.contexts import BLOCKS_PER_CYCLE, START, at
from tests.monitor.rules.timeline import Delegate

COMMITTED = (START - 5000,)
"""480 levels of the next cycle are left to reveal it."""


def open_at(position: int, cycle: int = 10) -> DelegateContext:
    return at(position, cycle=cycle, commitments=COMMITTED)


def test_it_is_warned_of_at_half_and_critical_at_four_fifths_of_the_time() -> None:
    alice = Delegate(seed_nonce.RULE)
    assert alice.sees(open_at(0), open_at(239)) == []
    assert alice.sees(open_at(240)) == [f"{START + 240} firing warning"]
    assert alice.sees(open_at(383)) == []
    assert alice.sees(open_at(384)) == [f"{START + 384} escalated critical"]


def test_the_warning_names_the_level_the_cycle_and_the_last_moment() -> None:
    alice = Delegate(seed_nonce.RULE)
    alice.sees(open_at(240))
    evidence = alice.told[0].verdict.evidence
    assert (evidence["first_level"], evidence["cycle"]) == (START - 5000, 9)
    assert evidence["reward_lost_at"] == alice.told[0].at + (479 - 240) * 6


def test_a_revelation_ends_it() -> None:
    alice = Delegate(seed_nonce.RULE)
    alice.sees(open_at(240))
    assert alice.sees(at(300)) == [f"{START + 300} resolved warning revealed"]


def test_after_the_time_it_is_lost_and_told_once() -> None:
    alice = Delegate(seed_nonce.RULE)
    alice.sees(open_at(240))
    assert alice.sees(open_at(478)) == [f"{START + 478} escalated critical"]
    assert alice.sees(open_at(479)) == [f"{START + 479} resolved critical lost"]
    assert alice.sees(open_at(480), open_at(600), open_at(14399)) == []


def test_what_was_lost_before_anybody_looked_is_told_once_and_over_with_the_cycle() -> None:
    alice = Delegate(seed_nonce.RULE)
    assert alice.sees(open_at(2000)) == [f"{START + 2000} firing critical"]
    assert alice.sees(open_at(2100), open_at(14399)) == []
    assert alice.sees(at(0, cycle=11)) == [f"{START + BLOCKS_PER_CYCLE} resolved critical new-cycle"]


def test_the_next_cycle_is_judged_anew() -> None:
    alice = Delegate(seed_nonce.RULE)
    alice.sees(open_at(240), open_at(480))
    assert alice.sees(open_at(0, cycle=11), open_at(239, cycle=11)) == []
    assert len(alice.sees(open_at(240, cycle=11))) == 1


def test_blocks_that_were_not_read_leave_it_unknown() -> None:
    assert seed_nonce.judge(at(300, commitments=None), NO_EPISODE).status is Status.UNKNOWN
