"""The one HTTP client of the project: asks a network's endpoints within a budget of time, connections and bytes.

What it does with each kind of answer (errors.py has the tree, answer.py the statuses):

* no answer: the next endpoint; this one goes behind the others for the rest of the run and rests 1-15 minutes
* 404 and temporary node errors: the next endpoint, then twice more after a short pause. Not a failure of the node
* 429, and 403 with Retry-After: the next endpoint, or the same again as late as it asks, with fewer requests at once
  (gate.py)
* refused: the next endpoint; raised when none tells
* unreadable: raised at once; whoever asked decides whether another endpoint is worth asking
"""

from __future__ import annotations

import heapq
import json
import logging
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from collectors import backoff
from collectors.endpoint import Endpoint, EndpointHealth
from collectors.errors import Lagging, NoAnswer, OutOfTime, Refused, SourceError, Throttled, Unreadable
from collectors.exchange import Exchange
from collectors.gate import Gate
from collectors.node import Allowance, Node, Question
from collectors.route import Route
from collectors.standing import Standing
from collectors.watchdog import Watchdog

TRIES = 3
"""How often a 404 or a temporary node error is asked altogether."""


class Answer(NamedTuple):
    value: Any
    """Parsed JSON of any shape. Its strings may hold anything JSON allows, lone surrogates and NUL included."""
    endpoint: str
    """The label of the endpoint that gave it."""


class RpcClient:
    """Thread-safe. `deadline` is a `monotonic()` moment after which nothing is asked or waited for any more.

    timeout: seconds of wall clock for one HTTP request, from name lookup to last byte. max_connections: requests on
    their way at once, over all endpoints. max_body: bytes of one decompressed answer. health: what `health()` of an
    earlier run returned, by label. now: UTC seconds. Every method that asks raises SourceError and nothing else.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        timeout: float,
        max_connections: int,
        max_body: int,
        deadline: float,
        health: Mapping[str, EndpointHealth],
        now: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        die: Callable[[], float] = random.random,
    ) -> None:
        # urllib3 writes request paths, which may hold a key, at DEBUG on success and at WARNING on odd headers.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        self._timeout = timeout
        self._deadline = deadline
        self._monotonic = monotonic
        self._sleep = sleep
        self._watchdog = Watchdog()
        self._exchange = Exchange(self._watchdog, max_body)
        gate = Gate(max_connections, monotonic, sleep)
        shared = Allowance(self._exchange, gate, deadline, now, monotonic, die)
        self._nodes: dict[str, Node] = {}
        self._routes: list[Route] = []
        for position, endpoint in enumerate(endpoints):
            remembered = health.get(endpoint.label) or EndpointHealth(endpoint.label)
            standing = Standing(remembered, position, now)
            route = Route(endpoint, max_connections)
            self._routes.append(route)
            self._nodes[endpoint.label] = Node(route, standing, gate.lane(), shared)

    def get(
        self,
        path: str,
        params: Sequence[tuple[str, str | int]] = (),
        *,
        endpoint: str | None = None,
        exclude: Collection[str] = (),
        timeout: float | None = None,
        tries: int = TRIES,
        optional: bool = False,
    ) -> Answer:
        """GET `path` (from "/" on) below an endpoint's URL. `params` may repeat names and keep their order.

        endpoint: ask this one only. exclude: labels not to ask. tries: how often a 404 or temporary error is asked
        altogether; 1 for a path that a node may well not have. optional: a costly or uncommon question, whose failure
        says nothing about the node; asked once. Raises SourceError.
        """
        question = Question("GET", path, urlencode(params), None, optional)
        return self._ask(question, self._ordered(endpoint, exclude), timeout, 1 if optional else tries)

    def post(
        self,
        path: str,
        payload: Any,
        *,
        endpoint: str | None = None,
        timeout: float | None = None,
        patient: bool = True,
    ) -> Answer:
        """POST `payload` as JSON. Only for calls that read: a request may be sent twice. Raises SourceError.

        patient: whether an endpoint that answered 429 is asked the same again in this run, when it wishes to be.
        """
        question = Question("POST", path, "", json.dumps(payload, separators=(",", ":")).encode())
        return self._ask(question, self._ordered(endpoint, ()), timeout, TRIES, patient)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every endpoint, in configured order."""
        return tuple(self._nodes)

    def preferred(self) -> list[str]:
        """Labels in the order in which they would be asked now."""
        return [node.label for node in self._ordered(None, ())]

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, repeated ones included."""
        return self._exchange.requests

    def health(self) -> tuple[EndpointHealth, ...]:
        """In configured order, to be handed to the next run."""
        return tuple(node.standing.health for node in self._nodes.values())

    def close(self) -> None:
        for route in self._routes:
            route.pool.close()
        self._watchdog.close()

    def __enter__(self) -> RpcClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ordered(self, endpoint: str | None, exclude: Collection[str]) -> list[Node]:
        if endpoint is not None:
            return [self._nodes[endpoint]] if endpoint in self._nodes else []
        nodes = [node for label, node in self._nodes.items() if label not in exclude]
        return nodes if len(nodes) < 2 else sorted(nodes, key=Node.rank)

    def _ask(
        self, question: Question, nodes: list[Node], timeout: float | None, tries: int, patient: bool = True
    ) -> Answer:
        """Ask each node once in order, then those worth asking again when their time has come."""
        fresh = nodes[::-1]
        again: list[tuple[float, int, Node]] = []  # (not before, number, node); the number keeps nodes uncompared
        asked: dict[str, int] = {}
        failure: SourceError | None = None
        while fresh or again:
            if fresh:
                node = fresh.pop()
                if again and node.standing.failed:
                    continue  # somebody is there and only needs time: do not wait for one who is not
            else:
                not_before, _, node = heapq.heappop(again)
                self._sleep(max(0.0, not_before - self._monotonic()))
            attempt = asked[node.label] = asked.get(node.label, 0) + 1
            try:
                value = node.ask(question, self._timeout if timeout is None else timeout, attempt)
            except (OutOfTime, Unreadable):
                raise
            except Refused as error:
                failure = failure or error
            except Lagging as error:
                failure = error
                if attempt < tries:
                    self._later(again, node, backoff.lagging_pause(attempt))
            except Throttled as error:
                failure = error
                if not (patient and self._later(again, node, error.retry_after)):
                    node.standing.throttle(error.detail, error.retry_after)
            except NoAnswer as error:
                if failure is None or isinstance(failure, Refused):
                    failure = error
            else:
                for label in asked:
                    if label != node.label:
                        self._nodes[label].standing.outdone()
                return Answer(value, node.label)
        raise failure or NoAnswer("no endpoint is left to ask")

    def _later(self, again: list[tuple[float, int, Node]], node: Node, pause: float) -> bool:
        """Note that `node` is to be asked again after `pause` seconds; False if the run is over by then."""
        not_before = self._monotonic() + pause
        if not_before >= self._deadline:
            return False
        heapq.heappush(again, (not_before, len(again), node))
        return True
