"""Silences and maintenances: begun by a command, ended by a run, each told in one line.

Beginning one and asking for its end are short transactions beside a run; only the run, which alone judges, ends one:
what it held back is then told as it stands at that moment (alerting.events.release_suppressed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select, update

from alerting.deliveries import SUPPRESSED
from alerting.events import ChannelRoute, release_suppressed, write_event
from alerting.holds import by_silence
from alerting.payload import Payload
from monitor.maintenance import is_healthy_again
from monitor.model import CheckKey, Event, EventKind, Severity
from monitor.rules.interface import MONITOR
from monitor.schema import delivery
from monitor.schema import silence as table
from monitor.subjects import meant, open_incidents

Kind = Literal["silence", "maintenance"]


@dataclass(frozen=True, slots=True)
class Silence:
    """Field for field the table."""

    id: int
    kind: str
    pattern: str
    starts_at: int
    ends_at: int | None
    """At the latest; None only with until_resolved."""
    until_resolved: bool
    """Over as soon as none of the incidents it means is open."""
    until_healthy: bool
    """Over as soon as what was taken down is back."""
    author: str
    reason: str
    ended_at: int | None = None
    end_reason: str | None = None
    """over | removed | resolved | healthy"""


def begin(
    connection: Connection,
    channels: Sequence[ChannelRoute],
    now: int,
    pattern: str,
    *,
    kind: Kind = "silence",
    ends_at: int | None = None,
    until_resolved: bool = False,
    until_healthy: bool = False,
    author: str = "",
    reason: str = "",
) -> Silence:
    """Quiet from now on, and tell so. One of `ends_at` and `until_resolved` is needed: every silence has an end."""
    if ends_at is None and not until_resolved:
        raise ValueError("a silence needs an end")
    values: dict[str, Any] = {
        "kind": kind,
        "pattern": pattern,
        "starts_at": now,
        "ends_at": ends_at,
        "until_resolved": until_resolved,
        "until_healthy": until_healthy,
        "author": author,
        "reason": reason,
    }
    number = connection.execute(table.insert().values(**values).returning(table.c.id)).scalar_one()
    silence = Silence(number, **values)
    payload = Payload(
        name=_name(connection, pattern),
        reason="begun",
        at=now,
        until=ends_at,
        close_reason="resolved" if until_resolved else "healthy" if until_healthy else None,
        by=author or None,
        detail=reason or None,
    )
    _tell(connection, channels, None, now, silence, payload)
    return silence


def silences(connection: Connection, *, ended: bool = False) -> list[Silence]:
    """Those that hold, oldest first; with `ended` those before, too."""
    query = select(table).order_by(table.c.id)
    if not ended:
        query = query.where(table.c.ended_at.is_(None))
    return [Silence(**row._mapping) for row in connection.execute(query)]


def ask_to_end(connection: Connection, number: int, now: int) -> Silence | None:
    """Let the next run end it. None: there is none of that number that holds."""
    query = select(table).where(table.c.id == number, table.c.ended_at.is_(None)).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return None
    ends_at = now if row.ends_at is None else min(row.ends_at, now)
    connection.execute(update(table).where(table.c.id == number).values(ends_at=ends_at, end_reason="removed"))
    return Silence(**row._mapping)


def end_due(
    connection: Connection, channels: Sequence[ChannelRoute], run_id: int, now: int, recovery: int
) -> list[Silence]:
    """End what is due and release what it held back. For the run alone, after it judged. Returns what ended.

    `recovery`: attestations met in a row after which a baker in maintenance is back.
    """
    ended = []
    in_force = select(table).where(table.c.ended_at.is_(None)).order_by(table.c.id).with_for_update()
    for row in connection.execute(in_force).all():
        reason = _why_over(connection, row, now, recovery)
        if reason is None:
            continue
        values = {"ended_at": now, "end_reason": reason}
        connection.execute(update(table).where(table.c.id == row.id).values(**values))
        silence = Silence(**{**row._mapping, **values})
        held = _held_back(connection, silence)
        release_suppressed(connection, by_silence(silence.id), run_id, now)
        name = _name(connection, silence.pattern)
        payload = Payload(name=name, reason=reason, opened_at=silence.starts_at, at=now, count=held or None)
        _tell(connection, channels, run_id, now, silence, payload)
        ended.append(silence)
    return ended


def _why_over(connection: Connection, row: Row[*tuple[Any, ...]], now: int, recovery: int) -> str | None:
    if row.ends_at is not None and row.ends_at <= now:
        return row.end_reason or "over"
    if row.until_resolved and not open_incidents(connection, row.pattern):
        return "resolved"
    if row.until_healthy and is_healthy_again(connection, row.pattern, row.starts_at, recovery):
        return "healthy"
    return None


def _held_back(connection: Connection, silence: Silence) -> int:
    """Events, however many channels they were for."""
    query = select(func.count(delivery.c.event_id.distinct())).where(
        delivery.c.state == SUPPRESSED, delivery.c.last_error == by_silence(silence.id)
    )
    return int(connection.execute(query).scalar_one())


def _name(connection: Connection, pattern: str) -> str | None:
    """What to call a pattern that is a target's address: the target's name."""
    return next((one.name for one in meant(connection, pattern) if one.target == pattern and one.name), None)


def _tell(
    connection: Connection,
    channels: Sequence[ChannelRoute],
    run_id: int | None,
    now: int,
    silence: Silence,
    payload: Payload,
) -> None:
    event = Event(
        kind=EventKind.NOTICE,
        dedupe_key=f"silence:{silence.id}:{'ended' if silence.ended_at is not None else 'begun'}",
        key=CheckKey(MONITOR, silence.pattern, silence.kind),
        severity=Severity.INFO,
        occurred_at=now,
        payload=payload.to_value(),
        silent=True,
    )
    write_event(connection, event, channels, run_id, now)
