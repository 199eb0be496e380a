"""What a Bittensor rule is given: all that is known of one target at one finalised block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.bittensor.chain import ChainState
from monitor.bittensor.coldkey import ColdkeyState
from monitor.bittensor.history import NO_SAMPLES, History, Samples
from monitor.bittensor.neuron import HotkeyState, Neuron, Relative
from monitor.bittensor.subnet import SubnetState
from monitor.bittensor.units import BLOCK_SECONDS
from monitor.model import Occurrence

Role = Literal["validator", "miner", "auto"]
Scope = Literal["neuron", "subnet", "hotkey", "coldkey", "chain"]
Overrides = Mapping[str, Mapping[str, float]]
"""Rule -> threshold -> value: the target's `alerts` in delegates.json."""

NEW_PERMIT_EPOCHS = 3
"""So long a validator has after it got its permit before anything is asked of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the watch list says it should be. None: no matter."""

    axon: str | None = None
    """"ip:port", or "ip" alone."""
    take: float | None = None
    children: tuple[Relative, ...] | None = None
    version_key: int | None = None


@dataclass(frozen=True, slots=True)
class BittensorContext:
    """One target: a neuron ("18/5F…"), a subnet ("18"), a hotkey or coldkey (its address), or the chain ("source").

    `subnet` belongs to a neuron and to a subnet; `coldkey` to a coldkey and, as its owner's, to a subnet.
    """

    scope: Scope
    chain: ChainState
    now: int
    """UTC seconds."""
    subnet: SubnetState | None = None
    neuron: Neuron | None = None
    hotkey: HotkeyState | None = None
    coldkey: ColdkeyState | None = None
    history: History = field(default_factory=dict)
    """Metric -> samples of this target; a neuron's holds its subnet's "registrations" too."""
    occurrences: Mapping[str, tuple[Occurrence, ...]] = field(default_factory=dict)
    """Kind -> what blocks of the last day told of this target, oldest first; see `monitor.bittensor_occurrences` for
    what is remembered longer."""
    read_since: int = 0
    """The first block from which on every block was read for this target: what lies before may have been answered in
    a block that nobody read."""
    alerts: Overrides = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    """Rules that the watch list switches off for this target."""
    expected: Expected = Expected()
    last_uid: int | None = None
    """The uid that a neuron was last seen to hold; None where it never held one."""
    role: Role = "auto"
    explicit: bool = True
    """False for a subnet that a hotkey is watched on because it was found there ("all")."""

    @property
    def block(self) -> int:
        return self.chain.block

    def samples(self, metric: str) -> Samples:
        return self.history.get(metric, NO_SAMPLES)

    def happened(self, kind: str, since: int = 0) -> tuple[Occurrence, ...]:
        """What occurred in block `since` or later."""
        return tuple(occurrence for occurrence in self.occurrences.get(kind, ()) if occurrence.level >= since)

    @property
    def validates(self) -> bool:
        """Whether it is judged as a validator: it is said to be one, or has (or lately had) a permit."""
        if self.role != "auto":
            return self.role == "validator"
        if self.neuron is not None and self.neuron.permit:
            return True
        return any(sample.value for sample in self.samples("permit").values)

    @property
    def new_permit(self) -> bool:
        """Whether the permit is younger than three epochs, as far as was seen."""
        # The sample of the epoch that gave the permit begins the first of the three: a fourth ends them.
        seen = self.samples("permit").values[-NEW_PERMIT_EPOCHS - 1 :]
        if any(not sample.value for sample in seen):
            return True
        registered_at = None if self.neuron is None else self.neuron.registered_at
        tempo = None if self.subnet is None else self.subnet.tempo
        if len(seen) > NEW_PERMIT_EPOCHS or registered_at is None or not tempo:
            return False
        return self.block - registered_at < NEW_PERMIT_EPOCHS * tempo

    def ages(self) -> tuple[int | None, ...]:
        """Blocks since the last weights, by mechanism."""
        updates = () if self.neuron is None else self.neuron.last_update
        return tuple(None if update is None else max(0, self.block - update) for update in updates)


def seconds(blocks: float) -> int:
    """How long so many blocks take."""
    return round(blocks * BLOCK_SECONDS)
