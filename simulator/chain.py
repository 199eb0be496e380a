"""A simulated Tenderbake chain: what happened at every level, and the truth about every duty.

Everything is a function of (plan, level). What a block tells is rendered elsewhere from the decisions made here; the
truth is written from the same decisions, so a mistake in rendering cannot hide in the truth.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache
from random import Random
from threading import Lock
from typing import NamedTuple

from simulator import address, events
from simulator.plan import Baker, Plan
from simulator.protocol import Protocol
from simulator.rights import AttestationRight, Rights


class Outcome(StrEnum):
    MET = "met"
    MISSED = "missed"
    REPROPOSED = "reproposed"
    """Held the payload round of a block that somebody baked at a later round."""


class Fact(NamedTuple):
    """What became of one right that came due. No right, or a round after the block's: no fact."""

    duty: str
    """"baking" or "attestation"."""
    level: int
    round: int
    """0 for an attestation."""
    outcome: Outcome


class Bake(NamedTuple):
    """How a level was baked. `fates[r]` is who held round r and what became of it, for r = 0..round."""

    level: int
    round: int
    payload_round: int
    fates: tuple[tuple[Baker, Outcome], ...]

    @property
    def baker(self) -> Baker:
        return self.fates[self.round][0]

    @property
    def proposer(self) -> Baker:
        return self.fates[self.payload_round][0]


class Attestations(NamedTuple):
    """Who attested a level. They stand in the block after it."""

    level: int
    rights: tuple[AttestationRight, ...]
    made: tuple[AttestationRight, ...]
    attested: frozenset[str]
    """Addresses of the delegates in `made`."""


