"""Writing down what is to be told: in the caller's transaction, together with the incident that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select, update

from alerting.deliveries import PENDING, SENT, SUPERSEDED, SUPPRESSED, AnyRow, change, deliver_to, record
from alerting.endings import OPENING_KINDS, end_after, end_is_old_news, tell_end, tell_missed
from alerting.holds import holds_now
from monitor.model import Event, EventKind, Severity
from monitor.schema import delivery as deliveries
from monitor.schema import event as events


class ChannelRoute(NamedTuple):
    """A channel that an event is for, and from which severity on. A recovery goes by who was told, not by this."""

    name: str
    minimum: Severity = Severity.INFO


def write_event(
    connection: Connection,
    event: Event,
    channels: Sequence[ChannelRoute],
    run_id: int | None,
    now: int,
    suppressed_by: str | None = None,
) -> int | None:
    """Record an event and a delivery per channel. Returns its id, or None where it was written before.

    `suppressed_by` says what quiets it for now, e.g. "incident c3107a": its deliveries wait for `release_suppressed`.
    So do those of what is silenced or acknowledged. `run_id` is None where a command writes, and not a run.
    A RESOLVED ignores `channels`, severities and what quiets: it goes to exactly the channels that were told. A
    channel that still waits for its firing gets one missed-incident event in the place of both.
    """
    event_id = record(connection, event, run_id, now)
    if event_id is None:
        return None
    if event.kind is EventKind.RESOLVED and event.incident is not None:
        tell_end(connection, event.incident, event_id, run_id, now)
        return event_id
    if event.kind is EventKind.REMINDER and event.incident is not None:
        _supersede_reminders(connection, event.incident, event_id)
    names = [route.name for route in channels if event.severity.rank >= route.minimum.rank]
    held_by = suppressed_by or _held_by(connection, event)
    deliver_to(connection, event_id, names, now, held_by)
    return event_id


def release_suppressed(connection: Connection, suppressed_by: str, run_id: int, now: int) -> int:
    """What kept these deliveries quiet is over: tell what still holds, and what was missed meanwhile.

    An opening whose incident is still open becomes due; one that is over becomes a missed-incident, unless the channel
    heard of its end or it is open again. A reminder is told only where nothing else was. Returns how many deliveries
    became due.
    """
    rows = connection.execute(
        select(deliveries.c.event_id, deliveries.c.channel, events.c.incident_id, events.c.kind)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(deliveries.c.state == SUPPRESSED, deliveries.c.last_error == suppressed_by)
        .order_by(deliveries.c.event_id)
    ).all()
    return sum(_release(connection, row, run_id, now) for row in rows)


def _held_by(connection: Connection, event: Event) -> str | None:
    name = event.payload.get("name")
    return holds_now(connection).on(event.kind, event.key, name, event.incident) if event.incident else None


def _release(connection: Connection, row: AnyRow, run_id: int, now: int) -> bool:
    opens = row.incident_id is not None and row.kind in OPENING_KINDS
    end = end_after(connection, row.incident_id, row.event_id) if opens else None
    if end is not None:
        change(connection, [row.event_id], row.channel, state=SUPERSEDED)
        if end_is_old_news(connection, row.incident_id, end.id):
            return False
        heard = _hears(connection, row.channel, events.c.id == end.id)
        return not heard and tell_missed(connection, end, row.channel, run_id, now)
    if row.kind == EventKind.REMINDER.value and _hears(
        connection, row.channel, (events.c.incident_id == row.incident_id) & events.c.kind.in_(OPENING_KINDS)
    ):
        change(connection, [row.event_id], row.channel, state=SUPERSEDED)
        return False
    change(connection, [row.event_id], row.channel, state=PENDING, next_attempt_at=now, last_error=None)
    return True


def _hears(connection: Connection, channel: str, condition: ColumnElement[bool]) -> bool:
    """Whether the channel was told, or is about to be, of an event like that."""
    statement = (
        select(deliveries.c.event_id)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(deliveries.c.channel == channel, deliveries.c.state.in_((PENDING, SENT)), condition)
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def _supersede_reminders(connection: Connection, incident: str, newest: int) -> None:
    """Where nobody heard an older reminder yet, the newest says it all."""
    older = select(events.c.id).where(
        events.c.incident_id == incident, events.c.kind == EventKind.REMINDER.value, events.c.id < newest
    )
    connection.execute(
        update(deliveries)
        .where(deliveries.c.event_id.in_(older), deliveries.c.state == PENDING, deliveries.c.sent_at.is_(None))
        .values(state=SUPERSEDED)
    )
