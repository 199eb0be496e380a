"""What the delegate rules are given: everything known of one delegate at one level. Built by the caller; a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.model import Occurrence
from monitor.tezos_model import Constants, CycleRights, DelegateState


class RecentRights(NamedTuple):
    """The delegate's latest attestation rights, at most 100, since the last resolution."""

    rights: int
    missed: int
    streak: int
    """Missed in a row, up to the newest."""


class DalAttestations(NamedTuple):
    """How the delegate's latest attestations stand beside the others' in carrying DAL content."""

    plain_streak: int
    """Attestations without DAL content in a row, at levels where most of the others' had it."""
    share_others: float | None
    """Share (0 to 1) of the others' attestations with DAL content, at the latest such level."""


@dataclass(frozen=True, slots=True)
class DelegateContext:
    """A field is None where it has not been read or the protocol does not have it."""

    level: int
    """The level judged up to (the cursor)."""
    cycle: int | None
    cycle_position: int | None
    """Of `level`, from 0."""
    now: int
    """UTC seconds."""
    constants: Constants | None = None
    state: DelegateState | None = None
    read_level: int | None = None
    """The level `state` was read at."""
    recent: RecentRights | None = None
    rights_now: CycleRights | None = None
    rights_next: CycleRights | None = None
    commitments: tuple[int, ...] | None = None
    """Levels of the previous cycle's blocks in which it committed to a seed nonce that no block read since reveals.
    None where blocks are missing that could hold the commitment or its revelation."""
    dal: DalAttestations | None = None
    named: Mapping[str, Occurrence] = field(default_factory=dict)
    """Kind ("denounced", "deactivated", ...) -> the newest occurrence in which a block named the delegate."""
    measured_block_seconds: float | None = None

    @property
    def block_seconds(self) -> float | None:
        """Seconds between blocks: measured if known, else what the protocol aims for."""
        if self.measured_block_seconds is not None:
            return self.measured_block_seconds
        return float(self.constants.minimal_block_delay) if self.constants is not None else None

    @property
    def cycle_start(self) -> int | None:
        """First level of the current cycle."""
        return None if self.cycle_position is None else self.level - self.cycle_position

    @property
    def read_this_cycle(self) -> bool:
        """Whether `state` tells of the current cycle, not of one that is over."""
        return self.read_level is not None and self.cycle_start is not None and self.read_level >= self.cycle_start

    def named_since_read(self, kind: str) -> Occurrence | None:
        """The occurrence of this kind, if `state` is older than its block."""
        found = self.named.get(kind)
        return found if found is not None and (self.read_level is None or found.level > self.read_level) else None

    def before_this_cycle(self, level: int | None) -> bool:
        """Whether `level` belongs to an earlier cycle. False where that cannot be told."""
        return level is not None and self.cycle_start is not None and level < self.cycle_start

    def seconds_until_cycle(self, cycle: int) -> float | None:
        """Until the first block of a later cycle, at the present pace."""
        if self.cycle is None or self.cycle_position is None or self.constants is None or self.block_seconds is None:
            return None
        blocks = (cycle - self.cycle) * self.constants.blocks_per_cycle - self.cycle_position
        return blocks * self.block_seconds