class Chain:
    """The chain of a plan. Safe to use from several threads; nothing in it depends on the order of questions."""

    def __init__(self, plan: Plan, *, parent: Chain | None = None) -> None:
        """`parent`: the chain this one left at its last fork; see `forked`."""
        self.plan = plan
        self.index: events.Index = parent.index if parent else events.index(plan.script)
        self.rights: Rights = parent.rights if parent else Rights(plan, self.index)
        self._parent = parent
        self.by_address = {baker.address: baker for baker in plan.bakers}
        self.bake = lru_cache(maxsize=4096)(self._bake)
        self.attestations = lru_cache(maxsize=4096)(self._attestations)
        self.hash = lru_cache(maxsize=4096)(self._hash)
        self._timestamps = [plan.genesis_time]
        if parent:
            self._timestamps = parent.timestamps(plan.first_level, plan.forks[-1].level - 1) or self._timestamps
        self._lock = Lock()

    # Where and when ---------------------------------------------------------------------------------------------

    def timestamp(self, level: int) -> int:
        """UTC seconds. A round r lasts block_delay + r × increment, counted from the predecessor's own round."""
        place = level - self.plan.first_level
        if place < 0:
            raise ValueError(f"the chain starts at level {self.plan.first_level}")
        if place >= len(self._timestamps):
            with self._lock:
                while place >= len(self._timestamps):
                    self._timestamps.append(self._next_timestamp())
        return self._timestamps[place]

    def timestamps(self, from_level: int, to_level: int) -> list[int]:
        if to_level < from_level:
            return []
        self.timestamp(to_level)
        first = self.plan.first_level
        return self._timestamps[from_level - first : to_level - first + 1]

    def _next_timestamp(self) -> int:
        level = self.plan.first_level + len(self._timestamps)
        delay, increment = self.plan.block_delay, self.plan.delay_increment_per_round
        before, here = self.bake(level - 1).round, self.bake(level).round
        return self._timestamps[-1] + delay + before * increment + here * delay + increment * here * (here - 1) // 2

    def head_at(self, now: float) -> int:
        """The highest level whose timestamp has come; the first level when none has."""
        while self._timestamps[-1] <= now:
            self.timestamp(self.plan.first_level + len(self._timestamps))
        return max(self.plan.first_level, self.plan.first_level + bisect_right(self._timestamps, now) - 1)

    def level_of_hash(self, block_hash: str) -> int | None:
        level = address.level_of_block_hash(block_hash)
        if level is None or level < self.plan.first_level or self.hash(level) != block_hash:
            return None
        return level

    def cycle(self, level: int) -> int:
        return self.rights.cycle(level)

    def protocol(self, level: int) -> Protocol:
        return [protocol for first, protocol in self.plan.protocols if first <= level][-1]

    def salt(self, level: int) -> str:
        """Names the history the level belongs to: "" on the plan's own."""
        return "+".join(fork.salt for fork in self.plan.forks if fork.level <= level)

    def _hash(self, level: int) -> str:
        return address.block_hash(level, self.plan.seed, self.salt(level))

    def forked(self, level: int, salt: str = "fork") -> Chain:
        """This chain up to level - 1, another one from there. Rights are shared, accidents and hashes are not."""
        return Chain(self.plan.forked(level, salt), parent=self)

    def history(self, level: int) -> Chain:
        """This chain, or the one it left after that level: both tell the same of it."""
        return self._parent.history(level) if self._parent and level < self.plan.forks[-1].level else self

    # What happened ----------------------------------------------------------------------------------------------

    def _draw(self, what: str, level: int) -> Random:
        return Random(address.number(self.plan.seed, self.salt(level), what, level))

    def _bake(self, level: int) -> Bake:
        if (history := self.history(level)) is not self:
            return history.bake(level)
        chances, index = self.plan.chances, self.index
        draw = self._draw("rounds", level).random
        first_round = index.block_rounds.get(level, 0)
        missed = index.missed_rounds.get(level, frozenset())
        scripted = level in index.block_rounds or level in index.missed_rounds or level in index.reproposals
        repropose = (draw() < chances.reproposal and not scripted) or level in index.reproposals
        fates: list[tuple[Baker, Outcome]] = []
        payload_round = None
        for round_ in range(1000):
            baker = self.rights.round_holder(level, round_)
            chance = chances.round_missed[round_] if round_ < len(chances.round_missed) and not scripted else 0.0
            late = draw() < chance or round_ < first_round or round_ in missed
            if late or index.out(baker.address, level, events.BAKING):
                fates.append((baker, Outcome.MISSED))
            elif repropose and payload_round is None:
                payload_round = round_
                fates.append((baker, Outcome.REPROPOSED))
            else:
                fates.append((baker, Outcome.MET))
                return Bake(level, round_, round_ if payload_round is None else payload_round, tuple(fates))
        raise ValueError(f"nobody is up to bake level {level}")

    def _attestations(self, level: int) -> Attestations:
        if (history := self.history(level)) is not self:
            return history.attestations(level)
        rights = self.rights.attestation(level)
        share = self.plan.chances.attestation_missed
        for crowd in self.index.crowd_misses:
            if crowd.from_level <= level <= crowd.to_level:
                share = max(share, crowd.share)
        draw = self._draw("attestations", level).random
        made = tuple(
            right
            for right in rights
            if draw() >= share and not self.index.out(right.baker.address, level, events.ATTESTATION)
        )
        return Attestations(level, rights, made, frozenset(right.baker.address for right in made))

    def attests_dal(self, baker: Baker, level: int) -> bool:
        """A tz4 consensus key needs a companion key to attest DAL."""
        if not baker.attests_dal or self.index.out(baker.address, level, events.DAL):
            return False
        return not self.consensus_key(baker, level).startswith("tz4") or self.companion_key(baker, level) is not None

    # Keys -------------------------------------------------------------------------------------------------------

    def consensus_key(self, baker: Baker, level: int) -> str:
        """The key that signs for the baker at a level."""
        active = [update.key for update, cycle in self._updates(baker, companion=False) if cycle <= self.cycle(level)]
        return active[-1] if active else baker.consensus_key

    def companion_key(self, baker: Baker, level: int) -> str | None:
        active = [update.key for update, cycle in self._updates(baker, companion=True) if cycle <= self.cycle(level)]
        return active[-1] if active else baker.companion_key

    def pending_keys(self, baker: Baker, level: int, *, companion: bool) -> list[tuple[int, str]]:
        """(cycle it becomes active in, key) of the updates seen up to the level and not yet active."""
        return [
            (cycle, update.key)
            for update, cycle in self._updates(baker, companion=companion)
            if update.level <= level and cycle > self.cycle(level)
        ]

    def _updates(self, baker: Baker, *, companion: bool) -> list[tuple[events.KeyUpdate, int]]:
        updates = self.index.key_updates.get(baker.address)
        if not updates:
            return []
        ordered = sorted((update for update in updates if update.companion == companion), key=lambda one: one.level)
        return [(update, self.cycle(update.level) + self.plan.rights_delay + 1) for update in ordered]

    # The truth --------------------------------------------------------------------------------------------------

    def truth(self, delegate: str, from_level: int, to_level: int) -> list[Fact]:
        """Every right of the delegate that came due at these levels (both inclusive), in order: a level's rounds,
        then its attestation. The attestations of `to_level` stand in the block after it."""
        facts = []
        for level in range(from_level, to_level + 1):
            for round_, (baker, outcome) in enumerate(self.bake(level).fates):
                if baker.address == delegate:
                    facts.append(Fact("baking", level, round_, outcome))
            attestations = self.attestations(level)
            if any(right.baker.address == delegate for right in attestations.rights):
                met = delegate in attestations.attested
                facts.append(Fact("attestation", level, 0, Outcome.MET if met else Outcome.MISSED))
        return facts
