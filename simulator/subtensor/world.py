"""Everything that is on the chain at the newest block, and how it is written down.

What routine does stands in `routine`, what a script does in `acts`; both change the world through its methods.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from typing import Any

from simulator.subtensor.extrinsic import Block, Call, Event, Extrinsic
from simulator.subtensor.parameters import PARAMETERS, TAO
from simulator.subtensor.plan import COUNCIL, COUNCILLORS, Plan
from simulator.subtensor.running import RunningNeuron, RunningSubnet, started
from simulator.subtensor.runtime import Runtime
from simulator.subtensor.script import Act, Spell
from simulator.subtensor.state import Place, State

MODULE = "SubtensorModule"
SUDO = "sudo"
"""The name of the coldkey that is root's."""
WEIGHT = (1_000_000_000, 10_000)
MORTAL = (MODULE, "HotKeyNotRegisteredInSubNet")


def chance(*seed: object) -> float:
    """0 to 1: depends on every part of the seed and on nothing else."""
    return int.from_bytes(blake2b(repr(seed).encode(), digest_size=6).digest(), "big") / (1 << 48)


class World:
    def __init__(self, plan: Plan, state: State, runtime: Runtime) -> None:
        self.plan = plan
        self.state = state
        self.block = Block(plan.first_block - 1, runtime)
        self.subnets: dict[int, RunningSubnet] = {one.netuid: started(plan, one) for one in plan.subnets}
        self.balances: dict[bytes, int] = {}
        self.nonces: dict[bytes, int] = defaultdict(int)
        self.parents: dict[tuple[int, bytes], dict[bytes, float]] = defaultdict(dict)
        """(netuid, child) -> parent -> share."""
        self.sudo_key = plan.coldkey_bytes(SUDO)
        self.next_children: dict[tuple[int, bytes], tuple[int, tuple[tuple[int, bytes], ...]]] = {}
        """(netuid, parent) -> (block from which they are in force, children)."""
        self._spells: dict[str, list[Spell]] = defaultdict(list)
        for spell in plan.spells:
            self._spells[spell.kind].append(spell)
        self.acts: dict[int, list[Act]] = defaultdict(list)
        for act in plan.acts:
            self.acts[act.block].append(act)

    @property
    def number(self) -> int:
        return self.block.number

    # What is written --------------------------------------------------------------------------------------------

    def put(self, item: str, *parts: Any, value: Any, pallet: str = MODULE) -> None:
        """None: deleted. Nothing where this runtime has no such item."""
        if self.block.runtime.has(pallet, item):
            self.state.put(self.number, Place(pallet, item, parts), value)

    def get(self, item: str, *parts: Any, pallet: str = MODULE) -> Any:
        return self.state.get(Place(pallet, item, parts))

    def parameter(self, netuid: int, name: str) -> Any:
        row = PARAMETERS[name]
        value = self.get(row.item, netuid)
        return row.default if value is None else value

    def balance(self, coldkey: bytes, change: int = 0) -> int:
        """What it has free, after the change."""
        free = self.balances.get(coldkey, 10 * TAO) + change
        self.balances[coldkey] = free
        account = (self.nonces[coldkey], 0, 1, 0, (free, 0, 0, 1 << 127))
        self.put("Account", coldkey, value=account, pallet="System")
        return free

    def changed_at(self, item: str, netuid: int, uid: int, value: Any) -> None:
        """One element of a vector by uid, which grows where the uid is new."""
        vector = list(self.get(item, netuid) or ())
        vector += [0] * (uid + 1 - len(vector))
        vector[uid] = value
        self.put(item, netuid, value=tuple(vector))

    # What is on ---------------------------------------------------------------------------------------------------

    def spells(self, kind: str, netuid: int | None = None, who: str | None = None) -> list[Spell]:
        """Those of the kind that are on at this block."""
        return [
            spell
            for spell in self._spells.get(kind, ())
            if spell.covers(self.number) and spell.netuid in (None, netuid) and spell.who in (None, who)
        ]

    def factor(self, kind: str, netuid: int, who: str | None = None) -> float:
        found = 1.0
        for spell in self.spells(kind, netuid, who):
            found *= spell.value
        return found

    def named(self, name: str) -> list[tuple[RunningSubnet, RunningNeuron]]:
        """Everywhere a hotkey of that name is registered."""
        return [
            (subnet, neuron) for subnet in self.subnets.values() for neuron in subnet.neurons if neuron.name == name
        ]

    # What is done -------------------------------------------------------------------------------------------------

    def call(
        self,
        signer: bytes,
        call: Call,
        *events: Event,
        error: tuple[str, str] | None = None,
    ) -> bool:
        """An extrinsic. Whether it succeeded: then what it does is up to the caller."""
        self.nonces[signer] += 1
        self.block.add(Extrinsic(call, signer, self.nonces[signer] - 1, error), events)
        return error is None

    def call_as(self, name: str, call: Call, *events: Event, wrapped: str | None = None) -> None:
        """By the coldkey of that name, directly, in a batch or through its proxy; by both members if it is theirs."""
        signer = self.plan.coldkey_bytes(name)
        if wrapped == "batch":
            inner = ("Utility", "ItemCompleted"), ("Utility", "BatchCompleted")
            self.call(signer, ("Utility", "batch_all", {"calls": [call]}), *events, *inner)
        elif wrapped == "proxy":
            proxied = {"real": ("Id", signer), "force_proxy_type": None, "call": call}
            done = ("Proxy", "ProxyExecuted", ("Ok", ()))
            self.call(self.plan.coldkey_bytes(f"{name}-proxy"), ("Proxy", "proxy", proxied), *events, done)
        elif name == COUNCIL:
            self._call_together(signer, call, events)
        else:
            self.call(signer, call, *events)

    def call_as_root(self, call: Call, *events: Event) -> None:
        done = ("Sudo", "Sudid", ("Ok", ()))
        self.call(self.sudo_key, ("Sudo", "sudo", {"call": call}), *events, done)

    def _call_together(self, multisig: bytes, call: Call, events: tuple[Event, ...]) -> None:
        """The second of two approvals, which does it."""
        first, second = (self.plan.coldkey_bytes(one) for one in COUNCILLORS)
        timepoint = (self.number - 5, 2)
        arguments = {
            "threshold": 2,
            "other_signatories": [first],
            "maybe_timepoint": timepoint,
            "call": call,
            "max_weight": WEIGHT,
        }
        digest = blake2b(repr(call).encode(), digest_size=32).digest()
        done = ("Multisig", "MultisigExecuted", second, timepoint, multisig, digest, ("Ok", ()))
        self.call(second, ("Multisig", "as_multi", arguments), *events, done)
