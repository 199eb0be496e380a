"""Subnet 18 as the rules see it: forty uids, eight of them validators, all in good health unless a test says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alerting.check_state import NEW, CheckState
from alerting.incidents import advance
from alerting.transition import Transition
from monitor.bittensor.chain import ChainState, SubnetStanding
from monitor.bittensor.coldkey import NO_SWAP, ColdkeyState
from monitor.bittensor.history import Sample, Samples
from monitor.bittensor.neuron import NONE_PENDING, Axon, Collateral, HotkeyState, Neuron
from monitor.bittensor.subnet import SubnetState, Vectors, of_uid
from monitor.bittensor.units import BLOCK_SECONDS, RAO
from monitor.model import CheckKey, Occurrence
from monitor.rules.bittensor.context import BittensorContext, Scope
from monitor.rules.bittensor.interface import Condition
from tests.monitor.rules.timeline import words

NETWORK = "bittensor:finney"
BLOCK = 9_000_000
NOW = 1_800_000_000
TEMPO = 360
EPOCH = BLOCK - 100
"""The block of the newest epoch."""
NETUID = 18
HOTKEY = "5F3sa2TJAWMqDhXG6jhV4N8ko9SxwGy8TpaNS1repo5EYjQX"
COLDKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
OTHER = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
VALIDATOR_UID, MINER_UID = 3, 30
N, PERMITS = 40, 8
HYPERPARAMETERS: dict[str, Any] = {
    "tempo": TEMPO,
    "immunity_period": 4096,
    "max_validators": PERMITS,
    "weights_rate_limit": 100,
    "weights_version": 1040,
    "activity_cutoff": 5000,
    "commit_reveal_weights_enabled": False,
    "commit_reveal_period": 1,
    "registration_allowed": True,
}

CHAIN = ChainState(
    network=NETWORK,
    block=BLOCK,
    hash="0x00",
    timestamp=NOW - 30,
    spec_version=473,
    head=BLOCK + 2,
    previous_spec_version=473,
    subnet_limit=128,
    total_networks=120,
    network_immunity_period=1_296_000,
    stake_threshold=1000 * RAO,
    coldkey_swap_delay=36_000,
    sudo_key=COLDKEY,
    standings={netuid: SubnetStanding(0.001 * netuid, 1_000 + netuid) for netuid in range(1, 40)},
    dissolving=(),
)

VECTORS = Vectors(
    last_update=(tuple(BLOCK - 60 for _ in range(N)),),
    incentive=(tuple(0 if uid < PERMITS else 8000 for uid in range(N)),),
    active=(True,) * N,
    validator_permit=tuple(uid < PERMITS for uid in range(N)),
    validator_trust=tuple(60_000 if uid < PERMITS else 0 for uid in range(N)),
    dividends=tuple(8191 if uid < PERMITS else 0 for uid in range(N)),
    emission=tuple((uid + 1 if uid >= PERMITS else 100 + uid) * RAO for uid in range(N)),
    registered_at=tuple(BLOCK - 100_000 + uid for uid in range(N)),
    total_stake=tuple((20_000 - 1000 * uid) * RAO if uid < PERMITS else 10 * RAO for uid in range(N)),
)

SUBNET = SubnetState(
    netuid=NETUID,
    exists=True,
    tempo=TEMPO,
    last_epoch_block=EPOCH,
    epoch_index=25_000,
    pending_epoch_at=0,
    hyperparameters=HYPERPARAMETERS,
    owner=OTHER,
    owner_hotkey=OTHER,
    consensus="yuma",
    alpha_price=20_000_000,
    moving_price=0.018,
    tao_in_emission=4_000_000,
    emission_enabled=True,
    neurons=N,
    max_uids=N,
    min_non_immune=2,
    registration_allowed=True,
    burn=410_000_000,
    mechanisms=1,
    miner_burned=0.1,
    alpha_dividends_total=800 * RAO,
    owner_uids=(),
    vectors=VECTORS,
)


def neuron(uid: int = VALIDATOR_UID, subnet: SubnetState = SUBNET, **fields: Any) -> Neuron:
    own: dict[str, Any] = {
        "axon": Axon("198.51.100.7", 8091),
        "alpha_stake": 5_000 * RAO,
        "alpha_dividends": 100 * RAO,
        "root_alpha_dividends": 10 * RAO,
        "childkey_take": 0.09,
        "children": (),
        "parents": (),
        "pending_children": NONE_PENDING,
        "commits": (),
        "collateral": Collateral(100 * RAO, 100 * RAO),
    }
    told = of_uid(subnet.vectors, uid)
    return Neuron(netuid=subnet.netuid, hotkey=HOTKEY, **({"registered": True, "uid": uid} | told | own | fields))


GONE = Neuron(NETUID, HOTKEY, registered=False)


def epochs(*values: float, upto: int = EPOCH) -> Samples:
    """One sample per epoch, the newest at `upto`."""
    first = upto - TEMPO * (len(values) - 1)
    return Samples(tuple(Sample(first + TEMPO * index, value) for index, value in enumerate(values)))


def every(blocks: int, *values: float, upto: int = BLOCK) -> Samples:
    """A sample every so many blocks, the newest at `upto`."""
    first = upto - blocks * (len(values) - 1)
    return Samples(tuple(Sample(first + blocks * index, value) for index, value in enumerate(values)))


USUAL: dict[str, Samples] = {
    "uid": epochs(*[3] * 25),
    "permit": epochs(*[1] * 25),
    "validator_trust": epochs(*[60_000 / 65_535] * 25),
    "dividends": epochs(*[0.125] * 25),
    "alpha_dividends_share": epochs(*[0.125] * 25),
    "alpha_dividends": epochs(*[100.0 * RAO] * 25),
    "root_alpha_dividends": epochs(*[10.0 * RAO] * 25),
    "incentive": epochs(*[8000 / 65_535] * 25),
    "emission": epochs(*[4.0 * RAO] * 25),
    "prune_rank": epochs(*[22] * 25),
    "alpha_stake": every(25, *[5_000.0 * RAO] * 300),
    "last_update": Samples(tuple(Sample(b, b) for b in range(BLOCK - 60 - 120 * 10, BLOCK - 59, 120))),
    "registrations": every(25, *[0] * 300),
}

SUBNET_USUAL: dict[str, Samples] = {
    "alpha_price": every(25, *[20_000_000.0] * 300),
    "tao_in_emission": every(25, *[4_000_000.0] * 300),
    "registrations": every(25, *[0] * 300),
    "registration_allowed": Samples((Sample(BLOCK - 5000, 1.0),)),
    "validators_dark": epochs(*[0.0] * 25),
}


def validator(**more: Any) -> BittensorContext:
    return _of("neuron", {"subnet": SUBNET, "neuron": neuron(), "history": USUAL, "role": "validator"} | more)


def miner(**more: Any) -> BittensorContext:
    usual = USUAL | {"permit": epochs(*[0] * 25), "uid": epochs(*[MINER_UID] * 25)}
    own = {"subnet": SUBNET, "neuron": neuron(MINER_UID), "history": usual, "role": "miner"}
    return _of("neuron", own | more)


def subnet(**more: Any) -> BittensorContext:
    owner = ColdkeyState(OTHER, free=10 * RAO, swap=NO_SWAP, proxies=())
    return _of("subnet", {"subnet": SUBNET, "history": SUBNET_USUAL, "coldkey": owner} | more)


def hotkey(**more: Any) -> BittensorContext:
    usual = {"root_dividends_value": every(360, *[2.0 * RAO] * 25)}
    return _of("hotkey", {"hotkey": HotkeyState(HOTKEY, COLDKEY, 0.18), "history": usual} | more)


def coldkey(**more: Any) -> BittensorContext:
    return _of("coldkey", {"coldkey": ColdkeyState(COLDKEY, free=10 * RAO, swap=NO_SWAP, proxies=())} | more)


def chain(**more: Any) -> BittensorContext:
    return _of("chain", more)


def _of(scope: Scope, fields: Mapping[str, Any]) -> BittensorContext:
    known: dict[str, Any] = {"chain": CHAIN, "now": NOW} | dict(fields)
    return BittensorContext(scope=scope, **known)


def with_subnet(**fields: Any) -> SubnetState:
    return SUBNET._replace(**fields)


def with_vectors(**fields: Any) -> SubnetState:
    return SUBNET._replace(vectors=VECTORS._replace(**fields))


def with_parameters(**values: Any) -> SubnetState:
    return SUBNET._replace(hyperparameters=HYPERPARAMETERS | values)


def with_chain(**fields: Any) -> ChainState:
    return replace(CHAIN, **fields)


def later(context: BittensorContext, blocks: int, **more: Any) -> BittensorContext:
    """The same some blocks on; `more` says what else is new."""
    on = blocks * BLOCK_SECONDS
    moved = replace(context.chain, block=context.block + blocks, timestamp=context.chain.timestamp + on)
    if moved.head is not None:
        moved = replace(moved, head=moved.head + blocks)
    return replace(context, chain=moved, now=context.now + on, **more)


def occurrence(kind: str, block: int = BLOCK, target: str = "18", ordinal: int = 0, **detail: Any) -> Occurrence:
    return Occurrence(NETWORK, target, kind, block, ordinal, detail)


def happened(*occurrences: Occurrence) -> dict[str, tuple[Occurrence, ...]]:
    found: dict[str, tuple[Occurrence, ...]] = {}
    for one in occurrences:
        found[one.kind] = (*found.get(one.kind, ()), one)
    return found


@dataclass
class Watch:
    """A rule, run after run, on one target."""

    rule: Condition
    state: CheckState = NEW
    told: list[Transition] = field(default_factory=list)

    def sees(self, *contexts: BittensorContext) -> list[str]:
        """What was told of these, without the block it was told at: "firing warning"."""
        before = len(self.told)
        key = CheckKey(NETWORK, "target", self.rule.card.name)
        for context in contexts:
            verdict = self.rule.judge(context, self.state.episode)
            self.state, transitions = advance(key, self.state, verdict, self.rule.policy, context.now, context.block)
            self.told += transitions
        return [words(one).split(" ", 1)[1] for one in self.told[before:]]

    def lasting(self, context: BittensorContext, minutes: int, step: int = 1) -> list[str]:
        """Sees the same, minute by minute, for so long: the blocks move, what is in them does not."""
        told: list[str] = []
        for minute in range(0, minutes + 1, step):
            told += self.sees(replace(context, now=context.now + 60 * minute))
        return told

    @property
    def reason(self) -> str:
        return self.told[-1].verdict.reason

    @property
    def found(self) -> Mapping[str, Any]:
        return self.told[-1].verdict.evidence


def changed(**fields: Sequence[float]) -> dict[str, Samples]:
    """USUAL, with the newest epochs of some metrics as given."""
    history = dict(USUAL)
    for name, newest in fields.items():
        older = [sample.value for sample in USUAL[name].values][: 25 - len(newest)]
        history[name] = epochs(*older, *newest)
    return history
