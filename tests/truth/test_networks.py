"""Several networks at once: names, cursors and time of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.running import Station
from tests.truth.scene import FINAL, START

SHADOWNET = "NetXsqzbfFenSTS"
PLAN = small_plan(seed=5)
OTHER_PLAN = replace(small_plan(seed=6, first_level=50_001), chain_id=SHADOWNET)
OTHER_FINAL = 50_248


@dataclass(frozen=True)
class Pair:
    station: Station
    mainnet: Node
    shadownet: Node
    chain: Chain
    other_chain: Chain


@contextmanager
def _both(home: Path, **settings: object) -> Iterator[Pair]:
    chain = Chain(PLAN.outage("alice", START + 3, START + 12))
    other = Chain(OTHER_PLAN.outage("alice", 50_255, 50_261))
    clock = Clock(chain.timestamp(START))
    with Node(chain, clock=clock) as mainnet, Node(other, clock=clock) as shadownet:
        delegates = [
            {"address": PLAN.baker("alice").address, "name": "alice"},
            {"address": OTHER_PLAN.baker("alice").address, "name": "test-alice", "network": "shadownet"},
        ]
        station = Station(home, clock, [mainnet.url], delegates)
        station.configure(RPC_URL_SHADOWNET=shadownet.url, **settings)
        station.run()
        yield Pair(station, mainnet, shadownet, chain, other)


def test_each_network_has_its_cursor_and_its_truth(tmp_path: Path) -> None:
    with _both(tmp_path) as pair:
        first = {item.network: item.cursor for item in pair.station.reports[0].networks}
        assert first == {"tezos:mainnet": FINAL, "tezos:shadownet": OTHER_FINAL}
        pair.station.minutes(3)

        for network, name, chain, start in (
            ("tezos:mainnet", "alice", pair.chain, FINAL),
            ("tezos:shadownet", "test-alice", pair.other_chain, OTHER_FINAL),
        ):
            cursor = pair.station.cursor(network)
            assert cursor == chain.head_at(pair.station.clock()) - 2
            rows = pair.station.history(name, start, cursor - 1)
            assert {row["network"] for row in rows} == {network}
            truth = chain.truth(chain.plan.baker("alice").address, start, cursor - 1)
            stored = {(row["duty"], row["level"], row["round"], row["outcome"]) for row in rows}
            assert stored == {tuple(fact) for fact in truth}
        opened = [(row["network"], row["opened_level"]) for row in pair.station.incidents("missed_attestation")]
        assert sorted(opened) == [("tezos:mainnet", START + 7), ("tezos:shadownet", 50_259)]


def test_a_network_that_hangs_does_not_starve_the_other(tmp_path: Path) -> None:
    with _both(tmp_path, RPC_TIMEOUT=1) as pair:
        began = time.monotonic()
        with pair.mainnet.faults.during(faults.hang()):
            reports = [pair.station.minutes(1) for _ in range(3)]
        took = time.monotonic() - began

        assert [report.exit_code for report in reports] == [1, 1, 1]
        assert pair.station.cursor("tezos:mainnet") == FINAL
        assert pair.station.cursor("tezos:shadownet") == pair.other_chain.head_at(pair.station.clock()) - 2
        told = pair.station.told()
        assert "test-alice: attestations" in told
        assert "🔴 Node 127.0.0.1#1 unreachable" in told
        assert took < 15
        pair.station.minutes(1)
        assert pair.station.cursor("tezos:mainnet") == pair.chain.head_at(pair.station.clock()) - 2


def test_trouble_of_one_network_quiets_nobody_of_the_other(tmp_path: Path) -> None:
    with _both(tmp_path) as pair:
        pair.mainnet.stop()
        pair.station.minutes(4)

        unreachable = pair.station.incidents("unreachable")
        assert [row["network"] for row in unreachable] == ["tezos:mainnet"]
        assert "test-alice: attestations stopped" in pair.station.told()


def test_taking_the_last_delegate_of_a_network_off_the_list_ends_what_is_open_there(tmp_path: Path) -> None:
    with _both(tmp_path) as pair:
        pair.shadownet.stop()
        pair.station.minutes(4)
        assert pair.station.open_rules() == ["unreachable"]
        pair.station.watch([{"address": PLAN.baker("alice").address, "name": "alice"}])
        pair.station.minutes(1)

        (incident,) = pair.station.incidents("unreachable")
        assert incident["close_reason"] == "removed"
        assert [item.network for item in pair.station.reports[-1].networks] == ["tezos:mainnet"]


def test_a_name_that_the_node_contradicts_is_an_error_and_nothing_is_judged(tmp_path: Path) -> None:
    chain = Chain(PLAN)
    clock = Clock(chain.timestamp(START))
    with Node(chain, clock=clock) as node:
        station = Station(tmp_path, clock, [node.url], [PLAN.baker("alice").address])
        station.configure(TEZOS_NETWORK="shadownet")
        report = station.run()

        assert report.exit_code == 1
        assert "mainnet" in (report.networks[0].error or "")
        assert station.rows("SELECT * FROM observation") == []


def test_a_chain_nobody_knows_is_named_by_its_id_or_by_its_user(tmp_path: Path) -> None:
    chain = Chain(replace(PLAN, chain_id="NetXMyOwnSandbox"))
    clock = Clock(chain.timestamp(START))
    with Node(chain, clock=clock) as node:
        for name, settings in (("NetXMyOwnSandbox", {}), ("garden", {"TEZOS_NETWORK": "garden"})):
            station = Station(tmp_path / name, clock, [node.url], [PLAN.baker("alice").address])
            station.configure(**settings)
            assert [item.network.lower() for item in station.run().networks] == [f"tezos:{name}".lower()]
