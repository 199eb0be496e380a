"""In which order a channel is told."""

from __future__ import annotations

from alerting.queue import Waiting, in_turn
from monitor.model import EventKind, Severity

NOW = 1_000_000


def waiting(event_id: int, kind: EventKind, incident: str | None, **fields: int) -> Waiting:
    severity = Severity.WARNING if fields.get("warning") else Severity.CRITICAL
    return Waiting(event_id, incident, kind, severity, NOW, fields.get("due", NOW), fields.get("leased_by"))


def order(*rows: Waiting, run_id: int = 7) -> list[int]:
    return [row.event_id for row in in_turn(rows, run_id, NOW)]


def test_what_is_bad_comes_before_notices_and_these_before_what_is_over() -> None:
    over = waiting(1, EventKind.RESOLVED, "aaaaaa")
    notice = waiting(2, EventKind.NOTICE, None)
    mild = waiting(3, EventKind.FIRING, "bbbbbb", warning=1)
    bad = waiting(4, EventKind.FIRING, "cccccc")
    assert order(over, notice, mild, bad) == [4, 3, 2, 1]


def test_an_incidents_news_stay_together_and_in_order() -> None:
    rows = [
        waiting(1, EventKind.FIRING, "aaaaaa"),
        waiting(2, EventKind.FIRING, "bbbbbb"),
        waiting(3, EventKind.RESOLVED, "aaaaaa"),
    ]
    assert order(*rows) == [2, 1, 3]


def test_later_news_wait_for_an_earlier_one_that_is_not_due() -> None:
    first = waiting(1, EventKind.FIRING, "aaaaaa", due=NOW + 60)
    assert order(first, waiting(2, EventKind.RESOLVED, "aaaaaa"), waiting(3, EventKind.NOTICE, None)) == [3]


def test_a_lease_of_a_run_that_is_gone_is_void() -> None:
    of_the_dead = waiting(1, EventKind.FIRING, "aaaaaa", due=NOW + 60, leased_by=6)
    assert order(of_the_dead) == [1]
    assert order(of_the_dead, run_id=6) == []
