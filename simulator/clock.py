"""Time as a test wants it."""

from __future__ import annotations


class Clock:
    """A clock that stands still until it is told. Call it for the time, in UTC seconds."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def set(self, now: float) -> None:
        self.now = now

    def advance(self, seconds: float) -> float:
        self.now += seconds
        return self.now
