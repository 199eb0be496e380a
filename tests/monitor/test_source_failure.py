"""A network whose heads come and whose levels do not is told, whatever keeps them away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.tezos import pipeline
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.running import Station

BLOCKS = "metadata=always"
"""In the address of every block, and of no header."""


@pytest.fixture
def node() -> Iterator[Node]:
    chain = Chain(small_plan())
    with Node(chain, clock=Clock(chain.timestamp(10_200))) as node:
        yield node


@pytest.fixture
def station(node: Node, tmp_path: Path) -> Station:
    assert isinstance(node.clock, Clock)
    station = Station(tmp_path, node.clock, [node.url], [small_plan().baker("alice").address])
    station.run()
    return station


def test_blocks_that_never_come_while_heads_do_are_told_after_two_minutes(node: Node, station: Station) -> None:
    node.faults.add(faults.status(503, path=BLOCKS))
    assert station.minutes(2).exit_code == 1
    assert station.open_rules() == []
    station.minutes(1)
    assert station.open_rules() == ["unreachable"]
    first, second = station.told().split("\n")[:2]
    assert first == "🔴 Tezos mainnet: no level could be read, 2 min"
    assert "HTTP 503" in second


def test_they_are_over_with_the_first_level_that_comes(node: Node, station: Station) -> None:
    with node.faults.during(faults.status(503, path=BLOCKS)):
        station.minutes(3)
    assert station.minutes(1).exit_code == 0
    assert station.open_rules() == []


def test_a_network_that_comes_forward_slowly_is_not_told(node: Node, station: Station) -> None:
    for _ in range(4):
        cursor = station.cursor()
        assert cursor is not None
        with node.faults.during(faults.status(503, path=BLOCKS, levels=(cursor + 4, cursor + 4))):
            assert station.minutes(1).exit_code == 1
        assert station.cursor() == cursor + 3
    assert station.open_rules() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_told_as_well(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(answer: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(pipeline, "parse_block", broken)
    assert station.minutes(3).exit_code == 1
    assert station.open_rules() == ["unreachable"]
    assert "internal error: KeyError" in station.told()
