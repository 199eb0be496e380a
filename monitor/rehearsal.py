"""A test of the channels: the true message of a rule, marked TEST, through the outbox that every alert takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from alerting.channels.interface import Channel
from alerting.deliveries import PENDING, SENT, SUPERSEDED
from alerting.events import ChannelRoute, write_event
from alerting.outbox import Outbox
from alerting.payload import Payload
from alerting.render.sample import Sample
from alerting.render.samples import SECTIONS
from monitor.clock import Clock
from monitor.config.fields import Target
from monitor.config.settings import Settings
from monitor.database import reading, writing
from monitor.model import CheckKey, Event, EventKind, Severity
from monitor.rules.interface import MONITOR
from monitor.schema import delivery

SECONDS = 45.0
BITTENSOR = "bittensor:"
_TIMES = ("opened_at", "at", "ended_at", "reward_lost_at", "next_right_at", "active_at", "until")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the test on one channel."""

    channel: str
    delivered: bool
    error: str | None
    """Redacted, as delivery rows hold it."""


def plain_test(now: int, by: str | None) -> Event:
    """Says only that it is a test."""
    key = CheckKey(MONITOR, "test", "test")
    payload = Payload(at=now, opened_at=now, by=by)
    return Event(EventKind.TEST, f"test:{now}", key, Severity.INFO, now, payload.to_value())


def rule_test(rule: str, network: str, target: str | None, watched: Target | None, now: int) -> Event:
    """The rule's message as it would read now, of this target. Raises KeyError for a rule that is never told.

    `target` None: who the rule speaks of by itself (a network's source, the monitor).
    """
    sample = samples()[rule]
    told = sample.event()
    shift = now - told.occurred_at
    values: dict[str, Any] = told.payload.to_value()
    values |= {name: values[name] + shift for name in _TIMES if name in values}
    if watched is not None or not sample.network.startswith(BITTENSOR):
        values["name"] = watched.name if watched else None
    if watched is not None:
        values["runbook"] = watched.runbook
    whose = target or sample.target
    if "#" in whose:
        values["endpoint"] = whose
    own = sample.network == MONITOR or (sample.network.startswith(BITTENSOR) and not network.startswith(BITTENSOR))
    key = CheckKey(sample.network if own else network, whose, rule)
    payload = Payload.from_value(values).to_value()
    return Event(EventKind.TEST, f"test:{rule}:{now}", key, told.severity, now, payload, silent=told.silent)


def samples() -> Mapping[str, Sample]:
    """rule -> how it begins."""
    found: dict[str, Sample] = {}
    for _, groups in SECTIONS:
        for group in groups:
            for sample in group.samples:
                if sample.kind in (EventKind.FIRING, EventKind.NOTICE):
                    found.setdefault(sample.rule, sample)
    return found


def rehearse(
    engine: Engine, channels: Mapping[str, Channel], event: Event, settings: Settings, clock: Clock
) -> list[Outcome]:
    """Tell `channels` of it now, and leave nothing to be told later. Needs the run lock. Raises StateError."""
    now = clock.now()
    run_id = -now  # no run of the ledger: what a killed test had leased is void for the next run
    with writing(engine) as connection:
        numbered = event._replace(dedupe_key=_unused(connection, event.dedupe_key))
        event_id = write_event(connection, numbered, [ChannelRoute(name) for name in channels], None, now)
    assert event_id is not None
    outbox = Outbox(
        engine, channels, run_id, now=clock.now, zone=settings.zone, explorer_url=settings.blockexplorer_url
    )
    outbox.deliver(clock.monotonic() + SECONDS, only={event_id})
    with writing(engine) as connection:
        mine = delivery.c.event_id == event_id
        connection.execute(
            update(delivery).where(mine, delivery.c.state == PENDING).values(state=SUPERSEDED, leased_by=None)
        )
    with reading(engine) as connection:
        rows = {row.channel: row for row in connection.execute(select(delivery).where(mine))}
        blocked = _blocked(connection, now)
    return [
        Outcome(name, rows[name].state == SENT, rows[name].last_error or blocked.get(name))
        for name in channels
        if name in rows
    ]


def _blocked(connection: Connection, now: int) -> dict[str, str]:
    from alerting.channel_states import read_states

    return {
        name: f"takes nothing before {state.blocked_until - now} s have passed (429)"
        for name, state in read_states(connection).items()
        if state.blocked_until is not None and state.blocked_until > now
    }


def _unused(connection: Connection, key: str) -> str:
    """Two tests in a second are two."""
    from monitor.schema import event

    taken = set(connection.execute(select(event.c.dedupe_key).where(event.c.dedupe_key.like(f"{key}%"))).scalars())
    return next(name for name in (key, *(f"{key}:{n}" for n in range(1, 1000))) if name not in taken)


def routed(
    channels: Mapping[str, Channel], routes: Sequence[ChannelRoute], watched: Target | None, severity: Severity
) -> dict[str, Channel]:
    """Those that an alert of this severity, of this target, would be told on."""
    wanted = {route.name for route in routes if severity.rank >= route.minimum.rank}
    if watched is not None and watched.channels:
        wanted &= set(watched.channels)
    return {name: channel for name, channel in channels.items() if name in wanted}
