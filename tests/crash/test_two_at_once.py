"""Two processes at once: one works, the other leaves; and no lock outlives its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.database import open_database, writing
from monitor.runs import finish_run, start_run
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.crash.process import ROOT, run, start
from tests.running import Station

pytestmark = pytest.mark.crash

HOLDER = """
import sys
from pathlib import Path
from monitor.lock import RunLock
lock = RunLock(Path(sys.argv[1]))
assert lock.acquire()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def node() -> Iterator[Node]:
    plan = small_plan()
    last = Chain(plan).timestamp(10_150)
    chain = Chain(plan.moved_to(plan.genesis_time + int(time.time()) - last))
    with Node(chain, clock=Clock(time.time())) as node:
        yield node


@pytest.fixture
def station(node: Node, tmp_path: Path) -> Station:
    assert isinstance(node.clock, Clock)
    return Station(tmp_path, node.clock, [node.url], [small_plan().baker("alice").address])


@contextmanager
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the run lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home / "state.db.lock")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("known", [False, True], ids=["first run", "later run"])
def test_of_two_started_at_once_one_leaves_in_silence(node: Node, station: Station, known: bool) -> None:
    if known:
        station.run()
        station.clock.advance(60)
    with node.faults.during(faults.latency(2, count=1)):  # so that the first is still busy when the second begins
        processes = [start(station.home) for _ in range(2)]
        results = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert results == [("", "", 0), ("", "", 0)]
    assert len(station.rows("SELECT id FROM run")) == 1 + known
    assert station.incidents() == []


def test_a_holder_that_has_been_busy_for_minutes_is_named(station: Station) -> None:
    station.run()
    with holder(station.home) as process:
        _begin_run(station, process.pid, seconds_ago=320)
        result = run(station.home)
    host = station.rows("SELECT host FROM run")[0]["host"]
    assert (result.returncode, result.stdout) == (75, "")
    assert result.stderr == f"sentinel: run 2 has been running 5 min (process {process.pid} on {host})\n"


def test_a_holder_that_just_began_is_nobody_s_business(station: Station) -> None:
    station.run()
    with holder(station.home) as process:
        _begin_run(station, process.pid, seconds_ago=100)
        result = run(station.home)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_holder_that_has_not_made_its_tables_yet_is_left_alone(station: Station) -> None:
    with holder(station.home):
        result = run(station.home)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "killed"])
def test_an_old_run_is_not_taken_for_the_one_that_holds_the_lock(station: Station, ended: bool) -> None:
    station.run()
    gone = subprocess.Popen(["true"])
    gone.wait()
    _begin_run(station, os.getpid() if ended else gone.pid, seconds_ago=900, ended=ended)
    with holder(station.home):
        result = run(station.home)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_stopped_holder_keeps_the_lock_until_it_is_killed(node: Node, station: Station) -> None:
    station.run()
    node.requests.reset()
    with node.faults.during(faults.hang()):
        stopped = start(station.home)
        while node.requests.count == 0:
            time.sleep(0.01)
        stopped.send_signal(signal.SIGSTOP)
        second = run(station.home)
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
        stopped.kill()
        stopped.communicate()
    third = run(station.home)
    assert (third.returncode, third.stderr) == (0, "")
    assert third.stdout.startswith("🟡 Monitor: run 2 was killed\n")


def _begin_run(station: Station, pid: int, *, seconds_ago: int, ended: bool = False) -> None:
    at = int(time.time()) - seconds_ago
    host = station.rows("SELECT host FROM run")[0]["host"]
    with writing(open_database(f"sqlite:///{station.home}/state.db")) as connection:
        number = start_run(connection, at, host, pid)
        if ended:
            finish_run(connection, number, at + 2, "ok", {})
