"""Tezos and Bittensor in one run: one of them down disturbs nothing of the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from simulator import faults
from simulator.chain import Chain as TezosChain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan as tezos_plan
from simulator.subtensor.chain import Chain as SubtensorChain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import small_plan as subtensor_plan
from tests.running import Station
from tests.truth.scene import START

pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")

TEZOS, FINNEY = "tezos:mainnet", "bittensor:finney"
BAKERS = tezos_plan(seed=5).outage("alice", START + 3, kinds={"attestation"})
SUBNETS = subtensor_plan(tempo=20)
BEGIN = SUBNETS.block_at(200)
AFTER = {TEZOS: {(TEZOS, "missed_attestation")}, FINNEY: set()}
"""What is open of a network after some minutes, beside what was open before."""
TOLD = {TEZOS: "alice: attestations stopped", FINNEY: "immunity_period 100 → 50 blocks"}
"""What is told of a network within some minutes."""


@dataclass(frozen=True)
class Both:
    station: Station
    tezos: Node
    subtensor: SubtensorNode
    tezos_chain: TezosChain
    subtensor_chain: SubtensorChain

    def heads(self) -> dict[str, int]:
        """The newest final level of each network."""
        now = self.station.clock()
        head = self.subtensor_chain.head_at(now)
        return {TEZOS: self.tezos_chain.head_at(now) - 2, FINNEY: self.subtensor_chain.finalized_of(head)}

    def cursors(self) -> dict[str, int | None]:
        return {network: self.station.cursor(network) for network in (TEZOS, FINNEY)}

    def open(self) -> set[tuple[str, str]]:
        """But for the reward at risk, which an outage costs soon in cycles as short as these."""
        rows = self.station.incidents(everything=False)
        return {(row["network"], row["rule"]) for row in rows if row["rule"] != "attestation_reward"}


@contextmanager
def both(home: Path) -> Iterator[Both]:
    """After a first run. alice stops attesting soon; carol's weights are stale, and soon a hyperparameter changes."""
    bakers = TezosChain(BAKERS)
    clock = Clock(bakers.timestamp(START))
    plan = SUBNETS.no_weights(1, "carol", BEGIN - 80).set_parameter(1, BEGIN + 8, "immunity_period", 50)
    plan = replace(plan, genesis_time=plan.genesis_time + int(clock()) - SubtensorChain(plan).timestamp(BEGIN))
    subnets = SubtensorChain(plan)
    with Node(bakers, clock=clock) as tezos, SubtensorNode(subnets, clock=clock) as subtensor:
        station = Station(home, clock, [tezos.url], BITTENSOR_RPC_URL=subtensor.url, RPC_TIMEOUT=1)
        hotkeys = [{"hotkey": plan.hotkey("carol"), "name": "carol", "netuids": [1]}]
        station.watch(
            {
                "tezos": [{"address": BAKERS.baker("alice").address, "name": "alice"}],
                "bittensor": {"hotkeys": hotkeys, "subnets": [{"netuid": 1, "name": "one"}]},
            }
        )
        assert station.run().exit_code == 0
        found = Both(station, tezos, subtensor, bakers, subnets)
        assert found.cursors() == found.heads()
        assert found.open() == {(FINNEY, "weights_stale")}
        yield found


def test_one_run_reads_and_judges_both(tmp_path: Path) -> None:
    with both(tmp_path) as at:
        assert [at.station.minutes(1).exit_code for _ in range(3)] == [0, 0, 0]
        assert at.cursors() == at.heads()
        assert at.open() == {(FINNEY, "weights_stale"), (TEZOS, "missed_attestation")}
        told = at.station.told()
        assert "alice: attestations stopped" in told
        assert "sn1 carol: no weights" in told
        assert "sn1 one immunity_period 100 → 50 blocks" in told


@pytest.mark.parametrize("trouble", ["hangs", "is gone"])
@pytest.mark.parametrize("down", [TEZOS, FINNEY])
def test_one_network_down_disturbs_nothing_of_the_other(tmp_path: Path, down: str, trouble: str) -> None:
    with both(tmp_path) as at:
        other = FINNEY if down == TEZOS else TEZOS
        node: Node = at.tezos if down == TEZOS else at.subtensor
        stood = at.cursors()[down]
        began = time.monotonic()
        fault = faults.hang() if trouble == "hangs" else faults.reset()
        with node.faults.during(fault):
            reports = [at.station.minutes(1) for _ in range(4)]
            told = at.station.told()
            assert time.monotonic() - began < 30

            assert [report.exit_code for report in reports] == [1, 1, 1, 1]
            assert [one.error is None for one in reports[-1].networks] == [
                one.network == other for one in reports[-1].networks
            ]
            assert at.cursors() == {down: stood, other: at.heads()[other]}
            assert at.open() == {(FINNEY, "weights_stale"), (down, "unreachable"), *AFTER[other]}
            assert TOLD[other] in told
            assert TOLD[down] not in told
            assert at.station.status()[0]["last_run"]["not_read"].keys() == {down}

        assert at.station.minutes(1).exit_code == 0
        assert at.cursors() == at.heads()
        assert at.open() == {(FINNEY, "weights_stale"), *AFTER[TEZOS]}
        assert TOLD[down] in at.station.told()
        assert len(at.station.incidents("weights_stale")) == 1
