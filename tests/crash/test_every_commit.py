"""A run killed at each of its commits in turn leaves no trace: the next one ends where an undisturbed one would."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import Plan, small_plan
from tests.alerting.stage import Scripted
from tests.crash.cut import Killed, killed_at_commit
from tests.running import Station

FIRST_HEAD = 10_150
PARTS = 4
"""So that workers share the commits of a story."""


@dataclass(frozen=True, slots=True)
class Story:
    """What happens between the undisturbed first run and the one that is killed."""

    plan: Plan
    happens: Callable[[Station, Node, Chain], None]
    settings: dict[str, Any]
    tells: frozenset[str]
    """Kinds of events that there are to tell."""
    runs: int = 1
    """How many it takes to deal with it all."""


PLAN = small_plan(seed=7)


def _later(seconds: int) -> Callable[[Station, Node, Chain], None]:
    def happens(station: Station, node: Node, chain: Chain) -> None:
        station.clock.advance(seconds)

    return happens


def _after_a_pause(station: Station, node: Node, chain: Chain) -> None:
    station.clock.advance(600)
    station.watch([{"address": PLAN.baker(name).address, "name": name} for name in ("alice", "carol")])


def _on_another_branch(station: Station, node: Node, chain: Chain) -> None:
    node.follow(chain.forked(FIRST_HEAD - 6))
    station.clock.advance(60)


STORIES = {
    "something breaks": Story(
        PLAN.outage("alice", 10_151).unstake("bob", 10_155), _later(120), {}, frozenset({"firing", "notice"})
    ),
    "something is over": Story(PLAN.outage("alice", 10_110, 10_148), _later(120), {}, frozenset({"resolved"})),
    "something broke and healed": Story(
        PLAN.outage("alice", 10_155, 10_170), _later(360), {}, frozenset({"firing", "resolved"})
    ),
    "the monitor was away for long": Story(
        PLAN.outage("alice", 10_190),
        _after_a_pause,
        {"MAX_CATCHUP_BLOCKS": 60},
        frozenset({"coverage-gap", "monitor-gap", "firing", "notice"}),
    ),
    "finalised blocks are replaced": Story(PLAN, _on_another_branch, {}, frozenset({"firing", "resolved"}), runs=2),
}


@pytest.mark.crash
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", STORIES)
def test_a_kill_at_any_commit_changes_nothing_in_the_end(name: str, part: int, tmp_path: Path) -> None:
    story = STORIES[name]
    chain = Chain(story.plan)
    clock = Clock(chain.timestamp(FIRST_HEAD))
    with Node(chain, clock=clock) as node:
        watched = [{"address": story.plan.baker(name).address, "name": name} for name in ("alice", "bob")]
        first = Station(tmp_path / "first", clock, [node.url], watched, {"phone": Scripted("phone")}, **story.settings)
        first.run()
        told_before = [row["incident_id"] for row in first.events()]
        story.happens(first, node, chain)

        undisturbed, _ = _copy(first, tmp_path / "undisturbed")
        for _ in range(story.runs + 1):
            undisturbed.run()
        assert story.tells <= {row["kind"] for row in undisturbed.events()[len(told_before) :]}
        expected = _state(undisturbed)

        for number in count(1 + part, PARTS):
            killed, phone = _copy(first, tmp_path / f"killed-{number}")
            try:
                with killed_at_commit(number):
                    killed.run()
            except Killed:
                for _ in range(story.runs):
                    killed.run()
                assert _state(killed) == expected, f"killed at commit {number}"
                _check_what_was_heard(killed, phone, told_before)
            else:
                assert number > 5, "a run has more commits than that"
                return


def _copy(station: Station, home: Path) -> tuple[Station, Scripted]:
    shutil.copytree(station.home, home)
    phone = Scripted("phone")
    copy = Station(home, station.clock, [], channels={"phone": phone})
    copy.settings = station.settings
    copy.configure()
    shutil.copy(station.home / "delegates.json", home)
    return copy, phone


def _state(station: Station) -> dict[str, Any]:
    """All that a user could see of it, save that a run was killed."""
    columns = "id, network, target, rule, severity, opened_at, opened_level, closed_at, closed_level, close_reason"
    return {
        "observations": station.rows(
            "SELECT network, target, duty, level, round, outcome, evidence FROM observation JOIN series"
            " ON series.id = series_id ORDER BY level, target, duty, round"
        ),
        "incidents": station.rows(
            f"SELECT {columns}, reopened, missed FROM incident WHERE rule <> 'run_killed' ORDER BY id"
        ),
        "gaps": station.rows("SELECT network, from_level, to_level, reason FROM coverage_gap ORDER BY from_level"),
        "cursor": station.rows("SELECT network, level, hash, judged_level FROM cursor"),
        "targets": station.rows("SELECT target, name, since_level, removed_at FROM target ORDER BY target"),
        "events": station.rows("SELECT dedupe_key FROM event WHERE rule <> 'run_killed' ORDER BY dedupe_key"),
        "waiting": station.rows("SELECT event_id FROM delivery WHERE state = 'pending'"),
    }


def _check_what_was_heard(station: Station, phone: Scripted, told_before: list[str]) -> None:
    """Every event at least once, and at most once more for the one kill; no end before its beginning."""
    heard = [fact for message in phone.heard for fact in message.events]
    times = Counter(fact["event_id"] for fact in heard)
    sent = station.rows("SELECT event_id FROM delivery WHERE state = 'sent' ORDER BY event_id")
    for row in sent[len(told_before) :]:
        assert times[row["event_id"]] in (1, 2)
    known = set(told_before)
    for fact in heard:
        assert fact["kind"] != "resolved" or fact["incident"] in known
        known.add(fact["incident"])
