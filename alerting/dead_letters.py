"""What a channel was never told, said in the next message it takes, and to the other channels at once."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from alerting.deliveries import PENDING, deliver_to, record
from alerting.payload import Payload
from monitor.model import CheckKey, Event, EventKind, Severity
from monitor.schema import delivery as deliveries
from monitor.schema import event as events

RULE = "given_up"


def tell_given_up(
    connection: Connection, channel: str, count: int, channels: Sequence[str], run_id: int, now: int
) -> None:
    """`count` messages for `channel` were given up. As long as it takes nothing, one notice counts them all."""
    waiting = connection.execute(
        select(events.c.id, events.c.payload)
        .join(deliveries, deliveries.c.event_id == events.c.id)
        .where(deliveries.c.channel == channel, deliveries.c.state == PENDING)
        .where(events.c.rule == RULE, events.c.target == channel)
        .order_by(events.c.id.desc())
        .limit(1)
    ).first()
    if waiting is not None:
        payload = json.loads(waiting.payload)
        payload["count"] = payload.get("count", 0) + count
        connection.execute(update(events).where(events.c.id == waiting.id).values(payload=json.dumps(payload)))
        return
    event = Event(
        kind=EventKind.NOTICE,
        dedupe_key=f"given-up:{channel}:{run_id}:{now}",
        key=CheckKey("monitor", channel, RULE),
        severity=Severity.WARNING,
        occurred_at=now,
        payload=Payload(channel=channel, at=now, count=count).to_value(),
    )
    event_id = record(connection, event, run_id, now)
    if event_id is not None:
        deliver_to(connection, event_id, channels, now)
