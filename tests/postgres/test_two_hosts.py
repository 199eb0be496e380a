"""Two hosts with the same crontab and one database: each right is judged once, and either may die at any moment."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alerting.channels.interface import Limits, Receipt
from monitor.check import Surroundings, check
from monitor.model import Message
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.alerting.stage import Scripted
from tests.crash.process import start
from tests.postgres.server import PASSWORD, Server
from tests.postgres.test_lock import cut
from tests.running import RunClock, Station

pytestmark = pytest.mark.crash

FIRST_HEAD, LAST_HEAD = 10_150, 10_290
PLAN = small_plan(seed=5).outage("alice", 10_160, 10_200).outage("bob", 10_170, 10_215).outage("carol", 10_230)
WATCHED = [{"address": PLAN.baker(name).address, "name": name} for name in ("alice", "bob", "carol")]
LOST = "cannot record: the PostgreSQL database: the run lock was lost, and another run may have begun; this one ends"


class OneByOne(Scripted):
    """A message per event."""

    limits = Limits(units=3500, events=1)


@dataclass(frozen=True, slots=True)
class World:
    chain: Chain
    clock: Clock
    node: Node

    def host(self, home: Path, url: str, channel: Scripted | None = None) -> Station:
        channels = {channel.name: channel} if channel else None
        more = {"DATABASE_URL": url, "ALERT_INACTIVE_STATE_THRESHOLD": 100_000}
        return Station(home, self.clock, [self.node.url], WATCHED, channels, **more)

    def goes_on(self, part: float = 1.0) -> None:
        """So much of the way to its last head."""
        self.clock.set(self.chain.timestamp(FIRST_HEAD + int((LAST_HEAD - FIRST_HEAD) * part)))


@pytest.fixture
def world() -> Iterator[World]:
    """Its last head is as old as the wall clock wants it."""
    plan = PLAN.moved_to(PLAN.genesis_time + int(time.time()) - Chain(PLAN).timestamp(LAST_HEAD))
    chain = Chain(plan)
    clock = Clock(chain.timestamp(FIRST_HEAD))
    with Node(chain, clock=clock, latency=0.002) as node:
        yield World(chain, clock, node)


def facts(station: Station) -> dict[str, Any]:
    """What comes from the chain, and so must not depend on who read it, or when."""
    columns = "id, target, rule, severity, opened_at, opened_level, closed_at, closed_level, close_reason, missed"
    duties = "('missed_attestation', 'missed_baking')"
    return {
        "observations": station.rows(
            "SELECT target, duty, level, round, outcome FROM observation JOIN series ON series.id = series_id"
            " ORDER BY level, target, duty, round"
        ),
        "incidents": station.rows(f"SELECT {columns}, reopened FROM incident WHERE rule IN {duties} ORDER BY id"),
        # A beginning and an end told in one depend on when the beginning was to be sent.
        "told": station.rows(
            f"SELECT dedupe_key FROM event WHERE rule IN {duties} AND kind <> 'missed-incident' ORDER BY dedupe_key"
        ),
        "cursor": station.rows("SELECT level, hash, judged_level FROM cursor"),
    }


def test_two_processes_at_once_judge_and_tell_everything_once(tmp_path: Path, world: World, database_url: str) -> None:
    hosts = [world.host(tmp_path / name, database_url) for name in ("here", "there")]
    alone = world.host(tmp_path / "alone", f"sqlite:///{tmp_path / 'alone.db'}")
    said: list[str] = []
    left = 0
    for part in (0.3, 0.6, 1.0):
        world.goes_on(part)
        processes = [start(one.home, "--json") for one in hosts]
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert (process.returncode, err) == (0, "")
            said.append(out)
            left += json.loads(out)["note"] == "another run is under way"
        alone.run()
    assert left >= 1
    assert facts(hosts[0]) == facts(alone)
    assert len(facts(alone)["incidents"]) >= 3
    events = Counter(event["event_id"] for out in said for event in json.loads(out)["events"])
    assert set(events.values()) == {1}
    assert PASSWORD not in "".join(said)


def test_a_host_that_dies_at_any_moment_is_followed_by_the_other(
    tmp_path: Path, world: World, database_url: str
) -> None:
    here, there = (world.host(tmp_path / name, database_url) for name in ("here", "there"))
    alone = world.host(tmp_path / "alone", f"sqlite:///{tmp_path / 'alone.db'}")
    for one in (there, alone):
        one.run()
    killed = 0
    for step in range(4):
        world.goes_on((step + 1) / 4)
        world.node.requests.reset()
        process = start(here.home)
        # By what the node was asked and not by time, so that a fast machine kills as many as a slow one.
        while world.node.requests.count < 4 + 9 * step and process.poll() is None:
            time.sleep(0.002)
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed >= 2
    deadline = time.monotonic() + 20
    while there.run().note is not None and time.monotonic() < deadline:
        time.sleep(0.1)  # the server has not noticed yet
    assert there.reports[-1].problems == []
    alone.run()
    assert facts(there) == facts(alone)


def test_a_run_that_loses_its_lock_sends_nothing_more_and_says_so(
    tmp_path: Path, world: World, database_url: str, postgres_server: Server
) -> None:
    phone = OneByOne("phone")

    def taken_as_the_lock_goes(message: Message) -> Receipt:
        cut(postgres_server)
        return Receipt("ok")

    station = world.host(tmp_path, database_url, phone)
    station.run()
    world.goes_on()
    phone.heard.clear()
    phone.script = [taken_as_the_lock_goes]
    report = station.run()
    assert len(phone.heard) == 1
    assert report.exit_code == 1
    assert [problem[: len(LOST)] for problem in report.problems] == [LOST]

    assert station.run().problems == []
    assert station.rows("SELECT outcome FROM run ORDER BY id") == [
        {"outcome": "ok"},
        {"outcome": "error"},
        {"outcome": "ok"},
    ]
    assert station.rows("SELECT event_id FROM delivery WHERE state = 'pending'") == []
    times = Counter(fact["event_id"] for message in phone.heard for fact in message.events)
    assert len(times) >= 3
    assert sum(times.values()) == len(times) + 1  # the first message, whose receipt nobody wrote down


def test_a_run_that_loses_its_lock_judges_nothing_more(
    tmp_path: Path, world: World, database_url: str, postgres_server: Server
) -> None:
    station = world.host(tmp_path / "one", database_url, OneByOne("phone"))
    alone = world.host(tmp_path / "alone", f"sqlite:///{tmp_path / 'alone.db'}")
    world.goes_on()
    alone.run()
    seen: list[int] = []

    def progress(network: str, level: int, final: int) -> None:
        seen.append(level)
        cut(postgres_server)

    clock = RunClock(station.clock)
    report = check(station.configuration, Surroundings(clock, {"phone": OneByOne("phone")}, progress))
    assert report.problems[0].startswith(LOST)
    assert [station.cursor()] == seen[-1:]
    assert len(seen) == 1
    assert station.run().problems == []
    assert facts(station) == facts(alone)


def test_a_database_that_goes_away_in_the_middle_is_told_in_a_line(
    tmp_path: Path, world: World, database_url: str, postgres_server: Server
) -> None:
    phone = OneByOne("phone")

    def taken_as_everything_goes(message: Message) -> Receipt:
        postgres_server.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
        return Receipt("ok")

    station = world.host(tmp_path, database_url, phone)
    phone.script = [taken_as_everything_goes]
    world.goes_on()
    report = station.run()
    assert report.exit_code == 1
    assert report.problems == [
        "cannot record: the PostgreSQL database: the server is shutting down or ended the connection"
    ]
    assert station.run().problems == []
    assert station.rows("SELECT event_id FROM delivery WHERE state = 'pending'") == []
