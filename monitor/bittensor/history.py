"""What was known at earlier blocks: samples of a metric, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal, NamedTuple

Cadence = Literal["epoch", "sample", "change"]


class Sample(NamedTuple):
    block: int
    """Per epoch: the epoch's own block (LastEpochBlock), so that an epoch is one sample however often it is read."""
    value: float


@dataclass(frozen=True, slots=True)
class Metric:
    """A quantity that must be written down at its time, because the chain forgets it."""

    name: str
    scope: Literal["neuron", "subnet", "hotkey", "coldkey", "chain"]
    cadence: Cadence
    """"epoch": one sample for each LastEpochBlock; "sample": one at least `spacing` blocks after the last; "change":
    one whenever the value is another one than before."""
    spacing: int
    """Blocks; 0 for epochs and changes."""
    kept: int
    """Epochs, or blocks, after which a sample is of no more use."""
    unit: str
    why: str
    """Which rules look at it."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Of one metric and target, oldest first, the newest being that of the present state."""

    values: tuple[Sample, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def newest(self) -> Sample | None:
        return self.values[-1] if self.values else None

    def last(self, count: int) -> tuple[float, ...]:
        """The newest `count` values, oldest first; fewer where there are not so many."""
        return tuple(sample.value for sample in self.values[-count:]) if count else ()

    def usual(self, count: int = 20, skip: int = 1, least: int = 5) -> float | None:
        """The median of the `count` values before the newest `skip`; None with fewer than `least` of them."""
        before = self.values[: len(self.values) - skip][-count:]
        return median(sample.value for sample in before) if len(before) >= least else None

    def at_or_before(self, block: int, oldest: int = 0) -> Sample | None:
        """The newest sample of `block` or before it, if it is of `oldest` or later."""
        found = next((sample for sample in reversed(self.values) if sample.block <= block), None)
        return found if found is not None and found.block >= oldest else None

    def before(self, block: int) -> Samples:
        """Without those of `block` or later: the present epoch has a sample before anything is judged by it."""
        return Samples(tuple(sample for sample in self.values if sample.block < block))

    def since(self, block: int) -> tuple[Sample, ...]:
        return tuple(sample for sample in self.values if sample.block >= block)


NO_SAMPLES = Samples()
History = Mapping[str, Samples]
"""Metric -> samples of one target."""
