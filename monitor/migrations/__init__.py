"""Schema changes. Imported only when the stored version is behind: Alembic costs more than a run with nothing new.

A change of monitor/schema.py needs, in one commit: the next file in versions/ (four digits, counted up), and
SCHEMA_VERSION in monitor/schema_version.py. Tests hold the three to each other.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine

from monitor.database import open_database, place, sqlite_path, writing
from monitor.errors import StateError, state_error

SCRIPTS = Path(__file__).parent


def upgrade(engine: Engine, revision: str, scripts: Path = SCRIPTS) -> None:
    """Copy an SQLite file, then run every outstanding migration up to `revision` in ONE transaction.

    Killed or failing at any instruction, the database is as it was before.

    Raises:
        StateError: the copy or a migration failed.
    """
    path = sqlite_path(engine)
    if path is not None:
        _copy(path, path.with_name(f"{path.name}.before-{revision}"))
    # Foreign keys off: SQLite changes a column by building the table anew and dropping the old one.
    unchecked = open_database(engine.url.render_as_string(hide_password=False), foreign_keys=False)
    try:
        with writing(unchecked) as connection:
            config = Config()
            config.set_main_option("script_location", str(scripts).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if path is not None and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StateError(f"{place(engine)}: the upgrade to schema {revision} would leave loose references")
    except CommandError:
        raise StateError(f"{place(engine)}: no way from the stored schema to {revision}") from None
    finally:
        unchecked.dispose()


def _copy(source: Path, copy: Path) -> None:
    """A whole copy or none: through SQLite, since part of the state may still be in the -wal file."""
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(partial)) as writer:
            reader.backup(writer)
        partial.replace(copy)
    except sqlite3.Error as error:
        raise state_error(error, f"copying {source.name} before the upgrade") from None
    except OSError as error:
        raise StateError(f"copying {source.name} before the upgrade: {error.strerror}") from None
