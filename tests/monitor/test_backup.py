"""A copy is whole or not there."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from monitor.backup import back_up
from monitor.commands.backup import run_backup
from monitor.config.configuration import Configuration, load
from monitor.database import reading, writing
from monitor.errors import StateError
from monitor.schema import run
from monitor.schema_version import verify
from tests.monitor.state_values import fresh


def configured(home: Path, **settings: str) -> Configuration:
    (home / "delegates.json").write_text('["tz1aSkwEot3L2kmUvcoxzjMomb9mvBNuzFK6"]')
    values = {"RPC_URL": "http://127.0.0.1:1", **settings}
    (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return load(home / ".env", {}, home)


def runs(path: Path) -> int:
    with closing(sqlite3.connect(path)) as copy:
        return int(copy.execute("SELECT count(*) FROM run").fetchone()[0])


def test_a_copy_holds_what_was_committed_also_what_is_still_in_the_wal(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        connection.execute(run.insert().values(started_at=1, host="bkr1", pid=1))
    with reading(engine):  # keeps the -wal file from being folded in
        assert back_up(tmp_path / "state.db", tmp_path / "copy.db") > 0
    assert runs(tmp_path / "copy.db") == 1
    assert not list(tmp_path.glob("copy.db-*"))
    assert not list(tmp_path.glob("*.partial"))


def test_a_copy_can_be_opened_as_a_state(tmp_path: Path) -> None:
    fresh(tmp_path).dispose()
    (tmp_path / "other").mkdir()
    back_up(tmp_path / "state.db", tmp_path / "other" / "state.db")
    verify(fresh(tmp_path / "other"))


def test_only_its_owner_can_read_a_copy(tmp_path: Path) -> None:
    fresh(tmp_path).dispose()
    back_up(tmp_path / "state.db", tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


def test_it_is_taken_while_others_write(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with writing(engine) as connection:
                for _ in range(2):  # two or none
                    connection.execute(run.insert().values(started_at=number, host="bkr1", pid=1))
            stop.wait(0.005)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            back_up(tmp_path / "state.db", tmp_path / f"copy{number}.db")
            assert runs(tmp_path / f"copy{number}.db") % 2 == 0
    finally:
        stop.set()
        thread.join()


def test_a_damaged_state_does_not_replace_a_good_copy(tmp_path: Path) -> None:
    fresh(tmp_path).dispose()
    copy = tmp_path / "copy.db"
    back_up(tmp_path / "state.db", copy)
    good = copy.read_bytes()
    (tmp_path / "state.db").write_bytes(b"this is no database at all" * 1000)
    with pytest.raises(StateError):
        back_up(tmp_path / "state.db", copy)
    assert copy.read_bytes() == good
    assert not list(tmp_path.glob("*.partial"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    fresh(tmp_path).dispose()
    with pytest.raises(StateError, match="No such file or directory"):
        back_up(tmp_path / "state.db", tmp_path / "nowhere" / "copy.db")


def test_a_file_that_is_there_is_replaced_only_if_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fresh(tmp_path).dispose()
    configuration, copy = configured(tmp_path), tmp_path / "copy.db"
    copy.write_text("mine")
    assert run_backup(configuration, copy, False) == 2
    assert "--force" in capsys.readouterr().err
    assert copy.read_text() == "mine"
    assert run_backup(configuration, copy, True) == 0
    assert runs(copy) == 0
    assert "--takeover" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["state.db", "."])
def test_the_state_itself_and_folders_are_never_replaced(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh(tmp_path).dispose()
    assert run_backup(configured(tmp_path), tmp_path / name, True) == 2
    assert "name another file" in capsys.readouterr().err
    verify(fresh(tmp_path))
