"""One endpoint as a run asks it: one request at a time of its share, and what each answer does to its standing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from collectors import answer, backoff
from collectors.errors import Lagging, NoAnswer, OutOfTime, SourceError, Throttled, TimedOut
from collectors.exchange import Exchange
from collectors.gate import Gate, Lane
from collectors.route import Route
from collectors.standing import Standing


class Question(NamedTuple):
    method: str
    path: str
    query: str
    body: bytes | None
    optional: bool = False
    """Its failure says nothing about the node."""


class Allowance(NamedTuple):
    """What all nodes of a client share: its limits and its clocks."""

    exchange: Exchange
    gate: Gate
    deadline: float
    """Monotonic."""
    now: Callable[[], int]
    monotonic: Callable[[], float]
    die: Callable[[], float]


class Node:
    def __init__(self, route: Route, standing: Standing, lane: Lane, shared: Allowance) -> None:
        self._route = route
        self._lane = lane
        self._shared = shared
        self.standing = standing
        self.label = standing.label

    def rank(self) -> tuple[bool, bool, int, int]:
        return self.standing.rank(paused=self._lane.opens_at > self._shared.monotonic())

    def ask(self, question: Question, timeout: float, attempt: int) -> Any:
        """One request, the parsed JSON of its answer. Every error carries this node's label.

        `attempt` counts from 1 how often this question was put to this node. A Throttled always tells how long to
        wait.
        """
        problem: SourceError
        try:
            value = self._ask(question, timeout, attempt)
        except SourceError as error:
            problem = error
        else:
            self.standing.answered()
            return value
        problem.endpoint = self.label
        if isinstance(problem, Lagging) or not isinstance(problem, NoAnswer):
            self.standing.answered(usefully=False)
        elif not question.optional and not isinstance(problem, OutOfTime | Throttled):
            self.standing.fail(problem.detail)
        raise problem  # outside of `except`, so that it has no context

    def _ask(self, question: Question, timeout: float, attempt: int) -> Any:
        shared, lane = self._shared, self._lane
        if not shared.gate.enter(lane, shared.deadline):
            closed_for = lane.opens_at - shared.monotonic()
            if lane.opens_at >= shared.deadline:
                raise Throttled(closed_for)
            raise OutOfTime()
        sent_at = shared.monotonic()
        seconds = 0.0
        try:
            seconds = min(timeout, shared.deadline - sent_at)
            if seconds <= 0:
                raise OutOfTime()
            request = self._route.request(question.method, question.path, question.query, question.body)
            reply = shared.exchange.send(self._route, request, seconds)
        except TimedOut:
            if seconds >= timeout:
                raise
            # It did not have the time it was promised, so nothing is known about the node.
            raise OutOfTime() from None
        finally:
            shared.gate.leave(lane)
        wish = backoff.retry_after(reply.retry_after, shared.now())
        if reply.status == 429 or (reply.status == 403 and wish):  # some gateways' policies refuse for a while
            pause = wish or backoff.throttled_pause(attempt, shared.die)
            shared.gate.rejected(lane, sent_at, pause, told=bool(wish))
            raise Throttled(pause, reply.status)
        shared.gate.answered(lane)
        return answer.read(reply.status, reply.body, self._route.secrets)
