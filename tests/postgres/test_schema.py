"""The tables, their upgrades and the text they hold, where the server is PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.database import open_database, reading, writing
from monitor.errors import ForeignSchema, NewerSchema, NoState, OlderSchema, SchemaError, StateError, Unreachable
from monitor.migrations import SCRIPTS, upgrade
from monitor.schema import metadata, series
from monitor.schema_version import SCHEMA_VERSION, prepare, verify
from tests.monitor.state_values import ALICE, address, attesting, put, rows, start_process
from tests.monitor.test_migrations import NEXT
from tests.postgres.server import Server
from tests.postgres.test_lock import within


def _scripts(folder: Path, then: str) -> Path:
    copied = Path(shutil.copytree(SCRIPTS, folder / "migrations"))
    (copied / "versions" / "r0999_next.py").write_text(NEXT.format(head=SCHEMA_VERSION, then=then))
    return copied


def _layout(engine: Engine) -> list[tuple[object, ...]]:
    """Every column, constraint and index as the server describes it."""
    found: list[tuple[object, ...]] = []
    with reading(engine) as connection:
        for query in (
            "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace",
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        ):
            found += [tuple(row) for row in connection.exec_driver_sql(query)]
    return sorted(found, key=str)


def _upgraded(engine: Engine) -> bool:
    columns = [row[1] for row in _layout(engine) if row[0] == "run"]
    return "weather" in columns


def test_the_scripts_make_what_the_schema_says(engine: Engine, postgres_server: Server) -> None:
    upgrade(engine, SCHEMA_VERSION)
    name = postgres_server.create()
    other = open_database(postgres_server.url(name))
    prepare(other)
    made, wanted = _layout(engine), _layout(other)
    assert made == wanted
    assert len({row[0] for row in wanted}) == len(metadata.tables) + 1
    partial = [row for row in wanted if "WHERE" in str(row[-1])]
    assert [row[1] for row in partial] == ["delivery_due", "incident_one_open", "observation_not_met"]
    prepare(engine)
    other.dispose()
    postgres_server.drop(name)


def test_an_upgrade_keeps_what_is_stored(engine: Engine, tmp_path: Path) -> None:
    prepare(engine)
    put(engine, attesting(1, 3, ALICE))
    upgrade(engine, "0999", _scripts(tmp_path, "pass"))
    assert [row["target"] for row in rows(engine, series)] == ["changed"]
    assert _upgraded(engine)
    with pytest.raises(NewerSchema, match=r"^the PostgreSQL database: schema 0999 is newer than this program"):
        prepare(engine)


def test_a_failing_upgrade_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    prepare(engine)
    put(engine, attesting(1, 3, ALICE))
    before = _layout(engine)
    with pytest.raises(StateError, match="42P01"):
        upgrade(engine, "0999", _scripts(tmp_path, "op.execute('DROP TABLE nowhere')"))
    assert _layout(engine) == before
    assert [row["target"] for row in rows(engine, series)] == [ALICE]
    prepare(engine)


@pytest.mark.crash
def test_a_killed_upgrade_changes_nothing_and_can_be_done_again(engine: Engine, tmp_path: Path) -> None:
    prepare(engine)
    put(engine, attesting(1, 3, ALICE))
    before = _layout(engine)
    scripts = _scripts(tmp_path, "print('ready', flush=True); os.kill(os.getpid(), signal.SIGKILL)")
    code = (
        "import sys; from pathlib import Path\n"
        "from monitor.database import open_database; from monitor.migrations import upgrade\n"
        "upgrade(open_database(sys.argv[1]), '0999', Path(sys.argv[2]))"
    )
    assert start_process(code, address(engine), str(scripts)).wait() == -9
    assert within(5, lambda: _layout(engine) == before)
    assert [row["target"] for row in rows(engine, series)] == [ALICE]
    shutil.rmtree(scripts)
    upgrade(engine, "0999", _scripts(tmp_path, "pass"))
    assert _upgraded(engine)


def test_commands_say_what_is_not_there_or_not_theirs(engine: Engine) -> None:
    with pytest.raises(NoState, match="holds nothing yet"):
        verify(engine)
    prepare(engine)
    verify(engine)
    for version, error in (("0000", OlderSchema), ("0942", NewerSchema)):
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (version,))
        with pytest.raises(error):
            verify(engine)


def test_the_tables_of_another_program_are_left_alone_whatever_language_the_server_speaks(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE delivery (id INT)")
    with pytest.raises(ForeignSchema, match="already holds tables of another program"):
        prepare(engine)
    with reading(engine) as connection:
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert tables.scalars().all() == ["delivery"]


def test_a_database_that_holds_no_unicode_is_refused_before_anything_is_made(postgres_server: Server) -> None:
    name = postgres_server.create(encoding="LATIN1")
    engine = open_database(postgres_server.url(name))
    with pytest.raises(SchemaError, match="holds no text but LATIN1; create it with ENCODING 'UTF8'"):
        prepare(engine)
    engine.dispose()
    postgres_server.drop(name)


def test_a_user_that_may_make_no_tables_is_told_so(engine: Engine, postgres_server: Server) -> None:
    postgres_server.run("CREATE USER guest PASSWORD 'guest'")
    guest = open_database(str(engine.url.set(username="guest", password="guest").render_as_string(False)))
    with pytest.raises(Unreachable, match=r"permission denied \(its user must own the database\)$"):
        prepare(guest)
    guest.dispose()
