"""What a node was asked: counted for tests and benchmarks that promise a number of requests."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Any, NamedTuple


class Seen(NamedTuple):
    """One request, as soon as it was read."""

    at: float
    """The node's clock."""
    target: str
    """Path and query."""


class Traffic:
    """The requests of one node since it started or `reset` was called."""

    def __init__(self, kept: int = 200_000) -> None:
        self._lock = Lock()
        self._kept = kept
        self._now_open = 0
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self.count = 0
            self.seen: deque[Seen] = deque(maxlen=self._kept)
            self.statuses: dict[int, int] = {}
            self.max_concurrent = 0
            """The most requests that were being answered at once."""
            self._under_way = 0
            self.connections = 0
            self.max_connections = self._now_open
            """The most connections that were open at once."""

    def matching(self, part: str = "") -> list[str]:
        """Targets asked for that contain `part`, oldest first."""
        return [one.target for one in list(self.seen) if part in one.target]

    def value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "count": self.count,
            "statuses": {str(status): number for status, number in self.statuses.items()},
            "max_concurrent": self.max_concurrent,
            "connections": self.connections,
            "max_connections": self.max_connections,
        }

    def opened(self) -> None:
        with self._lock:
            self.connections += 1
            self._now_open += 1
            self.max_connections = max(self.max_connections, self._now_open)

    def closed(self) -> None:
        with self._lock:
            self._now_open -= 1

    def begun(self, at: float, target: str) -> int:
        """Counts a request and returns its ordinal."""
        with self._lock:
            self.count += 1
            self.seen.append(Seen(at, target))
            self._under_way += 1
            self.max_concurrent = max(self.max_concurrent, self._under_way)
            return self.count - 1

    def answering(self, status: int) -> None:
        """Counts an answer before its first byte leaves, so that whoever has read it finds it counted."""
        with self._lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def ended(self) -> None:
        """Answered or not."""
        with self._lock:
            self._under_way = max(0, self._under_way - 1)
