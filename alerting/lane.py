"""One channel in one delivery pass: what waits for it, what is under way, and how its messages are to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerting.channels.interface import Channel, Limits
from alerting.leases import Lease
from alerting.queue import Waiting
from monitor.model import Format

_SMALLEST = 400
"""UTF-16 units: a message refused as too long at this size is refused for something else."""


@dataclass(slots=True)
class Lane:
    """Mutable, and gone after the pass."""

    channel: Channel
    waiting: list[Waiting]
    format: Format
    limits: Limits
    ready_at: float = 0.0
    """Monotonic: not before, for the channel's rate."""
    under_way: Lease | None = None
    overdue_at: float = 0.0
    """Monotonic: no answer until then means none."""
    closed: bool = False
    """It failed in this pass."""
    moved: bool = False

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def wants_to_send(self) -> bool:
        return not self.closed and self.under_way is None and bool(self.waiting)

    def candidates(self) -> list[int]:
        """Events for the next message, as far as they fit by number."""
        return [row.event_id for row in self.waiting[: self.limits.events]]

    def drop(self, event_ids: Sequence[int]) -> None:
        gone = set(event_ids)
        self.waiting = [row for row in self.waiting if row.event_id not in gone]

    def hold_back(self, event_ids: Sequence[int]) -> None:
        """These failed: neither they nor later news of their incidents are told in this pass."""
        gone = set(event_ids)
        stuck = {row.incident for row in self.waiting if row.event_id in gone and row.incident is not None}
        self.waiting = [row for row in self.waiting if row.event_id not in gone and row.incident not in stuck]

    def shorten(self) -> bool:
        """Make messages half as long. False: they are short already."""
        if self.limits.units // 2 < _SMALLEST:
            return False
        self.limits = Limits(self.limits.units // 2, self.limits.events, self.limits.interval)
        self.format = Format.PLAIN
        return True

    def simplify(self) -> bool:
        """Try plain text, then one event at a time, to part what is refused from the rest. False: no simpler way."""
        if self.format is not Format.PLAIN:
            self.format = Format.PLAIN
            return True
        if self.limits.events > 1:
            self.limits = Limits(self.limits.units, 1, self.limits.interval)
            return True
        return False
