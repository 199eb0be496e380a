"""Who is told that an incident is over, and how. Every function works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from alerting.deliveries import DEAD, PENDING, SUPERSEDED, SUPPRESSED, AnyRow, change, deliver_to, insert_event
from monitor.model import OPENING, EventKind
from monitor.schema import delivery as deliveries
from monitor.schema import event as events

OPENING_KINDS = (*(kind.value for kind in OPENING), EventKind.FLAPPING.value)
"""By which a channel knows of an incident: one that flaps is opened by saying so."""


class _Knowledge(NamedTuple):
    """What one channel knows of an incident that is now over."""

    told: bool = False
    """It knows, or may know: it is to hear that it is over."""
    held: bool = False
    """All of it was held back there: nothing is said before that is over."""
    obsolete: tuple[int, ...] = ()
    """Events that need not be told there any more."""


def tell_end(connection: Connection, incident: str, resolved_id: int, run_id: int | None, now: int) -> None:
    """Deliver the recorded RESOLVED event to the channels that were told; to those still waiting, a missed-incident."""
    told, missed = [], []
    for channel, rows in _openings_by_channel(connection, incident, resolved_id).items():
        knowledge = _knowledge(rows)
        change(connection, knowledge.obsolete, channel, state=SUPERSEDED)
        if knowledge.told:
            told.append(channel)
        elif not knowledge.held:
            missed.append(channel)
    deliver_to(connection, resolved_id, told, now)
    if missed:
        resolved = connection.execute(select(events).where(events.c.id == resolved_id)).one()
        for channel in missed:
            tell_missed(connection, resolved, channel, run_id, now)


def tell_missed(connection: Connection, resolved: AnyRow, channel: str, run_id: int | None, now: int) -> bool:
    """Tell a channel that it missed an incident: one event per end of an incident, shared by such channels.

    Returns False where the channel has it already.
    """
    key, changed = resolved.dedupe_key, EventKind.MISSED_INCIDENT.value
    key = key.replace(":resolved:", f":{changed}:") if ":resolved:" in key else f"{key}:{changed}"
    event_id = connection.execute(select(events.c.id).where(events.c.dedupe_key == key)).scalar()
    if event_id is None:
        values = {name: value for name, value in resolved._mapping.items() if name != "id"}
        values |= {"dedupe_key": key, "kind": changed, "created_at": now, "run_id": run_id}
        event_id = insert_event(connection, **values)
    elif connection.execute(
        select(deliveries.c.event_id).where(deliveries.c.event_id == event_id, deliveries.c.channel == channel)
    ).first():
        return False
    deliver_to(connection, event_id, [channel], now)
    return True


def end_after(connection: Connection, incident: str, event_id: int) -> AnyRow | None:
    """The RESOLVED event that ended the period the given event belongs to; None while it lasts."""
    return connection.execute(
        select(events)
        .where(events.c.incident_id == incident, events.c.kind == EventKind.RESOLVED.value, events.c.id > event_id)
        .order_by(events.c.id)
        .limit(1)
    ).first()


def end_is_old_news(connection: Connection, incident: str, resolved_id: int) -> bool:
    """Whether it opened again since: that it was over once would now be read as its being over."""
    opened_again = (events.c.incident_id == incident) & (events.c.id > resolved_id) & events.c.kind.in_(OPENING_KINDS)
    return connection.execute(select(events.c.id).where(opened_again).limit(1)).first() is not None


def _openings_by_channel(connection: Connection, incident: str, resolved_id: int) -> dict[str, list[AnyRow]]:
    """Deliveries of firing, escalated and reminders since the incident's previous end."""
    previous_end = (
        select(func.coalesce(func.max(events.c.id), 0))
        .where(events.c.incident_id == incident, events.c.kind == EventKind.RESOLVED.value, events.c.id < resolved_id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(deliveries.c.event_id, deliveries.c.channel, deliveries.c.state, deliveries.c.sent_at)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(
            events.c.incident_id == incident,
            events.c.kind.in_(OPENING_KINDS),
            events.c.id < resolved_id,
            events.c.id > previous_end,
        )
        .order_by(deliveries.c.event_id)
    )
    by_channel: dict[str, list[AnyRow]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, []).append(row)
    return by_channel


def _knowledge(rows: Sequence[AnyRow]) -> _Knowledge:
    waiting = tuple(row.event_id for row in rows if row.state in (PENDING, SUPPRESSED))
    if any(row.sent_at is not None and row.state != PENDING for row in rows):
        return _Knowledge(told=True, obsolete=waiting)
    perhaps = [row.event_id for row in rows if row.sent_at is not None]
    if perhaps:
        # It may have arrived. It is sent again before the end is told, so that the end never comes first.
        return _Knowledge(told=True, obsolete=tuple(event_id for event_id in waiting if event_id != perhaps[0]))
    if any(row.state in (PENDING, DEAD) for row in rows):
        return _Knowledge(obsolete=waiting)
    return _Knowledge(held=True)
