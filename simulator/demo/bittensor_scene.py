"""The Bittensor chain of the demo: one full subnet with short tempos, and half an hour in which three things happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from simulator.subtensor.chain import Chain
from simulator.subtensor.plan import Neuron, Plan, Subnet, miners, validators

NETUID = 18
TEMPO = 20
MINERS = 24
STALE_VALIDATOR, LAST_MINER, YOUNG_MINER = "frank", "m18-21", "newcomer"
FIRST = 9_120_001
BLOCKS_BEFORE = 120
"""Blocks that are there at the first tick."""
STEP = 240
"""Seconds of the chain from tick to tick: 20 blocks."""
REGISTERED, STOPS, CHANGED, BACK, ENDS = 12, 18, 70, 88, 120
"""Blocks from the first tick."""


@dataclass(frozen=True, slots=True)
class BittensorScene:
    """Times are UTC seconds."""

    chain: Chain
    moments: tuple[tuple[int, str], ...]
    """When something happens, and what."""

    @classmethod
    def ending(cls, now: int) -> Self:
        """Its last tick is at `now`. Always the same blocks: only the clock differs."""
        start = FIRST + BLOCKS_BEFORE
        newcomer = Neuron(YOUNG_MINER, quality=float(MINERS), registered_ago=-10)
        subnet = Subnet(
            NETUID,
            (
                *validators("alice", "bob", "carol", "dave", "erin", "frank", interval=TEMPO),
                *miners(NETUID, MINERS),
                newcomer,
            ),
            tempo=TEMPO,
            price=0.04,
            parameters={"max_allowed_uids": 6 + MINERS + 1, "min_non_immune_uids": 2, "immunity_period": 300},
        )
        plan = Plan(seed=4, subnets=(subnet,), first_block=FIRST)
        plan = plan.register(NETUID, "somebody", start + REGISTERED)
        plan = plan.no_weights(NETUID, STALE_VALIDATOR, start + STOPS, start + BACK)
        plan = plan.set_parameter(NETUID, start + CHANGED, "immunity_period", 100)
        plan = replace(plan, genesis_time=plan.genesis_time + now - Chain(plan).timestamp(start + ENDS))
        chain = Chain(plan)
        moments = (
            (
                REGISTERED,
                "somebody registers on the full subnet: its worst miner is gone, two others stand before miner-3",
            ),
            (STOPS, "val-F sets no weights any more"),
            (CHANGED, "the owner shortens immunity_period"),
            (BACK, "val-F sets weights again"),
        )
        return cls(chain, tuple((chain.timestamp(start + after), what) for after, what in moments))

    @property
    def plan(self) -> Plan:
        return self.chain.plan

    def ticks(self) -> Iterator[int]:
        """When `main.py check` runs."""
        first = self.chain.timestamp(FIRST + BLOCKS_BEFORE)
        last = self.chain.timestamp(FIRST + BLOCKS_BEFORE + ENDS)
        yield from range(first, last + 1, STEP)

    def watched(self) -> dict[str, Any]:
        """delegates.json. The chain's clock is moved between the runs, so that its age says nothing."""
        names = {STALE_VALIDATOR: "val-F", LAST_MINER: "miner-3", YOUNG_MINER: "miner-7"}
        hotkeys = [{"hotkey": self.plan.hotkey(who), "name": name, "netuids": [NETUID]} for who, name in names.items()]
        return {
            "bittensor": {
                "hotkeys": hotkeys,
                "subnets": [{"netuid": NETUID, "name": "translators"}],
                "alerts": {"chain_stalled": {"enabled": False}},
            }
        }

    def expected(self) -> dict[str, tuple[str, str]]:
        """What is to be told: in words, and the rule and the target of its incident."""
        return {
            "stale weights": ("weights_stale", f"{NETUID}/{self.plan.hotkey(STALE_VALIDATOR)}"),
            "deregistration near": ("dereg_risk", f"{NETUID}/{self.plan.hotkey(LAST_MINER)}"),
            "hyperparameter changed": ("hyperparam_changed", str(NETUID)),
        }
