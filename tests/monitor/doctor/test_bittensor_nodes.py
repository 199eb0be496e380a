"""What doctor says of the nodes of Bittensor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from monitor.doctor.examination import examine
from monitor.doctor.finding import Finding
from simulator import faults
from simulator.clock import Clock
from simulator.subtensor import faults as subtensor_faults
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import small_plan
from tests.running import RunClock, Station

pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")

NODE, ARCHIVE = "node 127.0.0.1#1", "node archive:127.0.0.1#1"
PLAN = small_plan()


@dataclass
class Examined:
    station: Station
    node: SubtensorNode

    def lines(self) -> dict[str, Finding]:
        return {one.area: one for one in examine(self.station.configuration, RunClock(self.station.clock))}


@contextmanager
def station(home: Path, network: str | None = None) -> Iterator[Examined]:
    """Nothing ran yet."""
    chain = Chain(PLAN)
    clock = Clock(chain.timestamp(PLAN.block_at(300)) + 7)
    with SubtensorNode(chain, clock=clock) as node:
        at = Station(home, clock, [], RPC_URL=None, BITTENSOR_RPC_URL=node.url, BITTENSOR_NETWORK=network)
        at.watch({"bittensor": {"hotkeys": [{"hotkey": PLAN.hotkey("alice"), "name": "alice", "netuids": [1]}]}})
        yield Examined(at, node)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Examined]:
    with station(tmp_path) as found:
        yield found


def test_a_node_in_sync_is_told_with_its_network_head_and_peers(at: Examined) -> None:
    lines = at.lines()
    assert lines[NODE] == Finding(NODE, "ok", "head 9,000,300, 7 s old, bittensor:finney, 30 peers")
    assert lines["clock"].level == "ok"
    assert "7 s old" in lines["clock"].text


def test_the_decoder_is_looked_for(at: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at.lines()["bittensor-core"].level == "ok"
    monkeypatch.setitem(sys.modules, "bittensor_core", None)  # as if it was not installed
    missing = at.lines()["configuration"]
    assert missing.level == "failed"
    assert "requirements-bittensor.txt" in f"{missing.text} {missing.fix}"


def test_a_decoder_that_does_not_load_fails(at: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.doctor.bittensor_nodes.missing", lambda: "bittensor-core cannot be imported")
    found = at.lines()["bittensor-core"]
    assert found.level == "failed"
    assert "requirements-bittensor.txt" in (found.fix or "")


def test_a_node_that_does_not_answer_fails(at: Examined) -> None:
    with at.node.faults.during(faults.status(503)):
        lines = at.lines()
    assert lines[NODE].level == "failed"
    assert "BITTENSOR_RPC_URL" in (lines[NODE].fix or "")
    assert lines["clock"].level == "warning"


def test_what_is_no_subtensor_node_fails(at: Examined) -> None:
    with at.node.faults.during(subtensor_faults.rpc_error(-32601, "Method not found", "state_")):
        assert at.lines()[NODE].level == "failed"


def test_a_node_that_stands_still_or_is_syncing_fails(at: Examined) -> None:
    with at.node.faults.during(faults.stale_head(PLAN.block_at(200))):
        assert "no new blocks" in at.lines()[NODE].text
    with at.node.faults.during(subtensor_faults.syncing()):
        assert "syncing" in at.lines()[NODE].text


def test_a_node_on_another_chain_than_the_one_pinned_fails(at: Examined) -> None:
    at.station.run()
    other = Chain(replace(PLAN, genesis="0x" + "ab" * 32))
    with SubtensorNode(other, clock=at.station.clock) as node:
        at.station.configure(BITTENSOR_RPC_URL=node.url)
        found = at.lines()[NODE]
    assert (found.level, found.fix) == ("failed", "correct BITTENSOR_RPC_URL")
    assert "0xabababab" in found.text


def test_a_network_of_another_name_than_the_chain_s_fails(tmp_path: Path) -> None:
    with station(tmp_path, "test") as at:
        found = at.lines()[NODE]
    assert (found.level, found.fix) == ("failed", "correct BITTENSOR_RPC_URL or BITTENSOR_NETWORK")


def test_an_archive_node_must_have_the_state_of_old_blocks(at: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.bittensor.health.OLD", 280)  # a lite node keeps 256, and this chain has 300
    chain = Chain(PLAN)
    for archive, level in ((True, "ok"), (False, "warning")):
        with SubtensorNode(chain, clock=at.station.clock, archive=archive) as node:
            at.station.configure(BITTENSOR_ARCHIVE_NETWORK=node.url)
            found = at.lines()[ARCHIVE]
        assert found.level == level
    assert "dropped the state of old blocks" in found.text
