"""What a simulated chain is told to do. A plan and a level decide everything; nothing else does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from simulator import events
from simulator.address import made
from simulator.protocol import PROTOCOLS, Protocol

MAINNET = "NetXdQprcVkpaWU"
"""Chain id of mainnet, so that a checker names the network as it would name the real one."""
TEZ = 1_000_000


@dataclass(frozen=True, slots=True)
class Baker:
    """A delegate. `stake` in mutez decides its share of all rights."""

    address: str
    stake: int
    consensus_key: str
    companion_key: str | None = None
    attests_dal: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Chances:
    """Seeded accidents, each a probability. All zero: only the script makes trouble."""

    round_missed: tuple[float, ...] = ()
    """By round, given that the round was reached: (0.04, 0.3, 0.3) makes blocks at rounds 0 to 3."""
    reproposal: float = 0.0
    attestation_missed: float = 0.0
    """Per right. Applies to every baker alike."""


@dataclass(frozen=True, slots=True)
class Fork:
    """From this level on the chain has other hashes and other accidents than the plan without the fork."""

    level: int
    salt: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole chain. Every method returns a new plan; `baker` may be an address, a name or a `Baker`."""

    seed: int
    bakers: tuple[Baker, ...]
    first_level: int
    genesis_time: int
    """Timestamp of the block at `first_level`, UTC seconds."""
    blocks_per_cycle: int = 14400
    block_delay: int = 6
    delay_increment_per_round: int = 3
    blocks_per_commitment: int = 240
    nonce_revelation_threshold: int = 960
    committee_size: int = 7000
    rights_delay: int = 2
    minimal_stake: int = 6000 * TEZ
    protocols: tuple[tuple[int, Protocol], ...] = ((0, PROTOCOLS["ushuaia"]),)
    """(first level, protocol), ascending. The block before a first level announces it as next_protocol."""
    all_bakers_attest_from: int | None = None
    chain_id: str = MAINNET
    chances: Chances = Chances()
    manager_operations: int = 2
    """Unrelated transactions per block, so that a reader has something to skip."""
    script: tuple[events.Event, ...] = ()
    forks: tuple[Fork, ...] = ()

    def baker(self, who: str | Baker) -> Baker:
        """The baker with that address or name; KeyError when there is none."""
        wanted = who.address if isinstance(who, Baker) else who
        for baker in self.bakers:
            if wanted in (baker.address, baker.name):
                return baker
        raise KeyError(wanted)

    def with_events(self, *added: events.Event) -> Self:
        return replace(self, script=(*self.script, *added))

    def outage(
        self,
        baker: str | Baker,
        from_level: int,
        to_level: int | None = None,
        kinds: Iterable[str] = (events.BAKING, events.ATTESTATION),
    ) -> Self:
        return self.with_events(events.Outage(self.baker(baker).address, from_level, to_level, frozenset(kinds)))

    def miss_bake(self, level: int, rounds: Iterable[int] = (0,)) -> Self:
        return self.with_events(events.RoundsMissed(level, frozenset(rounds)))

    def round(self, level: int, block_round: int) -> Self:
        return self.with_events(events.BlockRound(level, block_round))

    def repropose(self, level: int) -> Self:
        return self.with_events(events.Reproposal(level))

    def crowd_miss(self, from_level: int, to_level: int, share: float) -> Self:
        return self.with_events(events.CrowdMiss(from_level, to_level, share))

    def update_consensus_key(self, baker: str | Baker, level: int, key: str, *, applied: bool = True) -> Self:
        return self.with_events(events.KeyUpdate(self.baker(baker).address, level, key, applied=applied))

    def update_companion_key(self, baker: str | Baker, level: int, key: str, *, applied: bool = True) -> Self:
        return self.with_events(events.KeyUpdate(self.baker(baker).address, level, key, True, applied))

    def set_delegate_parameters(self, baker: str | Baker, level: int) -> Self:
        return self.with_events(events.Transaction(self.baker(baker).address, level, "set_delegate_parameters"))

    def unstake(self, baker: str | Baker, level: int, amount: int = 1000 * TEZ) -> Self:
        return self.with_events(events.Transaction(self.baker(baker).address, level, "unstake", amount))

    def denounce(self, baker: str | Baker, level: int, kind: str = "block", *, forbids: bool = True) -> Self:
        return self.with_events(events.Denunciation(self.baker(baker).address, level, kind, forbids=forbids))

    def deactivate(self, baker: str | Baker, level: int, to_level: int | None = None) -> Self:
        return self.with_events(events.Deactivation(self.baker(baker).address, level, to_level))

    def register(self, baker: str | Baker, level: int) -> Self:
        return self.with_events(events.Registration(self.baker(baker).address, level))

    def change_stake(self, baker: str | Baker, level: int, factor: float) -> Self:
        return self.with_events(events.StakeChange(self.baker(baker).address, level, factor))

    def keep_nonce(self, level: int) -> Self:
        return self.with_events(events.NonceKept(level))

    def forked(self, level: int, salt: str = "fork") -> Self:
        """The same chain up to level - 1 and another one from `level` on. Script events of both apply to both."""
        return replace(self, forks=(*self.forks, Fork(level, salt)))

    def paced(self, block_delay: int) -> Self:
        """The same chain with blocks so many seconds apart, and half of that, at least one, for every later round."""
        return replace(self, block_delay=block_delay, delay_increment_per_round=max(1, block_delay // 2))

    def moved_to(self, genesis_time: int) -> Self:
        return replace(self, genesis_time=genesis_time)


ACCIDENTS = Chances(round_missed=(0.04, 0.3, 0.3), reproposal=0.02, attestation_missed=0.01)
"""A busy chain: blocks at rounds 0 to 3, re-proposals, single missed attestations."""

_NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy", "mallory", "niaj")


def _bakers(seed: int, count: int, tiny: int) -> tuple[Baker, ...]:
    """Every third signs with a tz4 key, every fourth with another tz1 key, the last `tiny` hold next to nothing."""
    bakers = []
    for place in range(count):
        address = made("tz4" if place % 11 == 8 else ("tz1", "tz2", "tz3")[place % 3], seed, "baker", place)
        key, companion = address, None
        if place % 3 == 1 or address.startswith("tz4"):
            key = address if address.startswith("tz4") else made("tz4", seed, "consensus", place)
            companion = made("tz4", seed, "companion", place)
        elif place % 4 == 0:
            key = made("tz1", seed, "consensus", place)
        stake = 6200 * TEZ if place >= count - tiny else (200_000_000 * TEZ) // (place + 2)
        name = _NAMES[place] if place < len(_NAMES) else f"baker{place}"
        if place >= count - tiny:
            name = f"tiny{place - count + tiny + 1}"
        bakers.append(Baker(address, stake, key, companion, attests_dal=place % 10 != 9, name=name))
    return tuple(bakers)


def small_plan(
    seed: int = 1,
    *,
    bakers: int = 16,
    tiny: int = 2,
    first_level: int = 10_001,
    genesis_time: int = 1_790_000_000,
    blocks_per_cycle: int = 400,
    chances: Chances = Chances(),
    protocol: str = "ushuaia",
    all_bakers_attest_from: int | None = None,
) -> Plan:
    """A dozen or two bakers ("alice", "bob", …), a third signing with tz4 keys, the tiny ones ("tiny1", "tiny2")
    holding a right at few levels. Quiet unless told otherwise: pass `chances=ACCIDENTS` for trouble."""
    return Plan(
        seed=seed,
        bakers=_bakers(seed, bakers, tiny),
        first_level=first_level,
        genesis_time=genesis_time,
        blocks_per_cycle=blocks_per_cycle,
        blocks_per_commitment=max(2, blocks_per_cycle // 10),
        nonce_revelation_threshold=max(2, blocks_per_cycle // 4),
        protocols=((0, PROTOCOLS[protocol]),),
        all_bakers_attest_from=all_bakers_attest_from,
        chances=chances,
    )


def mainnet_sized_plan(
    seed: int = 1, *, bakers: int = 140, first_level: int = 15_000_001, genesis_time: int = 1_790_000_000
) -> Plan:
    """As many bakers and as many operations per block as mainnet has: bodies of about 130 KB."""
    plan = small_plan(seed, bakers=bakers, tiny=bakers // 7, first_level=first_level, genesis_time=genesis_time)
    return replace(
        plan,
        blocks_per_cycle=14400,
        blocks_per_commitment=240,
        nonce_revelation_threshold=960,
        chances=Chances((0.01, 0.2, 0.2), 0.003, 0.003),
        manager_operations=80,
    )
