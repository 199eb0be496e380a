"""One run at a time, and no lock survives its process."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.database import open_database
from monitor.errors import StateError, Unreachable
from monitor.lock import RunLock, lock_of
from tests.monitor.state_values import start_process

HOLDER = """
import sys
from pathlib import Path
from monitor.lock import RunLock
lock = RunLock(Path(sys.argv[1]))
assert lock.acquire()
print("ready", flush=True)
sys.stdin.read()
"""


def test_the_second_run_leaves_while_the_first_lasts(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path / "lock"), RunLock(tmp_path / "lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_taking_it_twice_is_taking_it_once(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "lock")
    assert lock.acquire()
    assert lock.acquire()
    lock.release()
    assert RunLock(tmp_path / "lock").acquire()


def test_the_kernel_frees_the_lock_of_a_killed_run(tmp_path: Path) -> None:
    path = tmp_path / "state.db.lock"
    process = start_process(HOLDER, str(path))
    lock = RunLock(path)
    assert not lock.acquire()
    process.kill()
    process.wait()
    assert lock.acquire()
    lock.release()


def test_a_lock_whose_file_was_removed_is_no_longer_held(tmp_path: Path) -> None:
    lock = RunLock(tmp_path / "lock")
    assert not lock.held()
    assert lock.acquire()
    assert lock.held()
    (tmp_path / "lock").unlink()
    assert not lock.held()
    assert lock.acquire()
    assert lock.held()
    lock.release()
    assert not lock.held()


def test_leaving_the_block_gives_it_back(tmp_path: Path) -> None:
    with RunLock(tmp_path / "lock") as lock:
        assert lock.acquire()
    assert RunLock(tmp_path / "lock").acquire()


def test_the_lock_lies_beside_the_database(tmp_path: Path) -> None:
    lock = lock_of(open_database(f"sqlite:///{tmp_path / 'state.db'}"))
    assert lock.acquire()
    assert [path.name for path in tmp_path.iterdir()] == ["state.db.lock"]
    lock.release()


def test_a_missing_folder_is_told_by_the_files_name(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"^lock: cannot be opened \(No such file or directory\)$"):
        RunLock(tmp_path / "nowhere" / "lock").acquire()


def test_a_database_in_memory_has_no_lock() -> None:
    with pytest.raises(StateError, match="in memory"):
        lock_of(open_database("sqlite://"))
