"""Delivering what waits: lease (transaction), send (no transaction), settle (transaction).

Every alert reaches each working channel at least once. A process killed between lease and settle, or an answer that
does not say whether it arrived, makes it come once more, with the same `#incident`.

Channels send in parallel; the calling thread alone writes to the database.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import partial

from sqlalchemy import Engine

from alerting import channel_states, leases
from alerting.backoff import is_blocked
from alerting.channel_states import ChannelState
from alerting.channels.interface import Channel, Limits, Receipt
from alerting.dead_letters import tell_given_up
from alerting.deliveries import waiting_by_channel
from alerting.delivery_report import DeliveryReport, report_of
from alerting.errors import Ambiguous, Broken, DeliveryError, Migrated, RateLimited, Rejected, TooLong
from alerting.lane import Lane
from alerting.leases import Lease
from alerting.queue import Waiting, in_turn
from alerting.render.item import RenderedInput
from alerting.sender import Answer, Sender
from monitor.database import reading, writing
from monitor.model import EventKind, Format, Message, Severity

SEND_TIMEOUT = 10.0
SHORTEST_SEND = 0.5
"""With less time left, nothing is started any more."""
GRACE = 1.0
"""How long after its timeout an answer is still waited for."""


class Outbox:
    """The deliveries of one run. `now` is the wall clock in UTC seconds, `monotonic` and `jitter` are for tests."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        run_id: int,
        *,
        now: Callable[[], int],
        zone: tzinfo,
        explorer_url: str | None = None,
        send_timeout: float = SEND_TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._engine = engine
        self._channels = channels
        self._run_id = run_id
        self._now = now
        self._zone = zone
        self._explorer_url = explorer_url
        self._send_timeout = send_timeout
        self._monotonic = monotonic
        self._jitter = jitter
        self._sender = Sender()
        self._ready_at: dict[str, float] = {}
        self._unanswered: dict[str, Lease] = {}
        self._sent = self._retried = self._dead = 0

    def deliver(self, deadline: float, only: Collection[int] | None = None) -> DeliveryReport:
        """Send everything that is due, until `deadline` (on the `monotonic` clock).

        `only`: these events and no others, also on a channel that is broken and not to be probed yet.

        Raises:
            StateError: the database failed. What was leased is sent again by the next run.
        """
        self._sent = self._retried = self._dead = 0
        self._settle_late_answers()
        lanes = self._lanes(only)
        while True:
            self._start(lanes, deadline)
            wait = self._longest_wait(lanes, deadline)
            if wait is None:
                break
            answer = self._sender.answer(wait)
            if answer is not None:
                self._take_answer(answer, lanes)
            self._give_up_waiting(lanes, deadline)
        with reading(self._engine) as connection:
            return report_of(connection, self._channels, self._sent, self._retried, self._dead)

    # Planning

    def _lanes(self, only: Collection[int] | None) -> dict[str, Lane]:
        now = self._now()
        with reading(self._engine) as connection:
            states = channel_states.read_states(connection)
            waiting = waiting_by_channel(connection)
        if only is not None:
            waiting = {name: [row for row in rows if row.event_id in only] for name, rows in waiting.items()}
        for name in waiting.keys() - self._channels.keys():
            if any(row.created_at < now - leases.GIVE_UP_SECONDS for row in waiting[name]):
                with writing(self._engine) as connection:  # it was taken out of the configuration
                    self._dead += leases.give_up(connection, name, now)
        lanes = {}
        for name, channel in self._channels.items():
            state = states.get(name, ChannelState(name))
            blocked = not state.takes_messages(now) if only is None else is_blocked(state.blocked_until, now)
            if name in self._unanswered or blocked:
                continue
            if state.chat_id_override is not None:
                channel.move(state.chat_id_override)
            # Also without anything waiting: another channel's failure may be news for it.
            lanes[name] = Lane(
                channel,
                in_turn(waiting.get(name, ()), self._run_id, now),
                channel.format,
                channel.limits,
                self._ready_at.get(name, 0.0),
            )
        return lanes

    def _longest_wait(self, lanes: Mapping[str, Lane], deadline: float) -> float | None:
        """Seconds until something happens by itself; None: nothing will in this pass."""
        now = self._monotonic()
        moments = [lane.overdue_at for lane in lanes.values() if lane.under_way is not None]
        starts = [max(now, lane.ready_at) for lane in lanes.values() if lane.wants_to_send]
        moments += [start for start in starts if start <= deadline - SHORTEST_SEND]
        return max(0.0, min(moments) - now) if moments else None

    # Sending

    def _start(self, lanes: Mapping[str, Lane], deadline: float) -> None:
        for lane in lanes.values():
            while lane.wants_to_send and lane.ready_at <= self._monotonic() <= deadline - SHORTEST_SEND:
                self._lease_and_send(lane, deadline)

    def _lease_and_send(self, lane: Lane, deadline: float) -> None:
        candidates, now = lane.candidates(), self._now()
        with writing(self._engine) as connection:
            lease = leases.take(
                connection,
                lane.name,
                candidates,
                self._run_id,
                now,
                max(60, int(2 * self._send_timeout)),
                partial(self._render, format=lane.format, limits=lane.limits, now=now),
            )
        if lease is None:  # acknowledged, silenced or superseded meanwhile
            lane.drop(candidates)
            return
        started = self._monotonic()
        timeout = min(self._send_timeout, max(SHORTEST_SEND, deadline - started))
        lane.under_way = lease
        lane.overdue_at = min(started + timeout + GRACE, max(deadline, started + SHORTEST_SEND))
        lane.ready_at = self._ready_at[lane.name] = started + lane.limits.interval
        self._sender.start(lane.channel, lease, timeout)

    def _render(self, inputs: Sequence[RenderedInput], format: Format, limits: Limits, now: int) -> Iterator[Message]:
        from alerting.render.message import messages  # most minutes have nothing to say

        return messages(inputs, format, self._zone, self._explorer_url, limits, now=now)

    # Settling

    def _take_answer(self, answer: Answer, lanes: Mapping[str, Lane]) -> None:
        lane = lanes.get(answer.lease.channel)
        if lane is None or lane.under_way is not answer.lease:
            self._settle_late(answer)
            return
        lane.under_way = None
        if isinstance(answer.outcome, Receipt):
            self._settle_sent(answer.lease, answer.outcome)
            lane.drop(answer.lease.event_ids)
        else:
            self._settle_failed(lane, answer.lease, answer.outcome, lanes)

    def _settle_sent(self, lease: Lease, receipt: Receipt) -> None:
        now = self._now()
        with writing(self._engine) as connection:
            leases.settle_sent(connection, lease, receipt.remote_id, now)
            channel_states.is_well(connection, lease.channel, self._others(lease.channel), self._run_id, now)
        self._sent += len(lease.rows)

    def _settle_failed(self, lane: Lane, lease: Lease, error: DeliveryError, lanes: Mapping[str, Lane]) -> None:
        """What every failure means for its deliveries and its channel, by its class."""
        name, now = lease.channel, self._now()
        again = self._again_at_once(lane, error)
        alone = isinstance(error, Rejected) and not again
        counted = not again and not isinstance(error, RateLimited | Broken)
        news: int | None = None
        with writing(self._engine) as connection:
            leases.put_back(
                connection,
                lease,
                now,
                error.reason,
                arrived_perhaps=isinstance(error, Ambiguous),
                counted=counted,
                jitter=self._jitter,
            )
            if isinstance(error, Migrated):
                channel_states.has_moved(connection, name, error.address)
            elif isinstance(error, RateLimited):
                channel_states.is_blocked_for(connection, name, error.retry_after, now)
            elif isinstance(error, Broken) or channel_states.took_nothing_for(
                connection, name, lease.event_ids, lane.channel.patience, now
            ):
                news = channel_states.is_broken(connection, name, error.reason, self._others(name), self._run_id, now)
            if not again and not isinstance(error, RateLimited):
                dead = leases.give_up(connection, name, now, lease.event_ids if alone else None)
                if dead:
                    tell_given_up(connection, name, dead, list(self._channels), self._run_id, now)
                self._dead += dead
        if again:
            return
        self._retried += len(lease.rows)
        if alone:
            lane.hold_back(lease.event_ids)
        else:
            lane.closed = True
        if news is not None:
            row = Waiting(news, None, EventKind.CHANNEL_BROKEN, Severity.WARNING, now, now, None)
            for other in lanes.values():
                if other is not lane:
                    other.waiting.append(row)

    def _again_at_once(self, lane: Lane, error: DeliveryError) -> bool:
        """Whether the same events can be put differently, or elsewhere, in this very pass."""
        if isinstance(error, Migrated):
            if lane.moved:
                return False
            lane.moved = True
            lane.channel.move(error.address)
            return True
        if isinstance(error, TooLong) and lane.shorten():
            return True
        return isinstance(error, Rejected) and lane.simplify()

    # Answers that do not come, or too late

    def _give_up_waiting(self, lanes: Mapping[str, Lane], deadline: float) -> None:
        for lane in lanes.values():
            lease = lane.under_way
            if lease is None or self._monotonic() < lane.overdue_at:
                continue
            lane.under_way = None
            self._unanswered[lane.name] = lease
            self._settle_failed(lane, lease, Ambiguous("no answer in time"), lanes)

    def _settle_late_answers(self) -> None:
        while self._unanswered:
            answer = self._sender.answer(0)
            if answer is None:
                return
            self._settle_late(answer)

    def _settle_late(self, answer: Answer) -> None:
        """It was put back as perhaps sent. A receipt that comes after all saves a duplicate."""
        self._unanswered.pop(answer.lease.channel, None)
        if isinstance(answer.outcome, Receipt):
            self._settle_sent(answer.lease, answer.outcome)

    def _others(self, channel: str) -> list[str]:
        return [name for name in self._channels if name != channel]
