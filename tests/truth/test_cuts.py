"""However the same levels are cut into runs, the same is stored, opened, closed and told, in the same order."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import Chances, small_plan
from tests.running import Station

START = 10_250
END = START + 100
WATCHED = ("alice", "bob", "carol", "ivan", "niaj", "tiny1")
DUTIES = ("missed_attestation", "missed_baking", "control_change")


class Outcome(NamedTuple):
    observations: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    transitions: list[tuple[Any, ...]]
    """Firing, escalated and resolved, in the order written."""
    notices: list[tuple[Any, ...]]
    """Control changes, in the order written."""


@lru_cache(maxsize=1)
def _chain() -> Chain:
    plan = small_plan(seed=21, chances=Chances((0.3, 0.4, 0.4), 0.1, 0.08))
    plan = plan.outage("alice", START - 30, START + 12).outage("alice", START + 30, START + 36)
    plan = plan.outage("bob", START + 50, START + 80).outage("niaj", START - 80, START - 60)
    for first in range(START + 60, START + 100, 14):
        plan = plan.outage("carol", first, first + 5)
    return Chain(plan.unstake("ivan", START + 50).set_delegate_parameters("alice", START + 50))


def _outcome(home: Path, sizes: list[int], stop_in_first_look: int | None = None) -> Outcome:
    """One run for the first look, then one for each so many levels, and one for what is left."""
    chain = _chain()
    clock = Clock(chain.timestamp(START))
    addresses = [chain.plan.baker(name).address for name in WATCHED]
    with Node(chain, clock=clock) as node:
        station = Station(home, clock, [node.url], addresses)
        if stop_in_first_look is not None:
            with node.faults.during(faults.missing_block(stop_in_first_look)):
                station.run()
            assert station.cursor() == stop_in_first_look - 1
        station.run()
        head = START
        for size in sizes:
            head = min(head + size, END)
            clock.set(chain.timestamp(head))
            station.run()
        clock.set(chain.timestamp(END))
        station.run()
        assert station.cursor() == END - 2
        observations = [fact for address in addresses for fact in station.history(address)]
        found = ",".join(f"'{rule}'" for rule in DUTIES)
        events = station.rows(
            f"SELECT * FROM event WHERE rule IN ({found}) AND kind NOT IN ('reminder', 'missed-incident') ORDER BY id"
        )
        told = ("dedupe_key", "kind", "target", "rule", "severity", "silent", "occurred_at")
        written = [tuple(event[name] for name in told) for event in events]
        return Outcome(
            observations,
            [row for row in station.incidents() if row["rule"] in DUTIES],
            [event for event in written if event[1] != "notice"],
            [event for event in written if event[1] == "notice"],
        )


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Every level after the first look in one run."""
    return _outcome(tmp_path_factory.mktemp("at_once"), [])


def test_there_is_something_to_cut(at_once: Outcome) -> None:
    kinds = [transition[1] for transition in at_once.transitions]
    assert kinds.count("firing") >= 15
    assert kinds.count("resolved") >= 10
    assert kinds.count("escalated") >= 2
    assert len(at_once.notices) == 2
    assert any(incident["reopened"] >= 2 for incident in at_once.incidents)
    assert any(incident["closed_at"] is None for incident in at_once.incidents)


def test_a_run_for_every_level_changes_nothing(at_once: Outcome, tmp_path: Path) -> None:
    assert _outcome(tmp_path, [1] * (END - START)) == at_once


@pytest.mark.parametrize("seed", range(2))
def test_runs_of_any_size_change_nothing(seed: int, at_once: Outcome, tmp_path: Path) -> None:
    random = Random(seed)
    sizes = [random.choice((1, 2, 3, 5, 9, 10, 11, 40)) for _ in range(40)]
    assert _outcome(tmp_path, sizes) == at_once


@pytest.mark.parametrize("level", [START - 75, START - 3])
def test_a_first_look_in_two_runs_changes_nothing(level: int, at_once: Outcome, tmp_path: Path) -> None:
    assert _outcome(tmp_path, [60], stop_in_first_look=level) == at_once
