"""A database that cannot be written, or read, or believed: one line, the right exit code, and nothing lost."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import monitor.database
from alerting.errors import NotSent
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.alerting.stage import Scripted
from tests.crash.process import command, environment, run
from tests.running import Station

pytestmark = pytest.mark.crash

PLAN = small_plan(seed=7).outage("alice", 10_155, 10_175).outage("bob", 10_190)
FIRST_HEAD = 10_150


class Place:
    """A node, two installations that watch it, and what time it is for the node and for them."""

    def __init__(self, folder: Path, node: Node, chain: Chain) -> None:
        self.node, self.chain = node, chain
        self.time = Clock(chain.timestamp(FIRST_HEAD))
        self.station = self._station(folder / "troubled")
        self.undisturbed = self._station(folder / "undisturbed")

    def _station(self, home: Path) -> Station:
        watched = [{"address": PLAN.baker(name).address, "name": name} for name in ("alice", "bob")]
        settings = {"ALERT_INACTIVE_STATE_THRESHOLD": 10_000_000, "BLOCK_SLIDING_WINDOW_SIZE": 20}
        return Station(home, self.time, [self.node.url], watched, **settings)  # type: ignore[arg-type]

    def pass_minutes(self, count: int) -> None:
        for clock in (self.time, self.node.clock):
            assert isinstance(clock, Clock)
            clock.advance(60 * count)

    def check_that_nothing_was_lost(self) -> None:
        """A minute later, when nothing is wrong any more."""
        self.pass_minutes(1)
        for station in (self.station, self.undisturbed):
            assert station.run().exit_code == 0
        assert facts(self.station) == facts(self.undisturbed)
        assert facts(self.station)["events"]
        assert self.station.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def facts(station: Station) -> dict[str, Any]:
    """What comes from the chain alone."""
    rules = "('missed_attestation', 'missed_baking')"
    return {
        "observations": station.rows(
            "SELECT target, duty, level, round, outcome FROM observation JOIN series ON series.id = series_id"
            " ORDER BY level, target, duty, round"
        ),
        "incidents": station.rows(
            f"SELECT id, rule, opened_at, closed_at FROM incident WHERE rule IN {rules} ORDER BY id"
        ),
        "events": station.rows(
            f"SELECT dedupe_key FROM event WHERE rule IN {rules} AND kind NOT IN ('missed-incident', 'reminder')"
            " ORDER BY dedupe_key"
        ),
        "waiting": station.rows("SELECT event_id FROM delivery WHERE state = 'pending'"),
    }


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    # The processes follow the real clock, which is where the node's ends up.
    first_head_at = int(time.time()) - 480
    chain = Chain(PLAN.moved_to(PLAN.genesis_time + first_head_at - Chain(PLAN).timestamp(FIRST_HEAD)))
    with Node(chain, clock=Clock(first_head_at)) as node:
        place = Place(tmp_path, node, chain)
        for station in (place.station, place.undisturbed):
            station.run()
        place.pass_minutes(8)
        yield place


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another process's transaction, for as long as it likes."""
    with closing(sqlite3.connect(home / "state.db", isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


# Locked -----------------------------------------------------------------------------------------------------------


def test_a_database_locked_for_longer_than_a_run_waits_is_one_line(place: Place) -> None:
    with locked(place.station.home):
        result = run(place.station.home)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "sentinel: cannot record: state.db: locked by another process\n"
    place.check_that_nothing_was_lost()


def test_a_database_locked_for_less_is_waited_for(place: Place) -> None:
    with closing(
        sqlite3.connect(place.station.home / "state.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(1.0, other.execute, args=("ROLLBACK",)).start()
        place.check_that_nothing_was_lost()


@pytest.mark.parametrize("requests", [1, 20, 60])
def test_a_lock_in_the_middle_of_a_run_ends_it_and_the_next_one_goes_on(
    requests: int, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor.database, "BUSY_TIMEOUT_SECONDS", 0.2)
    ended = threading.Event()

    def lock_later() -> None:
        while place.node.requests.count < requests and not ended.wait(0.001):
            pass
        with locked(place.station.home):
            ended.wait(30)

    place.node.requests.reset()
    place.node.latency = 0.01
    thread = threading.Thread(target=lock_later)
    thread.start()
    report = place.station.run()
    ended.set()
    thread.join()
    assert (report.exit_code, report.problems) == (1, ["cannot record: state.db: locked by another process"])
    place.check_that_nothing_was_lost()


# Full -------------------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_grow_is_one_line(place: Place) -> None:
    largest = (place.station.home / "state.db").stat().st_size + 8192

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    result = subprocess.run(
        command(place.station.home), env=environment(), preexec_fn=limit, capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("sentinel: cannot record: state.db: ")
    assert result.stderr.count("\n") == 1
    place.check_that_nothing_was_lost()


def test_a_full_disk_is_one_line(place: Place, tmp_path: Path) -> None:
    disk, outside = tmp_path / "disk", place.station.home
    disk.mkdir()
    size = sum(path.stat().st_size for path in outside.iterdir()) + 40_000
    check = " ".join(command(disk))
    script = (
        f"mount -t tmpfs -o size={size} tmpfs {disk} || exit 77\n"
        f"cp {outside}/.env {outside}/* {disk}; {check}; echo exit $?; {check}; echo exit $?\n"
        f"mount -o remount,size=64m {disk}; {check} >/dev/null; echo exit $?; cp {disk}/state.db* {outside}"
    )
    private = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare to mount a small disk with")
    result = subprocess.run(
        [*private, "sh", "-c", script], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    if result.returncode == 77 or "unshare" in result.stderr:
        pytest.skip("a small disk may not be mounted here")
    assert result.stdout == "exit 1\nexit 1\nexit 0\n"
    assert result.stderr == "sentinel: cannot record: state.db: cannot grow: the disk is full\n" * 2
    place.check_that_nothing_was_lost()


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--verbose"]], ids=["plain", "json", "verbose"])
def test_an_output_that_is_full_keeps_what_was_not_told(arguments: list[str], place: Place) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            command(place.station.home, *arguments), env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert result.returncode == 0
    assert b"Exception" not in result.stderr
    assert place.station.rows("SELECT event_id FROM delivery WHERE state = 'pending'")
    place.pass_minutes(2)
    place.check_that_nothing_was_lost()
    assert "alice" in place.station.told()


# Damaged ----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_one_line_and_left_as_it_is(place: Place) -> None:
    file = place.station.home / "state.db"
    for rest in place.station.home.glob("state.db-*"):
        rest.unlink()
    file.write_bytes(b"this is a text file\n" * 500)
    before = file.read_bytes()
    result = run(place.station.home)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "sentinel: cannot record: state.db: is not a database\n"
    assert file.read_bytes() == before


def test_a_damaged_database_is_one_line(place: Place) -> None:
    _checkpoint(place.station.home)
    file = place.station.home / "state.db"
    content = bytearray(file.read_bytes())
    for start in range(4096 * 2, len(content) - 4096, 4096):
        content[start : start + 200] = b"\xff" * 200
    file.write_bytes(content)
    result = run(place.station.home)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "sentinel: cannot record: state.db: is damaged\n"


@pytest.mark.parametrize(("name", "said"), [("nowhere/state.db", "cannot be opened"), ("folder", "cannot be opened")])
def test_a_place_where_no_database_can_be_is_one_line(name: str, said: str, place: Place) -> None:
    (place.station.home / "folder").mkdir()
    place.station.configure(DATABASE_URL=f"sqlite:///{name}")
    result = run(place.station.home)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("sentinel: cannot record: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


# A clock that jumped ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-3600, -86_400, -400 * 86_400, 86_400])
def test_a_clock_that_jumped_loses_nothing_and_holds_nothing_up(seconds: int, place: Place) -> None:
    phone = Scripted("phone")
    phone.script = [NotSent("no connection")]
    place.station.channels = {"phone": phone}
    assert place.station.run().exit_code == 0
    assert place.station.rows("SELECT event_id FROM delivery WHERE state = 'pending'")

    place.time.advance(seconds)
    place.pass_minutes(1)
    assert place.station.run().exit_code == 0
    assert phone.heard, "what waited for its next attempt is not held up until the old time comes again"
    place.pass_minutes(1)
    assert place.station.run().exit_code == 0
    place.time.advance(-seconds)
    place.pass_minutes(1)
    assert place.station.run().exit_code == 0
    assert set(place.station.open_rules()) <= {"missed_attestation", "missed_baking", "attestation_reward"}
    place.check_that_nothing_was_lost()


def _checkpoint(home: Path) -> None:
    with closing(sqlite3.connect(home / "state.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
