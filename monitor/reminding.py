"""Open incidents told again: decided on what was delivered and when, by the wall clock."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row, func, select

from alerting.payload import Payload
from alerting.reminders import reminder_due
from monitor.checks import ATTESTATION_RULE, BAKING_RULE, Checks
from monitor.model import OPENING, CheckKey, EventKind, Severity
from monitor.recording import Recorder
from monitor.schema import delivery, event, incident

DUTY_RULES = (ATTESTATION_RULE, BAKING_RULE)


def remind(connection: Connection, network: str, checks: Checks, recorder: Recorder) -> None:
    """Writes the reminders that are due for the network's open incidents."""
    query = select(incident).where(incident.c.network == network, incident.c.closed_at.is_(None))
    for row in connection.execute(query.order_by(incident.c.opened_at)).all():
        if checks.get(row.target, row.rule).state.is_bad:
            _remind(connection, row, recorder)


def _remind(connection: Connection, row: Row[Any], recorder: Recorder) -> None:
    newest = _newest_opening(connection, row.id)
    if newest is None:
        return
    payload = json.loads(newest.payload)
    told_at = _told_at(connection, row.id)
    if told_at is not None and newest.kind == EventKind.REMINDER.value:
        told_at = max(told_at, newest.created_at)  # one that waits, or is held back, is not written again every run
    ordinal = _reminders(connection, row.id, newest.id)
    new_misses = row.missed > (payload.get("missed") or 0) if row.rule in DUTY_RULES else None
    severity = Severity(row.severity)
    if not reminder_due(row.opened_at, severity, told_at, new_misses, row.ack_until, ordinal, recorder.now):
        return
    again = Payload.from_value({**payload, "at": recorder.now, "missed": row.missed or None, "late_by": None})
    total = _reminders(connection, row.id, None)
    recorder.tell(
        connection,
        EventKind.REMINDER,
        CheckKey(row.network, row.target, row.rule),
        f"{row.id}:{EventKind.REMINDER}:{total}",
        again,
        severity,
        incident=row.id,
    )


def _newest_opening(connection: Connection, incident_id: str) -> Row[*tuple[Any, ...]] | None:
    """The newest event that said it was bad: whose text a reminder repeats with newer figures."""
    query = select(event.c.id, event.c.kind, event.c.created_at, event.c.payload).where(
        event.c.incident_id == incident_id, event.c.kind.in_([kind.value for kind in OPENING])
    )
    return connection.execute(query.order_by(event.c.id.desc()).limit(1)).first()


def _told_at(connection: Connection, incident_id: str) -> int | None:
    """When any channel was last told of it."""
    query = (
        select(func.max(delivery.c.sent_at))
        .select_from(delivery.join(event, event.c.id == delivery.c.event_id))
        .where(event.c.incident_id == incident_id, delivery.c.state == "sent")
    )
    return connection.execute(query).scalar()


def _reminders(connection: Connection, incident_id: str, up_to: int | None) -> int:
    """Reminders since the incident's newest firing (of all its openings where `up_to` is None)."""
    first = select(func.coalesce(func.max(event.c.id), 0)).where(
        event.c.incident_id == incident_id, event.c.kind == EventKind.FIRING.value
    )
    query = select(func.count()).where(event.c.incident_id == incident_id, event.c.kind == EventKind.REMINDER.value)
    if up_to is not None:
        query = query.where(event.c.id > first.scalar_subquery())
    return int(connection.execute(query).scalar_one())
