"""When an open incident is told again."""

from __future__ import annotations

from alerting.reminders import reminder_due
from monitor.model import Severity

MINUTE, HOUR = 60, 3600


def reminders(
    severity: Severity, until: int, new_misses: bool | None = None, acked_until: int | None = None
) -> list[int]:
    """Minutes after the opening at which reminders are told, looked at every minute."""
    told: list[int] = []
    last = 0
    for now in range(0, until + 1, MINUTE):
        if reminder_due(0, severity, last, new_misses, acked_until, len(told), now):
            told.append(now // MINUTE)
            last = now
    return told


def test_a_critical_one_is_told_again_after_a_quarter_of_an_hour_an_hour_and_every_four() -> None:
    assert reminders(Severity.CRITICAL, 14 * HOUR) == [15, 60, 300, 540, 780]


def test_a_warning_is_told_again_once_a_day() -> None:
    assert reminders(Severity.WARNING, 50 * HOUR) == [24 * 60, 48 * 60]


def test_information_is_never_told_again() -> None:
    assert reminders(Severity.INFO, 50 * HOUR) == []


def test_a_duty_is_told_again_only_if_there_were_new_misses() -> None:
    assert reminders(Severity.CRITICAL, 2 * HOUR, new_misses=False) == []
    assert reminders(Severity.CRITICAL, 2 * HOUR, new_misses=True) == [15, 60]


def test_an_acknowledged_one_is_quiet_until_then() -> None:
    assert reminders(Severity.CRITICAL, 6 * HOUR, acked_until=5 * HOUR) == [300, 345]


def test_nothing_is_repeated_that_nobody_was_told() -> None:
    assert not reminder_due(0, Severity.CRITICAL, None, True, None, 0, 10 * HOUR)


def test_what_was_told_late_is_not_followed_by_overdue_reminders() -> None:
    assert not reminder_due(0, Severity.CRITICAL, 10 * HOUR, True, None, 0, 10 * HOUR + 14 * MINUTE)
    assert reminder_due(0, Severity.CRITICAL, 10 * HOUR, True, None, 0, 10 * HOUR + 15 * MINUTE)
    assert not reminder_due(0, Severity.CRITICAL, 10 * HOUR, True, None, 1, 10 * HOUR + 44 * MINUTE)


def test_a_clock_that_jumped_back_makes_nothing_due() -> None:
    assert not reminder_due(50 * HOUR, Severity.CRITICAL, 51 * HOUR, True, None, 0, 10 * HOUR)
    assert not reminder_due(50 * HOUR, Severity.WARNING, 2 * HOUR, True, None, 0, 30 * HOUR)
