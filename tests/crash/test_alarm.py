"""A run that hangs is ended by its own alarm, and the next one says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.crash.cut import Killed, killed_at_commit
from tests.crash.process import ROOT
from tests.running import Station

pytestmark = pytest.mark.crash


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    plan = small_plan()
    last = Chain(plan).timestamp(10_150)
    chain = Chain(plan.moved_to(plan.genesis_time + int(time.time()) - last))
    clock = Clock(time.time())
    with Node(chain, clock=clock) as node:
        station = Station(tmp_path, clock, [node.url], [plan.baker("alice").address])
        station.run()
        clock.advance(60)
        yield station


def stuck(station: Station, way: str, seconds: float) -> list[str]:
    """As a shell would start it."""
    return ["sh", "-c", f"{sys.executable} -m tests.crash.stuck {station.home} {way} {seconds}; echo $?"]


@pytest.mark.parametrize("way", ["lock", "executor", "c"])
def test_a_run_that_hangs_is_ended_by_its_alarm_wherever_it_hangs(station: Station, way: str) -> None:
    result = subprocess.run(stuck(station, way, 2), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.stdout == "hangs\n142\n"
    station.run()
    assert station.told().startswith("🟡 Monitor: run 2 was killed\n")
    station.minutes(1)
    assert station.told().startswith("✅ The monitor runs to the end again")
    assert station.open_rules() == []


def test_the_next_run_tells_when_it_was_the_alarm(station: Station) -> None:
    _killed_run(station)
    began = station.rows("SELECT started_at FROM run WHERE id = 2")[0]["started_at"]
    os.utime(station.home / "state.db.lock", (began + 54.2, began + 54.2))
    station.run()
    assert station.told().startswith("🟡 Monitor: run 2 was killed at 55 s\n")


@pytest.mark.parametrize("seconds", [-3600, 3, 40, 70, 3600])
def test_another_time_on_the_lock_says_nothing_of_an_alarm(station: Station, seconds: int) -> None:
    _killed_run(station)
    began = station.rows("SELECT started_at FROM run WHERE id = 2")[0]["started_at"]
    os.utime(station.home / "state.db.lock", (began + seconds, began + seconds))
    station.run()
    assert station.told().startswith("🟡 Monitor: run 2 was killed\n")


def test_a_monitor_killed_every_minute_is_one_incident_told_at_its_first_kill(station: Station) -> None:
    for minute in range(5):
        _killed_run(station)
        station.clock.advance(60)
        told = station.told()
        assert told.count("Monitor: run") == (minute == 1)
    station.run()
    assert station.told() == ""
    assert [row["rule"] for row in station.incidents()] == ["run_killed"]
    station.minutes(1)
    assert station.told().startswith("✅ The monitor runs to the end again")
    assert len(station.incidents("run_killed")) == 1


def test_a_run_that_ends_disarms_its_alarm(tmp_path: Path) -> None:
    script = (
        "import time; from monitor.self_kill import killed_after\n"
        "with killed_after(0.3, None): pass\n"
        "time.sleep(0.6); print('alive')"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (result.returncode, result.stdout) == (0, "alive\n")


def test_the_mark_is_set_a_second_before_the_end(tmp_path: Path) -> None:
    mark = tmp_path / "lock"
    mark.touch()
    os.utime(mark, (1_000, 1_000))
    script = (
        "import sys, threading; from pathlib import Path; from monitor.self_kill import killed_after\n"
        "with killed_after(1.5, Path(sys.argv[1])): threading.Event().wait()"
    )
    began = time.time()
    result = subprocess.run([sys.executable, "-c", script, str(mark)], cwd=ROOT, timeout=30)
    assert result.returncode == -signal.SIGALRM
    assert began <= mark.stat().st_mtime < time.time() - 0.8


def _killed_run(station: Station) -> None:
    with pytest.raises(Killed), killed_at_commit(4):  # in the middle of its reading
        station.run()
