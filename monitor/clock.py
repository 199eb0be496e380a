"""Time, as an object that is handed in: wall time for people and leases, monotonic time for budgets."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """UTC seconds."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""


class SystemClock:
    def now(self) -> int:
        return int(time.time())

    def monotonic(self) -> float:
        return time.monotonic()
