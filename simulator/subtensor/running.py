"""A subnet and its neurons as they are at the newest block, while the chain goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.subtensor.plan import Neuron, Plan, Subnet


@dataclass(slots=True)
class RunningNeuron:
    name: str
    hotkey: bytes
    coldkey: bytes
    interval: int
    quality: float
    trust: float
    take: float
    registered_at: int
    stake: int
    root: int
    phase: int
    """Blocks by which its weights are shifted against others'."""
    updates: list[int]
    """By mechanism: LastUpdate."""
    version: int
    """The version key it sets weights with."""

    @property
    def validates(self) -> bool:
        return self.interval > 0


@dataclass(slots=True)
class RunningSubnet:
    plan: Subnet
    owner: bytes
    neurons: list[RunningNeuron]
    """By uid."""
    last_epoch: int
    epoch_index: int
    price: float
    moving_price: float
    dividends_of: set[bytes] = field(default_factory=set)
    """Hotkeys with an entry in the dividend maps."""
    commits: dict[tuple[int, int], list[tuple[bytes, int, bytes, int]]] = field(default_factory=dict)
    """(storage index, epoch) -> (hotkey, block, bytes, round) of what is not revealed."""
    lost: set[tuple[bytes, int]] = field(default_factory=set)
    """(hotkey, block) of commits that will not be revealed."""
    skipped: bool = False
    """Whether the epoch that is due now was told to be skipped."""

    @property
    def netuid(self) -> int:
        return self.plan.netuid

    def uid(self, name: str) -> int | None:
        for uid, neuron in enumerate(self.neurons):
            if neuron.name == name:
                return uid
        return None

    def neuron(self, name: str) -> RunningNeuron | None:
        uid = self.uid(name)
        return None if uid is None else self.neurons[uid]


def storage_index(netuid: int, mechanism: int) -> int:
    """NetUidStorageIndex: where the vectors of a mechanism stand."""
    return mechanism * 4096 + netuid


def started(plan: Plan, subnet: Subnet) -> RunningSubnet:
    """As the chain's first block finds it. Epochs of the subnets come at different blocks."""
    first, tempo = plan.first_block, subnet.tempo
    neurons = [
        running(plan, subnet, one, place, first - one.registered_ago) for place, one in enumerate(subnet.neurons)
    ]
    last_epoch = first - 1 - (subnet.netuid * 17) % tempo
    for neuron in neurons:
        if neuron.validates:
            neuron.updates = [last_weights(neuron, first)] * subnet.mechanisms
    owner = plan.coldkey_bytes(subnet.owner_name)
    return RunningSubnet(subnet, owner, neurons, last_epoch, first // tempo, subnet.price, subnet.price)


def running(plan: Plan, subnet: Subnet, one: Neuron, uid: int, registered_at: int) -> RunningNeuron:
    return RunningNeuron(
        one.name,
        plan.hotkey_bytes(one.name),
        plan.coldkey_bytes(one.owner or one.name),
        one.interval,
        one.quality,
        one.trust,
        one.take,
        registered_at,
        one.stake,
        one.root,
        (uid * 7) % max(one.interval, 1),
        [registered_at] * subnet.mechanisms,
        subnet.parameters.get("weights_version", 7),
    )


def last_weights(neuron: RunningNeuron, block: int) -> int:
    """The newest block before `block` at which its turn was."""
    return block - 1 - (block - 1 - neuron.phase) % neuron.interval
