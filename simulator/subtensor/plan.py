"""What a simulated subtensor chain is told to do. A plan and a block decide everything; nothing else does.

Names stand for keys: `plan.hotkey("alice")` and `plan.coldkey("alice")` are addresses made from the seed. A name that
validates on several subnets is one hotkey. `council` is a coldkey of two: a multisig account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.subtensor.hashing import account, blake2_256, ss58
from simulator.subtensor.parameters import TAO
from simulator.subtensor.runtime import Release
from simulator.subtensor.scenario import Scenario

FINNEY = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
"""The genesis of the main network, so that a checker takes the chain for it."""
COUNCIL = "council"
COUNCILLORS = ("councillor-1", "councillor-2")


@dataclass(frozen=True, slots=True)
class Neuron:
    """Who holds a uid when the chain starts."""

    name: str
    stake: int = 0
    """Alpha rao of its own on the subnet (TotalHotkeyAlpha)."""
    root: int = 0
    """τ rao on the root network."""
    interval: int = 0
    """Blocks between its weights; 0: it sets none (a miner)."""
    quality: float = 0.0
    """A miner's part of the incentive, relative to the others'."""
    trust: float = 0.95
    registered_ago: int = 50_000
    """Blocks before the chain's first."""
    take: float = 0.18
    served: bool = True
    """Whether it has an axon."""
    owner: str = ""
    """The name of its coldkey; its own name where empty."""

    @property
    def validates(self) -> bool:
        return self.interval > 0


@dataclass(frozen=True, slots=True)
class Subnet:
    netuid: int
    neurons: tuple[Neuron, ...]
    tempo: int = 60
    mechanisms: int = 1
    commit_reveal: bool = False
    owner: str = ""
    """A coldkey's name; "owner<netuid>" where empty."""
    price: float = 0.05
    """τ for one alpha."""
    registered_ago: int = 500_000
    """Blocks before the chain's first; younger than `network_immunity_period` it cannot be pruned."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """By the names of `parameters.PARAMETERS`, where they are not the defaults."""

    @property
    def owner_name(self) -> str:
        return self.owner or f"owner{self.netuid}"


@dataclass(frozen=True, slots=True)
class Plan(Scenario):
    """A whole chain. Every method returns a new plan; blocks are heights, amounts rao, shares 0 to 1."""

    seed: int = 1
    subnets: tuple[Subnet, ...] = ()
    first_block: int = 9_000_000
    genesis_time: int = 1_800_000_000
    """Timestamp of the block at `first_block`, UTC seconds."""
    block_time: int = 12
    release: Release = field(default_factory=Release)
    balances: Mapping[str, int] = field(default_factory=dict)
    """By coldkey's name; the others have 10 τ."""
    subnet_limit: int = 128
    network_immunity_period: int = 1_296_000
    stake_threshold: int = 1000 * TAO
    swap_delay: int = 36_000
    chain: str = "Bittensor"
    """`system_chain`"""
    genesis: str = FINNEY
    """Hash of block 0."""
    children_cooldown: int = 50
    """Blocks until children that were set take effect."""

    def hotkey(self, name: str) -> str:
        return ss58(self.hotkey_bytes(name))

    def coldkey(self, name: str) -> str:
        return ss58(self.coldkey_bytes(name))

    def hotkey_bytes(self, name: str) -> bytes:
        return account(self.seed, "hotkey", name)

    def coldkey_bytes(self, name: str) -> bytes:
        if name != COUNCIL:
            return account(self.seed, "coldkey", name)
        members = sorted(account(self.seed, "coldkey", one) for one in COUNCILLORS)
        return blake2_256(b"modlpy/utilisuba" + bytes([len(members) << 2]) + b"".join(members) + b"\x02\x00")

    def subnet(self, netuid: int) -> Subnet:
        """KeyError where there is none."""
        for subnet in self.subnets:
            if subnet.netuid == netuid:
                return subnet
        raise KeyError(netuid)

    def with_subnet(self, subnet: Subnet) -> Plan:
        """In the place of the one of its number, or added."""
        others = tuple(one for one in self.subnets if one.netuid != subnet.netuid)
        return replace(self, subnets=tuple(sorted((*others, subnet), key=lambda one: one.netuid)))

    def block_at(self, offset: int) -> int:
        return self.first_block + offset


def validators(*names: str, interval: int, stake: int = 20_000 * TAO, root: int = 5_000 * TAO) -> tuple[Neuron, ...]:
    """Each with a tenth less than the one before."""
    return tuple(
        Neuron(name, stake * (10 - place % 9) // 10, root * (10 - place % 9) // 10, interval)
        for place, name in enumerate(names)
    )


def miners(netuid: int, count: int, registered_ago: int = 50_000) -> tuple[Neuron, ...]:
    """ "m<netuid>-1" to "m<netuid>-<count>", the first the best, the last the worst."""
    return tuple(
        Neuron(f"m{netuid}-{place + 1}", quality=float(count - place), registered_ago=registered_ago + place)
        for place in range(count)
    )


def small_plan(seed: int = 1, *, tempo: int = 60, size: int = 8, full: bool = False, **changes: Any) -> Plan:
    """Three subnets: 1 plain; 2 with commit and reveal; 3 with two mechanisms, slower. alice to frank validate on all.

    `size` miners each: "m1-1", the best of subnet 1, to "m3-8", the worst of subnet 3. `full`: a registration takes
    somebody's place. Every validator sets weights twice a tempo. Left alone, nothing is wrong with it.
    """
    names = ("alice", "bob", "carol", "dave", "erin", "frank")
    subnets = []
    for netuid, speed in ((1, 1), (2, 1), (3, 2)):
        own = tempo * speed
        neurons = validators(*names, interval=max(20, own // 2)) + miners(netuid, size)
        subnets.append(
            Subnet(
                netuid,
                neurons,
                own,
                mechanisms=2 if netuid == 3 else 1,
                commit_reveal=netuid == 2,
                price=0.02 * netuid,
                parameters={
                    "max_allowed_uids": len(neurons) if full else 256,
                    "min_non_immune_uids": 2,
                    "immunity_period": 5 * own,
                },
            )
        )
    return replace(Plan(seed=seed, subnets=tuple(subnets)), **changes)


def large_plan(seed: int = 1, *, subnets: int = 3, neurons: int = 256, tempo: int = 360) -> Plan:
    """Of mainnet's size: `neurons` uids on each subnet, a quarter of them validators."""
    found = []
    for netuid in range(1, subnets + 1):
        names = [f"v{place}" for place in range(neurons // 4)]
        uids = validators(*names, interval=tempo * 9 // 10) + miners(netuid, neurons - len(names))
        found.append(Subnet(netuid, uids, tempo, commit_reveal=netuid % 2 == 0, price=0.01 * netuid))
    return Plan(seed=seed, subnets=tuple(found))
