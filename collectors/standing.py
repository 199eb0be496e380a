"""How an endpoint does: what was remembered of it, and what this run has seen. Decides the order of failover."""

from __future__ import annotations

import threading
from collections.abc import Callable

from collectors import backoff
from collectors.endpoint import EndpointHealth

OUTDONE_LIMIT = 3
"""Questions in a row that another endpoint answered instead: then the others are asked first, until it is of use."""


class Standing:
    """One endpoint in one run. Thread-safe."""

    def __init__(self, remembered: EndpointHealth, position: int, now: Callable[[], int]) -> None:
        self._now = now
        self._position = position
        self._lock = threading.Lock()
        self._failures = remembered.failures
        self._last_ok_at = remembered.last_ok_at
        self._last_failed_at = remembered.last_failed_at
        self._last_error = remembered.last_error
        self._retry_at = remembered.retry_at
        self._resting = remembered.retry_at is not None and remembered.retry_at > now()
        self._down = False  # since its last answer: requests that fail together are one failure
        self._outdone = 0
        self.label = remembered.label
        self.failed = False
        """It failed in this run."""

    def rank(self, *, paused: bool) -> tuple[bool, bool, int, int]:
        """Sorts endpoints: those in good standing as configured, then the others, the least bad first."""
        behind = self.failed or self._resting or self._outdone >= OUTDONE_LIMIT
        return behind, paused, self._failures if behind else 0, self._position

    def answered(self, *, usefully: bool = True) -> None:
        """It is there; `usefully` is False for a 404, a refusal or what cannot be judged."""
        with self._lock:
            if usefully:
                self._outdone = 0
            self._down = self._resting = False
            self._failures = 0
            self._last_ok_at = self._now()
            self._retry_at = None

    def outdone(self) -> None:
        """It had no use for a question that another endpoint then answered."""
        with self._lock:
            self._outdone += 1

    def fail(self, error: str) -> None:
        """No answer. Behind the others for the rest of the run, and for a while in the next ones."""
        with self._lock:
            if not self._down:
                self._failures += 1
            self._down = self.failed = True
            self._last_failed_at = self._now()
            self._last_error = error
            self._retry_at = self._last_failed_at + backoff.rest(self._failures)

    def throttle(self, error: str, seconds: float) -> None:
        """It answered 429 until the run was over, and is not to be asked for `seconds` more."""
        with self._lock:
            self._last_failed_at = self._now()
            self._last_error = error
            rest = min(max(seconds, backoff.REST_FIRST), backoff.REST_LONGEST)
            self._retry_at = self._last_failed_at + round(rest)

    @property
    def health(self) -> EndpointHealth:
        with self._lock:
            return EndpointHealth(
                label=self.label,
                failures=self._failures,
                last_ok_at=self._last_ok_at,
                last_failed_at=self._last_failed_at,
                last_error=self._last_error,
                retry_at=self._retry_at,
            )
