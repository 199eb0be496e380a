"""Open incidents told again: decided on what was delivered and when, by the wall clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select

from alerting.payload import Payload
from alerting.reminders import reminder_due, shortest_spacing
from alerting.transition import Transition
from monitor.checks import ATTESTATION_RULE, BAKING_RULE, Check, Checks
from monitor.model import OPENING, EventKind, Severity, Verdict
from monitor.recording import Recorder
from monitor.schema import delivery, event, incident

DUTY_RULES = (ATTESTATION_RULE, BAKING_RULE)


def remind(
    connection: Connection,
    checks: Checks,
    recorder: Recorder,
    standing: Callable[[Check], Verdict | None],
    payload_of: Callable[[Transition], Payload],
) -> None:
    """Writes the reminders that are due for the network's open incidents.

    `standing` says how a duty stands now. What was not judged in this run is told as it was told last.
    """
    query = select(incident).where(incident.c.network == checks.network, incident.c.closed_at.is_(None))
    opened = connection.execute(query.order_by(incident.c.opened_at)).all()
    told_at = _told_at(connection, [row.id for row in opened])
    for row in opened:
        check = checks.get(row.target, row.rule)
        last = told_at.get(row.id)
        if not check.state.is_bad or last is None or recorder.now - last < shortest_spacing(Severity(row.severity)):
            continue
        newest = _newest_opening(connection, row.id)
        if newest is not None and _is_due(connection, row, newest, last, recorder.now):
            _write(connection, row, newest, check, standing(check) or check.verdict, recorder, payload_of)


def _is_due(connection: Connection, row: Row[Any], newest: Row[Any], told_at: int, now: int) -> bool:
    if newest.kind == EventKind.REMINDER.value:
        told_at = max(told_at, newest.created_at)  # one that waits, or is held back, is not written again every run
    told_missed = json.loads(newest.payload).get("missed") or 0
    new_misses = row.missed > told_missed if row.rule in DUTY_RULES else None
    ordinal = _reminders(connection, row.id, since_firing=True)
    return reminder_due(row.opened_at, Severity(row.severity), told_at, new_misses, row.ack_until, ordinal, now)


def _write(
    connection: Connection,
    row: Row[Any],
    newest: Row[Any],
    check: Check,
    verdict: Verdict | None,
    recorder: Recorder,
    payload_of: Callable[[Transition], Payload],
) -> None:
    state, now = check.state, recorder.now
    ordinal = _reminders(connection, row.id, since_firing=False)
    if verdict is None:
        told = Payload.from_value(json.loads(newest.payload))
        payload = replace(told, at=now, missed=row.missed or None, late_by=None)
    else:
        reminder = Transition(
            key=check.key,
            kind=EventKind.REMINDER,
            incident=row.id,
            ordinal=ordinal,
            at=now,
            level=None,
            severity=Severity(row.severity),
            silent=state.silent,
            verdict=verdict,
            since=row.opened_at if state.bad_since is None else min(state.bad_since, row.opened_at),
            opened_at=row.opened_at,
            opened_level=row.opened_level,
            missed=row.missed,
        )
        payload = payload_of(reminder)
    recorder.tell(
        connection,
        EventKind.REMINDER,
        check.key,
        f"{row.id}:{EventKind.REMINDER}:{ordinal}",
        payload,
        Severity(row.severity),
        incident=row.id,
        silent=state.silent,
    )


def _newest_opening(connection: Connection, incident_id: str) -> Row[*tuple[Any, ...]] | None:
    """The newest event that said it was bad: whose text a reminder repeats with newer figures."""
    query = select(event.c.id, event.c.kind, event.c.created_at, event.c.payload).where(
        event.c.incident_id == incident_id, event.c.kind.in_([kind.value for kind in OPENING])
    )
    return connection.execute(query.order_by(event.c.id.desc()).limit(1)).first()


def _told_at(connection: Connection, incident_ids: Sequence[str]) -> dict[str, int]:
    """When any channel was last told of each; without those of which none was."""
    if not incident_ids:
        return {}
    query = (
        select(event.c.incident_id, func.max(delivery.c.sent_at))
        .select_from(delivery.join(event, event.c.id == delivery.c.event_id))
        .where(event.c.incident_id.in_(incident_ids), delivery.c.state == "sent")
        .group_by(event.c.incident_id)
    )
    return {name: at for name, at in connection.execute(query) if at is not None}


def _reminders(connection: Connection, incident_id: str, *, since_firing: bool) -> int:
    """Reminders of the incident, of all its openings or since the newest."""
    first = select(func.coalesce(func.max(event.c.id), 0)).where(
        event.c.incident_id == incident_id, event.c.kind == EventKind.FIRING.value
    )
    query = select(func.count()).where(event.c.incident_id == incident_id, event.c.kind == EventKind.REMINDER.value)
    if since_firing:
        query = query.where(event.c.id > first.scalar_subquery())
    return int(connection.execute(query).scalar_one())
