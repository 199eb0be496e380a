"""Rows of what is to be told, and to whom. Every function works in the caller's transaction.

A row's `sent_at` says when somebody was told *or may have been* (a kill, an ambiguous answer); it is NULL as long as it
is certain that nobody was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from alerting.queue import Waiting
from monitor.model import Event, EventKind, Severity
from monitor.schema import delivery as deliveries
from monitor.schema import event as events

PENDING, SENT, SUPERSEDED, SUPPRESSED, DEAD = "pending", "sent", "superseded", "suppressed", "dead"

AnyRow = Row[*tuple[Any, ...]]


def record(connection: Connection, event: Event, run_id: int | None, now: int) -> int | None:
    """The event's id, or None where it is recorded already."""
    if connection.execute(select(events.c.id).where(events.c.dedupe_key == event.dedupe_key)).first() is not None:
        return None
    return insert_event(
        connection,
        dedupe_key=event.dedupe_key,
        incident_id=event.incident,
        network=event.key.network,
        target=event.key.target,
        rule=event.key.rule,
        kind=event.kind.value,
        severity=event.severity.value,
        silent=event.silent,
        created_at=now,
        occurred_at=event.occurred_at,
        run_id=run_id,
        payload=json.dumps(event.payload, ensure_ascii=False, separators=(",", ":")),
    )


def insert_event(connection: Connection, **values: Any) -> int:
    key = connection.execute(events.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def deliver_to(
    connection: Connection, event_id: int, channels: Sequence[str], now: int, suppressed_by: str | None = None
) -> None:
    """A row per channel: due now, or held back by what `suppressed_by` names."""
    if not channels:
        return
    row = {
        "event_id": event_id,
        "state": PENDING if suppressed_by is None else SUPPRESSED,
        "attempts": 0,
        "next_attempt_at": now,
        "last_error": suppressed_by,
    }
    connection.execute(deliveries.insert(), [row | {"channel": channel} for channel in dict.fromkeys(channels)])


def change(connection: Connection, event_ids: Sequence[int], channel: str, **values: int | str | None) -> None:
    if event_ids:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.channel == channel, deliveries.c.event_id.in_(event_ids))
            .values(**values)
        )


def undelivered(connection: Connection) -> int:
    """Deliveries neither sent nor given up. Those held back on purpose do not count."""
    statement = select(func.count()).select_from(deliveries).where(deliveries.c.state == PENDING)
    return int(connection.execute(statement).scalar_one())


def waiting_by_channel(connection: Connection) -> dict[str, list[Waiting]]:
    """All that is pending, due or not."""
    rows = connection.execute(
        select(
            deliveries.c.channel,
            deliveries.c.event_id,
            events.c.incident_id,
            events.c.kind,
            events.c.severity,
            events.c.created_at,
            deliveries.c.next_attempt_at,
            deliveries.c.leased_by,
        )
        .join(events, events.c.id == deliveries.c.event_id)
        .where(deliveries.c.state == PENDING)
    )
    waiting: dict[str, list[Waiting]] = {}
    for channel, event_id, incident, kind, severity, created_at, next_attempt_at, leased_by in rows:
        row = Waiting(event_id, incident, EventKind(kind), Severity(severity), created_at, next_attempt_at, leased_by)
        waiting.setdefault(channel, []).append(row)
    return waiting
