"""What people asked to be quiet about: silences and acknowledgements. They delay what is told, they never drop it.

Both are over when a run ends them (monitor/silences.py, monitor/acks.py) and tells what they held back, not when their
time is: so nothing slips through between the two, and no clock that jumps can revive one.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from alerting.groups import spelled_out
from alerting.pattern import matches
from monitor.model import CheckKey, EventKind
from monitor.schema import incident as incidents
from monitor.schema import silence as silences

_REPEATING = frozenset({EventKind.ESCALATED, EventKind.REMINDER})
"""What an acknowledgement is about: its owner knows already."""
_ALARMING = _REPEATING | {EventKind.FIRING, EventKind.FLAPPING, EventKind.MISSED_INCIDENT}
"""What a silence is about, and notices of an incident. Never a recovery, nor what the monitor says of itself."""


class Holds(NamedTuple):
    """In force at one moment of one transaction."""

    silences: tuple[tuple[int, str], ...] = ()
    """(id, pattern), oldest first; several of one id where it means a group."""
    acknowledged: frozenset[str] = frozenset()
    """Incidents."""

    def __bool__(self) -> bool:
        return bool(self.silences or self.acknowledged)

    def on(self, kind: EventKind, key: CheckKey, name: str | None, incident: str | None) -> str | None:
        """What holds back an event, as its delivery rows name it; None where nothing does."""
        if incident is None:
            return None
        if kind in _REPEATING and incident in self.acknowledged:
            return by_ack(incident)
        if kind in _ALARMING or kind is EventKind.NOTICE:
            return next((by_silence(number) for number, pattern in self.silences if matches(pattern, key, name)), None)
        return None


def holds_now(connection: Connection) -> Holds:
    active = select(silences.c.id, silences.c.pattern).where(silences.c.ended_at.is_(None)).order_by(silences.c.id)
    acknowledged = select(incidents.c.id).where(incidents.c.closed_at.is_(None), incidents.c.ack_until.is_not(None))
    return Holds(
        tuple(
            (row.id, each) for row in connection.execute(active).all() for each in spelled_out(connection, row.pattern)
        ),
        frozenset(connection.execute(acknowledged).scalars()),
    )


def by_silence(number: int) -> str:
    return f"silence {number}"


def by_ack(incident: str) -> str:
    return f"ack {incident}"
