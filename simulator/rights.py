"""Who may bake and who has to attest: sampled by stake from the plan's seed, for any level at any time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import log
from random import Random
from typing import NamedTuple

from simulator.address import number
from simulator.events import Index
from simulator.plan import Baker, Plan


class AttestationRight(NamedTuple):
    """A right to attest one level. Under All Bakers Attest `slots` may be 0 and is a right all the same."""

    baker: Baker
    slots: int
    first_slot: int


class Stakes(NamedTuple):
    """The stake distribution that decides the rights of one cycle, largest first."""

    bakers: tuple[Baker, ...]
    amounts: tuple[int, ...]
    total: int


class Rights:
    """The rights of a plan. Forks share them: they were drawn cycles before."""

    def __init__(self, plan: Plan, index: Index) -> None:
        self.plan = plan
        self.index = index
        self.stakes = lru_cache(maxsize=64)(self._stakes)
        self.bakers = lru_cache(maxsize=4096)(self._bakers)
        self.attestation = lru_cache(maxsize=4096)(self._attestation)
        self.drawn = lru_cache(maxsize=64)(self._drawn)
        self._cumulated = lru_cache(maxsize=64)(self._cumulate)

    def cycle(self, level: int) -> int:
        return (level - 1) // self.plan.blocks_per_cycle

    def first_level_of(self, cycle: int) -> int:
        return cycle * self.plan.blocks_per_cycle + 1

    def all_attest(self, level: int) -> bool:
        start = self.plan.all_bakers_attest_from
        return start is not None and level >= start

    def stake(self, baker: Baker, level: int) -> int:
        """What the baker has staked at a level, in mutez."""
        stake = float(baker.stake)
        for change in self.index.stake_changes.get(baker.address, ()):
            if change.level <= level:
                stake *= change.factor
        return int(stake)

    def registered(self, baker: Baker, level: int) -> bool:
        since = self.index.registrations.get(baker.address)
        return since is None or since <= level  # rights of the first cycles are drawn at levels below 0

    def deactivated(self, baker: Baker, level: int) -> bool:
        return any(
            event.level <= level and (event.to_level is None or level <= event.to_level)
            for event in self.index.deactivations.get(baker.address, ())
        )

    def round_holder(self, level: int, round_: int) -> Baker:
        """Who may bake the level at that round."""
        return self.bakers(level, max(64, round_ // 64 * 64 + 64))[round_]

    def _stakes(self, cycle: int) -> Stakes:
        # Drawn at the end of cycle - delay - 1, so what happens at a level shows delay + 1 cycles later.
        drawn_at = self.first_level_of(cycle - self.plan.rights_delay) - 1
        held = [
            (self.stake(baker, drawn_at), baker)
            for baker in self.plan.bakers
            if self.registered(baker, drawn_at) and not self.deactivated(baker, drawn_at)
        ]
        held = sorted(((amount, baker) for amount, baker in held if amount), key=lambda item: -item[0])
        if not held:
            raise ValueError(f"nobody holds a right in cycle {cycle}")
        amounts = tuple(amount for amount, _ in held)
        return Stakes(tuple(baker for _, baker in held), amounts, sum(amounts))

    def _drawn(self, cycle: int) -> dict[str, int]:
        """Stake by address, as drawn for the cycle."""
        stakes = self.stakes(cycle)
        return {baker.address: amount for baker, amount in zip(stakes.bakers, stakes.amounts, strict=True)}

    def _cumulate(self, cycle: int) -> Sequence[int]:
        return tuple(accumulate(self.stakes(cycle).amounts))

    def _bakers(self, level: int, max_round: int = 64) -> tuple[Baker, ...]:
        """Holders of rounds 0..max_round. A longer list begins with the shorter one."""
        cycle = self.cycle(level)
        stakes, cumulated = self.stakes(cycle), self._cumulated(cycle)
        draw = Random(number(self.plan.seed, "bake", level)).random
        return tuple(stakes.bakers[bisect_right(cumulated, draw() * stakes.total)] for _ in range(max_round + 1))

    def _attestation(self, level: int) -> tuple[AttestationRight, ...]:
        """Rights in ascending order of first slot."""
        stakes = self.stakes(self.cycle(level))
        committee = self.plan.committee_size
        draw = Random(number(self.plan.seed, "attest", level)).random
        # Rounding up by chance is unbiased: a baker due 0.1 slots has one at every tenth level.
        slots = [int(committee * amount / stakes.total + draw()) for amount in stakes.amounts]
        slots[0] += committee - sum(slots)
        if self.all_attest(level):
            return tuple(
                AttestationRight(baker, count, place)
                for place, (baker, count) in enumerate(zip(stakes.bakers, slots, strict=True))
            )
        # The first of n random slots among N lies about N/n deep; first slots are unique.
        drawn = sorted(
            (min(committee - count, int(-log(1 - draw()) * committee / (count + 1))), place)
            for place, count in enumerate(slots)
            if count > 0
        )
        rights: list[AttestationRight] = []
        last = -1
        for first, place in drawn:
            last = max(last + 1, first) if rights else 0
            rights.append(AttestationRight(stakes.bakers[place], slots[place], last))
        return tuple(rights)
