"""How much of a cycle's attesting a baker has done, as the protocol counts it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from simulator.chain import Chain
from simulator.plan import Baker


class Tally(NamedTuple):
    """Of one baker in one cycle, up to a block."""

    missed_slots: int = 0
    missed_levels: int = 0
    attested_levels: int = 0
    dal_levels: int = 0
    """Attested with DAL, of the attested ones."""


@dataclass(slots=True)
class _Running:
    level: int
    tallies: dict[str, Tally] = field(default_factory=dict)


class Participation:
    """Tallies of a chain. Block L of a cycle counts the attestations of level L - 1, so the last level of a cycle
    counts in the next one. Asking block after block costs one level each; going back starts the cycle again."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._running: dict[int, _Running] = {}
        self._lock = Lock()

    def tally(self, baker: Baker, level: int) -> Tally:
        """What the context of block `level` says of the baker's current cycle."""
        cycle = self.chain.cycle(level)
        start = max(self.chain.rights.first_level_of(cycle) - 1, self.chain.plan.first_level)
        with self._lock:
            running = self._running.get(cycle)
            if running is None or running.level > level - 1:
                running = self._running[cycle] = _Running(start - 1)
            for attested in range(running.level + 1, level):
                self._count(running.tallies, attested)
            running.level = max(running.level, level - 1)
            return running.tallies.get(baker.address, Tally())

    def _count(self, tallies: dict[str, Tally], level: int) -> None:
        attestations = self.chain.attestations(level)
        for right in attestations.rights:
            address = right.baker.address
            slots, levels, attested, dal = tallies.get(address, Tally())
            if address in attestations.attested:
                with_dal = self.chain.attests_dal(right.baker, level)
                tallies[address] = Tally(slots, levels, attested + 1, dal + with_dal)
            else:
                tallies[address] = Tally(slots + right.slots, levels + 1, attested, dal)
