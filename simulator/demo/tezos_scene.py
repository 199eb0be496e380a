"""The Tezos chain of the demo: a block a second, its head at the real now, and one baker out for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from simulator.chain import Chain
from simulator.plan import Baker, small_plan

FIRST_LEVEL = 15_267_001
LEVELS_BEFORE = 120
"""Levels that are there at the start: more than the first run looks back over."""
STOPS_AFTER, BACK_AFTER = 4, 20
"""Levels from the start: a quiet run, an alert of five misses, and more of them. A block to bake is among them."""


@dataclass(frozen=True, slots=True)
class TezosScene:
    """Times are UTC seconds."""

    chain: Chain
    stopping: Baker
    """Whose outage is played."""
    healthy: Baker
    """Watched beside it; nothing happens to it."""
    stops_at: int
    back_at: int

    @classmethod
    def starting(cls, now: int) -> Self:
        """The head is at `now`. Always the same levels, rights and misses: only the clock differs.

        Two bakers of a few percent, so that the others' share says "only you". The seed has the stopping one bake the
        19th level from the start, which it misses, and the 21st, so that all is over soon after it is back. A cycle is
        long enough that the outage costs nothing but its own slots.
        """
        plan = small_plan(seed=2, bakers=60, first_level=FIRST_LEVEL, blocks_per_cycle=43_200).paced(1)
        start = FIRST_LEVEL + LEVELS_BEFORE
        stops, back = start + STOPS_AFTER, start + BACK_AFTER
        plan = plan.outage("erin", stops, back - 1)
        plan = plan.moved_to(plan.genesis_time + now - Chain(plan).timestamp(start))
        chain = Chain(plan)
        return cls(chain, plan.baker("erin"), plan.baker("heidi"), chain.timestamp(stops), chain.timestamp(back))
