"""The first look at a network, when it does not fit into one transaction or one run."""

from __future__ import annotations

from pathlib import Path

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.faults import status
from simulator.node import Node
from simulator.plan import Plan, small_plan
from tests.running import Station

HEAD = 10_200


def test_what_is_bad_in_an_early_batch_and_still_bad_at_the_end_is_told_once(tmp_path: Path) -> None:
    plan = small_plan(seed=7).outage("alice", 10_110)
    with _node(plan) as node:
        station = _station(tmp_path, node, plan)
        assert station.run().problems == []
        assert station.open_rules().count("missed_attestation") == 1
        assert station.told().count("alice: attestations stopped") == 1


def test_what_broke_and_healed_in_different_batches_is_not_told(tmp_path: Path) -> None:
    plan = small_plan(seed=7).outage("alice", 10_130, 10_152)
    with _node(plan) as node:
        station = _station(tmp_path, node, plan)
        assert station.run().problems == []
        assert station.incidents("missed_attestation") == []
        assert station.told() == ""


def test_a_delegate_removed_in_the_middle_of_its_first_look_leaves_nothing_behind(tmp_path: Path) -> None:
    plan = small_plan(seed=7).outage("alice", 10_110)
    with _node(plan) as node:
        station = _station(tmp_path, node, plan)
        with node.faults.during(status(503, levels=(10_160, 10_160))):
            station.run()
        assert station.cursor() in range(10_115, 10_160)
        station.watch([{"address": plan.baker("bob").address, "name": "bob"}])
        station.clock.advance(60)
        assert station.run().problems == []
        assert station.incidents("missed_attestation") == []
        assert "alice: attest" not in station.told()


def _node(plan: Plan) -> Node:
    chain = Chain(plan)
    return Node(chain, clock=Clock(chain.timestamp(HEAD)))


def _station(home: Path, node: Node, plan: Plan) -> Station:
    assert isinstance(node.clock, Clock)
    watched = [{"address": plan.baker(name).address, "name": name} for name in ("alice", "bob")]
    return Station(home, node.clock, [node.url], watched)
