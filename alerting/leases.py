"""Taking deliveries for one message before it is sent, and recording what became of them. One transaction each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select, update

from alerting.backoff import delay
from alerting.dead_letters import RULE as GIVEN_UP
from alerting.deliveries import DEAD, PENDING, SENT, SUPPRESSED, AnyRow, change
from alerting.holds import holds_now
from alerting.payload import Payload
from alerting.render.item import RenderedInput
from monitor.model import CheckKey, EventKind, Message, Severity
from monitor.schema import delivery as deliveries
from monitor.schema import event as events
from monitor.schema import incident as incidents

GIVE_UP_SECONDS = 24 * 3600
"""A delivery that failed after this long is given up, except what opens an incident that is still open."""

_NEVER_GIVEN_UP = (EventKind.FIRING.value, EventKind.ESCALATED.value, EventKind.FLAPPING.value)


@dataclass(frozen=True, slots=True)
class Leased:
    """A row as it was before the lease."""

    event_id: int
    attempts: int
    sent_at: int | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The deliveries that one message carries."""

    channel: str
    message: Message
    at: int
    rows: tuple[Leased, ...]

    @property
    def event_ids(self) -> list[int]:
        return [row.event_id for row in self.rows]


def take(
    connection: Connection,
    channel: str,
    event_ids: Sequence[int],
    run_id: int,
    now: int,
    seconds: int,
    render: Callable[[Sequence[RenderedInput]], Iterator[Message]],
) -> Lease | None:
    """Lease what still waits of `event_ids` and fits one message, for `seconds`. None: none of it waits any more.

    From here to the result nobody knows whether it was sent: `sent_at` says so. What was silenced or acknowledged
    since it was written is held back instead.
    """
    found = {
        row.id: row
        for row in connection.execute(
            select(events, deliveries.c.attempts, deliveries.c.sent_at)
            .join(deliveries, deliveries.c.event_id == events.c.id)
            .where(deliveries.c.channel == channel, events.c.id.in_(event_ids), deliveries.c.state == PENDING)
            .with_for_update(of=deliveries)
        )
    }
    inputs = [_input(found[event_id]) for event_id in event_ids if event_id in found]
    held = _hold_back(connection, channel, [item for item in inputs if found[item.event_id].sent_at is None])
    waiting = [item for item in inputs if item.event_id not in held]
    if not waiting:
        return None
    message = next(render(waiting))
    taken = [int(fact["event_id"]) for fact in message.events]
    connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == channel, deliveries.c.event_id.in_(taken))
        .values(
            attempts=deliveries.c.attempts + 1,
            next_attempt_at=now + seconds,
            leased_by=run_id,
            sent_at=func.coalesce(deliveries.c.sent_at, now),
        )
    )
    rows = tuple(Leased(event_id, found[event_id].attempts, found[event_id].sent_at) for event_id in taken)
    return Lease(channel, message, now, rows)


def settle_sent(connection: Connection, lease: Lease, remote_id: str | None, now: int) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == lease.channel, deliveries.c.event_id.in_(lease.event_ids))
        .values(state=SENT, sent_at=now, leased_by=None, last_error=None, remote_id=remote_id)
    )


def put_back(
    connection: Connection,
    lease: Lease,
    now: int,
    error: str,
    *,
    arrived_perhaps: bool,
    counted: bool,
    jitter: Callable[[], float],
) -> None:
    """Not sent, or perhaps. `counted`: the attempt was the channel's chance, so the next one comes after a while."""
    statement = (
        update(deliveries)
        .where(
            deliveries.c.channel == lease.channel,
            deliveries.c.event_id == bindparam("of_event"),
            deliveries.c.state == PENDING,
        )
        .values(
            attempts=bindparam("tried"),
            next_attempt_at=bindparam("again_at"),
            sent_at=bindparam("told_at"),
            leased_by=None,
            last_error=error,
        )
    )
    spread = jitter()
    connection.execute(
        statement,
        [
            {
                "of_event": row.event_id,
                "tried": row.attempts + counted,
                "again_at": now + (delay(row.attempts + 1, spread) if counted else 0),
                "told_at": lease.at if arrived_perhaps and row.sent_at is None else row.sent_at,
            }
            for row in lease.rows
        ],
    )


def give_up(connection: Connection, channel: str, now: int, event_ids: Sequence[int] | None = None) -> int:
    """After a failure: what waited too long for this channel (of `event_ids`) is dead. Returns how many."""
    opens = and_(events.c.kind.in_(_NEVER_GIVEN_UP), incidents.c.id.is_not(None), incidents.c.closed_at.is_(None))
    too_old = (
        select(events.c.id)
        .join_from(events, incidents, incidents.c.id == events.c.incident_id, isouter=True)
        .where(events.c.created_at < now - GIVE_UP_SECONDS, ~opens, events.c.rule != GIVEN_UP)
    )
    conditions = [deliveries.c.channel == channel, deliveries.c.state == PENDING, deliveries.c.event_id.in_(too_old)]
    if event_ids is not None:
        conditions.append(deliveries.c.event_id.in_(event_ids))
    return connection.execute(update(deliveries).where(*conditions).values(state=DEAD, leased_by=None)).rowcount


def _hold_back(connection: Connection, channel: str, inputs: Sequence[RenderedInput]) -> set[int]:
    """Of those nobody can have heard of: what may have arrived is sent again, so that its end never comes first."""
    held: set[int] = set()
    holds = holds_now(connection)
    if not holds:
        return held
    for item in inputs:
        held_by = holds.on(item.kind, item.key, item.payload.name, item.incident)
        if held_by is not None:
            change(connection, [item.event_id], channel, state=SUPPRESSED, leased_by=None, last_error=held_by)
            held.add(item.event_id)
    return held


def _input(row: AnyRow) -> RenderedInput:
    try:
        payload = Payload.from_value(json.loads(row.payload))
    except (ValueError, TypeError, AttributeError):  # written by another version: told with what the row itself says
        payload = Payload()
    return RenderedInput(
        event_id=row.id,
        kind=EventKind(row.kind),
        key=CheckKey(row.network, row.target, row.rule),
        severity=Severity(row.severity),
        silent=row.silent,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        payload=payload,
        incident=row.incident_id,
    )
