"""How many requests are on their way at once: a limit for all, and one per endpoint that 429 makes smaller.

The limit per endpoint follows additive increase, multiplicative decrease: halved by a 429, one more after a number of
answers, so that a node's rate limit slows a catch-up down instead of ending it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

ANSWERS_TO_WIDEN = 10


@dataclass(slots=True)
class Lane:
    """One endpoint's share. Written by its Gate only."""

    limit: int
    in_flight: int = 0
    opens_at: float = 0.0
    """Monotonic time before which nothing is sent."""
    narrowed_at: float = float("-inf")
    answers: int = 0
    """Since the limit last changed."""


class Gate:
    def __init__(self, size: int, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._size = size
        self._monotonic = monotonic
        self._sleep = sleep
        self._in_flight = 0
        self._changed = threading.Condition()

    def lane(self) -> Lane:
        return Lane(limit=self._size)

    def enter(self, lane: Lane, until: float) -> bool:
        """Wait for a place. False if there is none before `until` (monotonic). Every True needs a `leave`."""
        while True:
            closed_for = lane.opens_at - self._monotonic()
            if closed_for > 0:
                if lane.opens_at >= until:
                    return False
                self._sleep(closed_for)
                continue
            with self._changed:
                if self._in_flight < self._size and lane.in_flight < lane.limit:
                    self._in_flight += 1
                    lane.in_flight += 1
                    return True
                left = until - self._monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)

    def leave(self, lane: Lane) -> None:
        with self._changed:
            self._in_flight -= 1
            lane.in_flight -= 1
            self._changed.notify_all()

    def answered(self, lane: Lane) -> None:
        """The node served a request: after enough of them it gets one more at a time."""
        if lane.limit == self._size:  # the usual case, without a lock
            return
        with self._changed:
            lane.answers += 1
            if lane.answers >= ANSWERS_TO_WIDEN and lane.limit < self._size:
                lane.limit += 1
                lane.answers = 0
                self._changed.notify_all()

    def rejected(self, lane: Lane, sent_at: float, pause: float, *, told: bool) -> None:
        """A 429 to a request sent at `sent_at`. `pause` seconds: the node's own wish where `told`, else a guess.

        Requests that were on their way together count as one rejection. The lane as a whole pauses when the node said
        how long, or when it cannot get any narrower.
        """
        with self._changed:
            now = self._monotonic()
            if told or lane.limit == 1:
                lane.opens_at = max(lane.opens_at, now + pause)
            if sent_at > lane.narrowed_at:
                lane.limit = max(1, lane.limit // 2)
                lane.narrowed_at = now
            lane.answers = 0
