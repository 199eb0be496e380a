"""Whatever a peer does, a run ends in time and tells what it has to tell."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerting.channels.console import Console
from alerting.channels.interface import Channel, Limits, Receipt
from monitor.budget import Budget
from monitor.model import Format, Message
from monitor.report import Report
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import Plan, small_plan
from tests.collectors.raw_node import Asked, Behaviour, RawNode, dribbles, hangs, resets, sends
from tests.running import Station

BUDGET = Budget(first_delivery=0.5, stop_reading=1.2, requests=1.4, networks=1.8, delivery=4.0)
SLACK = 1.0
"""Seconds for starting and ending threads on a machine that is busy."""
PLAN = small_plan(seed=7)
ALICE = {"address": PLAN.baker("alice").address, "name": "alice"}
HEAD = 10_150


def _pours(connection: socket.socket, asked: Asked) -> None:
    """A body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    while True:
        connection.sendall(b"0," * 50_000)


PEERS: dict[str, Behaviour] = {
    "never answers": hangs,
    "dribbles its headers": dribbles(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "dribbles its body": dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n[", b" "),
    "dribbles chunks": dribbles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "announces a huge body": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n["),
    "pours without end": _pours,
    "resets": resets,
    "says continue for ever": dribbles(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("peer", PEERS)
def test_a_run_ends_in_time_and_the_source_incident_is_told(peer: str, tmp_path: Path) -> None:
    with RawNode(PEERS[peer]) as node:
        station = Station(tmp_path, Clock(1_800_000_000), [node.url], [ALICE])
        station.budget = BUDGET
        assert _timed(station).exit_code == 1
        assert station.told() == ""
        station.clock.advance(121)
        _timed(station)
    assert station.open_rules() == ["unreachable"]
    assert station.told().startswith("🔴 Node 127.0.0.1#1 unreachable 2 min")


def test_a_peer_that_takes_connections_and_never_reads_is_told(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        station = Station(tmp_path, Clock(1_800_000_000), [url], [ALICE])
        station.budget = BUDGET
        _timed(station)
        station.clock.advance(121)
        _timed(station)
    assert station.told().startswith("🔴 Node 127.0.0.1#1 unreachable 2 min")


@pytest.mark.parametrize(
    "fault",
    [
        faults.hang(path="metadata=always"),
        faults.hang(path="/helpers/"),
        faults.dribble("headers", 0.05, path="metadata=always"),
        faults.dribble("body", 0.05, path="/helpers/"),
    ],
    ids=["blocks hang", "rights hang", "blocks dribble", "rights dribble"],
)
def test_a_node_that_gives_its_head_and_no_level_is_told(fault: faults.Fault, tmp_path: Path) -> None:
    with _node(PLAN) as (node, clock):
        station = Station(tmp_path, clock, [node.url], [ALICE])
        station.run()
        station.budget = BUDGET
        node.faults.add(fault)
        for _ in range(3):
            clock.advance(61)
            _timed(station)
    assert station.open_rules() == ["unreachable"]
    assert station.told().startswith("🔴 Tezos mainnet: no level could be read, 2 min")


def test_a_slow_node_is_read_as_far_as_time_allows_and_no_incident(tmp_path: Path) -> None:
    with _node(PLAN) as (node, clock):
        station = Station(tmp_path, clock, [node.url], [ALICE], RPC_MAX_CONNECTIONS=1)
        station.run()
        station.budget = Budget(first_delivery=0.5, stop_reading=3.5, requests=4.0, networks=4.5, delivery=8.0)
        clock.advance(600)
        reached = [station.cursor() or 0]
        with node.faults.during(faults.latency(0.09)):  # fifty of them take longer than a run has
            for _ in range(2):
                clock.advance(60)
                report = _timed(station)
                reached.append(station.cursor() or 0)
                assert (report.exit_code, report.networks[0].error) == (0, None)
    assert reached == sorted(set(reached))
    assert reached[-1] < _head(node) - 2
    assert station.open_rules() == []


@pytest.mark.parametrize("peer", ["never answers", "dribbles its body", "pours without end"])
def test_a_network_that_hangs_does_not_starve_another(peer: str, tmp_path: Path) -> None:
    plan = PLAN.outage("alice", HEAD - 10)
    with RawNode(PEERS[peer]) as stuck, _node(plan) as (node, clock):
        away = {"address": plan.baker("bob").address, "name": "bob", "network": "away"}
        station = Station(tmp_path, clock, [node.url], [ALICE, away], RPC_URL_AWAY=stuck.url)
        station.budget = BUDGET
        _timed(station)
        report = _timed(station)  # a busy machine may need a second run for the first look of a hundred levels
        assert report.exit_code == 1
        assert {network.network: network.error is None for network in report.networks}["tezos:mainnet"]
        assert station.cursor() == HEAD - 2
        assert "alice: attestations stopped" in station.told()
        clock.advance(121)
        _timed(station)
        assert station.cursor() == _head(node) - 2
        assert "unreachable 2 min" in station.told()


def test_a_channel_that_hangs_holds_up_neither_the_run_nor_another_channel(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", HEAD - 10)
    with _node(plan) as (node, clock):
        deaf, paper = _Deaf(), _Paper()
        station = Station(tmp_path, clock, [node.url], [ALICE], {"deaf": deaf, "console": Console(paper)})
        station.budget = BUDGET
        _timed(station)
        assert "alice: attestations stopped" in paper.text
        clock.advance(120)
        _timed(station)  # its first delivery pass tries again
        assert deaf.asked >= 2
        assert station.cursor() == _head(node) - 2
        deaf.hears.set()


class _Deaf(Channel):
    """Takes a message and never comes back."""

    limits = Limits(units=10_000, events=100)
    name = "deaf"
    format = Format.PLAIN

    def __init__(self) -> None:
        self.hears = threading.Event()
        self.asked = 0

    def send(self, message: Message, timeout: float) -> Receipt:
        self.asked += 1
        self.hears.wait(30)
        return Receipt()


class _Paper:
    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str, /) -> None:
        self.text += text

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


@contextmanager
def _node(plan: Plan) -> Iterator[tuple[Node, Clock]]:
    chain = Chain(plan)
    clock = Clock(chain.timestamp(HEAD))
    with Node(chain, clock=clock) as node:
        yield node, clock


def _head(node: Node) -> int:
    return node.answers.head(node.clock())


def _timed(station: Station) -> Report:
    began = time.monotonic()
    report = station.run()
    assert time.monotonic() - began < station.budget.delivery + SLACK
    return report
