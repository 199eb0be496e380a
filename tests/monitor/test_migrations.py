"""The scripts make what schema.py says, and a killed upgrade changes nothing."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from monitor.database import open_database, sqlite_path
from monitor.errors import StateError
from monitor.migrations import SCRIPTS, upgrade
from monitor.schema import series
from monitor.schema_version import SCHEMA_VERSION, prepare
from tests.monitor.state_values import attesting, fresh, put, rows, start_process

NEXT = """
import os, signal
from alembic import op
revision, down_revision = "0999", "{head}"

def upgrade():
    op.execute("ALTER TABLE run ADD COLUMN weather TEXT")
    op.execute("UPDATE series SET target = 'changed'")
    {then}
"""


def _scripts(folder: Path, then: str) -> Path:
    """The project's migrations and one more, which changes something and then does `then`."""
    copied = Path(shutil.copytree(SCRIPTS, folder / "migrations"))
    (copied / "versions" / "r0999_next.py").write_text(NEXT.format(head=SCHEMA_VERSION, then=then))
    return copied


def _layout(path: Path) -> dict[str, str]:
    """Every table and index as SQLite keeps its text, spelled one way."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"[\s\"]*([(),]?)[\s\"]*", r"\1", sql) for name, sql in found}


def test_the_known_version_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]


def test_the_scripts_make_what_the_schema_says(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "schema").mkdir()
    migrated = open_database(f"sqlite:///{tmp_path / 'scripts' / 'state.db'}")
    upgrade(migrated, SCHEMA_VERSION)
    fresh(tmp_path / "schema")
    made, wanted = (_layout(tmp_path / kind / "state.db") for kind in ("scripts", "schema"))
    assert made == wanted
    prepare(migrated)


def test_an_upgrade_keeps_a_copy_from_before(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 3, "tz1a"))
    upgrade(engine, "0999", _scripts(tmp_path, "pass"))
    assert [row["target"] for row in rows(engine, series)] == ["changed"]
    copy = open_database(f"sqlite:///{tmp_path / 'state.db.before-0999'}")
    prepare(copy)
    assert [row["target"] for row in rows(copy, series)] == ["tz1a"]
    assert not list(tmp_path.glob("*.partial"))


def test_a_failing_upgrade_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 3, "tz1a"))
    before = _layout(tmp_path / "state.db")
    with pytest.raises(ZeroDivisionError):
        upgrade(engine, "0999", _scripts(tmp_path, "1 / 0"))
    assert _layout(tmp_path / "state.db") == before
    assert [row["target"] for row in rows(engine, series)] == ["tz1a"]
    prepare(engine)


@pytest.mark.crash
def test_a_killed_upgrade_leaves_the_state_as_it_was_and_can_be_done_again(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 3, "tz1a"))
    engine.dispose()
    before = _layout(tmp_path / "state.db")
    scripts = _scripts(tmp_path, "print('ready', flush=True); os.kill(os.getpid(), signal.SIGKILL)")
    code = (
        "import sys; from pathlib import Path\n"
        "from monitor.database import open_database; from monitor.migrations import upgrade\n"
        "upgrade(open_database(sys.argv[1]), '0999', Path(sys.argv[2]))"
    )
    process = start_process(code, str(engine.url), str(scripts))
    assert process.wait() == -9
    assert _layout(tmp_path / "state.db") == before
    assert [row["target"] for row in rows(engine, series)] == ["tz1a"]
    shutil.rmtree(scripts)
    upgrade(engine, "0999", _scripts(tmp_path, "pass"))
    assert [row["target"] for row in rows(engine, series)] == ["changed"]


def test_a_version_nobody_knows_is_told_in_one_line(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    path = sqlite_path(engine)
    assert path is not None
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StateError, match=rf"^state\.db: no way from the stored schema to {SCHEMA_VERSION}$"):
        prepare(engine)


def test_an_upgrade_that_would_leave_loose_references_is_undone(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 3, "tz1a"))
    loose = "op.execute(\"INSERT INTO observation VALUES (9, 77, 0, 'met', NULL)\")"
    with pytest.raises(StateError, match="loose references"):
        upgrade(engine, "0999", _scripts(tmp_path, loose))
    assert [row["target"] for row in rows(engine, series)] == ["tz1a"]
