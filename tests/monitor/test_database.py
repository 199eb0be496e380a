"""Opening, transactions and the schema's version."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from monitor import database
from monitor.database import insert, open_database, reading, writing
from monitor.errors import (
    Busy,
    Corrupt,
    ForeignSchema,
    Full,
    NewerSchema,
    NoState,
    OlderSchema,
    Refused,
    StateError,
    Unreachable,
    state_error,
)
from monitor.schema import complete_for_postgresql, metadata, run, series
from monitor.schema_version import SCHEMA_VERSION, prepare, verify
from tests.monitor.state_values import ROOT, attesting, fresh, put, rows, start_process


def _pragma(engine: Engine, name: str) -> object:
    with reading(engine) as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.parametrize(
    ("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)]
)
def test_sqlite_is_opened_to_survive_a_power_cut(tmp_path: Path, name: str, value: object) -> None:
    assert _pragma(fresh(tmp_path), name) == value


def test_a_missing_database_is_created_once_and_then_left_alone(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 2, "tz1a"))
    prepare(engine)
    assert len(rows(engine, series)) == 1
    with reading(engine) as connection:
        stored = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    assert [tuple(row) for row in stored] == [(SCHEMA_VERSION,)]


def test_two_processes_may_create_the_database_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from monitor.database import open_database; from monitor.schema_version import prepare; "
        "prepare(open_database(sys.argv[1]))"
    )
    url = f"sqlite:///{tmp_path / 'state.db'}"
    both = [subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0), (b"", 0)]
    verify(open_database(url))


@pytest.mark.parametrize("module", ["alembic", "sqlalchemy.dialects.postgresql", "sqlalchemy.orm"])
def test_preparing_a_current_database_does_not_import(tmp_path: Path, module: str) -> None:
    fresh(tmp_path)
    code = (
        "import sys; from monitor.database import *; from monitor.schema_version import *\n"
        "prepare(open_database(sys.argv[1])); print(sys.argv[2] in sys.modules)"
    )
    url = f"sqlite:///{tmp_path / 'state.db'}"
    command = [sys.executable, "-c", code, url, module]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_partial_indexes_are_partial_on_postgresql_too() -> None:
    complete_for_postgresql()
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    made = {index.name: str(CreateIndex(index).compile(dialect=postgresql.dialect())) for index in indexes}  # type: ignore[no-untyped-call]
    assert {name: sql.partition(" WHERE ")[2] for name, sql in made.items()} == {
        "observation_not_met": "outcome <> 'met'",
        "incident_one_open": "closed_at IS NULL",
        "event_of_incident": "",
        "delivery_due": "state = 'pending'",
    }


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    engine = fresh(tmp_path)

    def write_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(insert(connection, run).values(started_at=1, host="h", pid=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert rows(engine, run) == []


def test_a_reader_neither_blocks_the_writer_nor_sees_half_of_it(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with reading(engine) as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM run").scalar() == 0
        with writing(engine) as writer:
            writer.execute(insert(writer, run).values(started_at=1, host="h", pid=1))
        assert reader.exec_driver_sql("SELECT count(*) FROM run").scalar() == 0
    assert len(rows(engine, run)) == 1


def test_what_a_writer_has_read_stays_true_until_it_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.05)
    engine = fresh(tmp_path)
    with writing(engine) as first:
        first.exec_driver_sql("SELECT count(*) FROM run").scalar()
        with pytest.raises(Busy, match="locked by another process"), writing(engine):
            pass


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    code = (
        "import sys; from monitor.database import *; from monitor.schema_version import *\n"
        "with writing(open_database(sys.argv[1])) as c:\n"
        "    c.exec_driver_sql(\"INSERT INTO run (started_at, host, pid) VALUES (1, 'h', 1)\")\n"
        "    print('ready', flush=True); sys.stdin.read()"
    )
    process = start_process(code, str(engine.url))
    process.kill()
    process.wait()
    with writing(engine) as connection:
        connection.execute(insert(connection, run).values(started_at=2, host="h", pid=2))
    assert [row["pid"] for row in rows(engine, run)] == [2]


def test_older_code_on_a_newer_schema_names_the_copy(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0942'")
    (tmp_path / "state.db.before-0942").touch()
    for ask in (prepare, verify):
        with pytest.raises(NewerSchema, match=r"0942 is newer .* state\.db\.before-0942$"):
            ask(engine)


def test_a_reader_does_not_upgrade(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(OlderSchema, match=r"main\.py check"):
        verify(engine)


def test_a_reader_creates_no_file(tmp_path: Path) -> None:
    with pytest.raises(NoState, match=r"state\.db: not there yet"):
        verify(open_database(f"sqlite:///{tmp_path / 'state.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_another_programs_tables_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE delivery (parcel TEXT)")
    with pytest.raises(ForeignSchema, match="another program"):
        prepare(open_database(f"sqlite:///{path}"))
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("delivery",)]


def test_a_file_that_is_no_database_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(Corrupt, match=r"^state\.db: is not a database$"):
        prepare(open_database(f"sqlite:///{tmp_path / 'state.db'}"))


def test_a_missing_folder_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be opened"):
        prepare(open_database(f"sqlite:///{tmp_path / 'nowhere' / 'state.db'}"))


def test_a_full_disk_is_called_so_and_loses_nothing(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, "tz1a"))
    before = rows(engine, series)

    def write_too_much() -> None:
        with writing(engine) as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for number in range(1000):
                connection.execute(insert(connection, series).values(network="n" * 500, target=str(number), duty="d"))

    with pytest.raises(Full, match="disk is full"):
        write_too_much()
    assert rows(engine, series) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_called_so(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    engine.dispose()
    (tmp_path / "state.db").chmod(0o400)
    with pytest.raises(Unreachable, match="is read-only"), writing(engine) as connection:
        connection.execute(insert(connection, run).values(started_at=1, host="h", pid=1))


def test_a_broken_rule_of_the_schema_is_told_without_the_row(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    twice = "INSERT INTO series (network, target, duty) VALUES ('n', 'canary', 'd'), ('n', 'canary', 'd')"
    with pytest.raises(Refused) as told, writing(engine) as connection:
        connection.exec_driver_sql(twice)
    assert "canary" not in str(told.value)
    assert "SQLITE_CONSTRAINT_UNIQUE" in str(told.value)


@pytest.mark.parametrize(
    "url", ["canary", "mysql://u:canary@h/d", "postgresql+psycopg2://u:canary@h/d", "sqlite+canary:///x", ""]
)
def test_a_useless_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StateError, match="DATABASE_URL") as told:
        open_database(url)
    assert "canary" not in str(told.value)


class _ServerError(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("connection to host canary failed for user canary")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "words"),
    [
        ("28P01", "refused the login"),
        ("3D000", "no such database"),
        ("57P01", "ended the connection"),
        ("53100", "disk is full"),
        ("42P01", "SQLSTATE 42P01"),
        (None, "_ServerError"),
    ],
)
def test_a_servers_error_is_told_without_what_it_said(sqlstate: str | None, words: str) -> None:
    told = str(state_error(_ServerError(sqlstate), "the PostgreSQL database"))
    assert words in told
    assert "canary" not in told
