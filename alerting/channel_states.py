"""What is remembered of a channel between runs: not before when, broken since when, moved where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update

from alerting.backoff import LONGEST_BLOCK, PROBE_SECONDS, is_blocked
from alerting.deliveries import PENDING, SUPERSEDED, change, deliver_to, record
from alerting.payload import Payload
from monitor.model import CheckKey, Event, EventKind, Severity
from monitor.schema import channel_state
from monitor.schema import delivery as deliveries
from monitor.schema import event as events

TRIES = 5
"""Failures in a row from which on an hour without a success says something: a monitor that was off tried once."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A row of channel_state; a channel without one is well."""

    channel: str
    blocked_until: int | None = None
    broken_since: int | None = None
    broken_reason: str | None = None
    probe_at: int | None = None
    last_ok_at: int | None = None
    chat_id_override: str | None = None

    def takes_messages(self, now: int) -> bool:
        if is_blocked(self.blocked_until, now):
            return False
        # A probe further away than its interval means that the clock jumped back.
        return self.broken_since is None or self.probe_at is None or not now < self.probe_at <= now + PROBE_SECONDS


def read_states(connection: Connection) -> dict[str, ChannelState]:
    return {row.channel: ChannelState(**row._mapping) for row in connection.execute(select(channel_state))}


def is_well(connection: Connection, channel: str, others: list[str], run_id: int, now: int) -> None:
    """It took a message. Where it was broken, those who heard of that hear that it works again."""
    before = _write(connection, channel, last_ok_at=now, blocked_until=None)
    if before.broken_since is None:
        return
    _write(connection, channel, broken_since=None, broken_reason=None, probe_at=None)
    since = before.broken_since
    told = _told_of(connection, _broken_key(channel, since))
    payload = Payload(channel=channel, opened_at=since, at=now, ended_at=now)
    notice = _event(EventKind.NOTICE, f"channel:{channel}:well:{since}", channel, Severity.INFO, now, payload)
    event_id = record(connection, notice, run_id, now)
    if event_id is not None:
        deliver_to(connection, event_id, [name for name in told if name in others], now)


def is_blocked_for(connection: Connection, channel: str, seconds: int, now: int) -> None:
    _write(connection, channel, blocked_until=now + min(max(seconds, 1), LONGEST_BLOCK))


def has_moved(connection: Connection, channel: str, address: str) -> None:
    _write(connection, channel, chat_id_override=address)


def took_nothing_for(
    connection: Connection, channel: str, event_ids: Sequence[int], seconds: int | None, now: int
) -> bool:
    """Whether these were tried again and again for so long, and nothing else was taken meanwhile."""
    if seconds is None:
        return False
    taken_at = select(channel_state.c.last_ok_at).where(channel_state.c.channel == channel)
    last_ok_at = connection.execute(taken_at).scalar()
    if last_ok_at is not None and now - seconds < last_ok_at <= now:
        return False
    stuck = (
        select(deliveries.c.event_id)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(
            deliveries.c.channel == channel,
            deliveries.c.event_id.in_(event_ids),
            deliveries.c.attempts >= TRIES,
            events.c.created_at <= now - seconds,
        )
    )
    return connection.execute(stuck.limit(1)).first() is not None


def is_broken(
    connection: Connection, channel: str, reason: str, others: list[str], run_id: int, now: int
) -> int | None:
    """It takes nothing until somebody mends it; tried again at `probe_at`. The event for the others, when new."""
    before = _write(connection, channel, probe_at=now + PROBE_SECONDS, broken_reason=reason)
    if before.broken_since is not None:
        return None
    _write(connection, channel, broken_since=now)
    payload = Payload(channel=channel, opened_at=now, at=now, detail=reason)
    event = _event(EventKind.CHANNEL_BROKEN, _broken_key(channel, now), channel, Severity.WARNING, now, payload)
    event_id = record(connection, event, run_id, now)
    if event_id is not None:
        deliver_to(connection, event_id, others, now)
    return event_id


def _write(connection: Connection, channel: str, **values: int | str | None) -> ChannelState:
    """Change a channel's row; returns it as it was before."""
    row = connection.execute(select(channel_state).where(channel_state.c.channel == channel).with_for_update()).first()
    if row is None:
        before = ChannelState(channel)
        connection.execute(channel_state.insert().values(**asdict(before) | values))
        return before
    connection.execute(update(channel_state).where(channel_state.c.channel == channel).values(**values))
    return ChannelState(**row._mapping)


def _told_of(connection: Connection, dedupe_key: str) -> list[str]:
    """Channels that heard of an event, or may have. Where nobody did, it need not be told any more."""
    told = []
    rows = connection.execute(
        select(deliveries).join(events, events.c.id == deliveries.c.event_id).where(events.c.dedupe_key == dedupe_key)
    ).all()
    for row in rows:
        if row.sent_at is not None:
            told.append(row.channel)
        elif row.state == PENDING:
            change(connection, [row.event_id], row.channel, state=SUPERSEDED)
    return told


def _broken_key(channel: str, since: int) -> str:
    return f"channel:{channel}:broken:{since}"


def _event(kind: EventKind, dedupe_key: str, channel: str, severity: Severity, now: int, payload: Payload) -> Event:
    key = CheckKey("monitor", channel, "channel_broken")
    return Event(kind, dedupe_key, key, severity, now, payload.to_value())
