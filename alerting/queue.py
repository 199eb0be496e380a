"""In which order a channel is told what waits for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from alerting.backoff import is_due
from monitor.model import ENDED, OPENING, EventKind, Severity


class Waiting(NamedTuple):
    """A pending delivery, as far as its turn depends on it."""

    event_id: int
    incident: str | None
    kind: EventKind
    severity: Severity
    created_at: int
    next_attempt_at: int
    leased_by: int | None


def in_turn(rows: Sequence[Waiting], run_id: int, now: int) -> list[Waiting]:
    """What is bad now first, worst first; then notices; ended incidents last.

    The events of one incident stay together and in their order: while an earlier one is not due, the later ones wait.
    """
    by_incident: dict[str | int, list[Waiting]] = {}
    for row in sorted(rows, key=lambda row: row.event_id):
        by_incident.setdefault(row.incident or row.event_id, []).append(row)
    due = (list(takewhile(lambda row: _is_due(row, run_id, now), news)) for news in by_incident.values())
    return [row for news in sorted(filter(None, due), key=_rank) for row in news]


def _is_due(row: Waiting, run_id: int, now: int) -> bool:
    """A lease of another run is void: only one run holds the lock, so that one was killed."""
    void = row.leased_by is not None and row.leased_by != run_id
    return void or is_due(row.next_attempt_at, now)


def _rank(news: list[Waiting]) -> tuple[int, int, int]:
    last = news[-1]
    section = 0 if last.kind in OPENING or last.kind is EventKind.FLAPPING else 2 if last.kind in ENDED else 1
    return section, -last.severity.rank, news[0].event_id
