"""Which schema the database holds: made where there is none, brought up to date where it is an older program's."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from monitor.database import place, reading, sqlite_path, writing
from monitor.errors import ForeignSchema, NewerSchema, NoState, OlderSchema, SchemaError
from monitor.schema import complete_for_postgresql, metadata

SCHEMA_VERSION = "0002"
"""Head of monitor/migrations, known without importing Alembic. Revisions are four digits, counted up."""

DUPLICATE_TABLE = "42P07"
"""SQLSTATE; what the server says about it is in its own language."""


def prepare(engine: Engine) -> None:
    """Create a missing database, upgrade an older one. To be called under the run lock, by `check` and `init` only.

    One SELECT when there is nothing to do. An older SQLite file is copied to `<file>.before-<revision>` first.

    Raises:
        NewerSchema: written by a newer program. ForeignSchema: the tables are another program's.
        StateError: cannot be opened, written or upgraded. The database is then as it was.
    """
    with reading(engine) as connection:
        version = _stored_version(connection)
    if version is None:
        with writing(engine) as connection:
            version = _stored_version(connection)  # another process may have been quicker
            if version is None:
                _create(connection, engine)
                return
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise _newer(engine, version)
    from monitor.migrations import upgrade  # imports Alembic

    upgrade(engine, SCHEMA_VERSION)


def verify(engine: Engine) -> None:
    """For commands that only read or annotate: the schema must be there and be ours. Creates and changes nothing.

    Raises:
        NoState, OlderSchema, NewerSchema: naming what to do. StateError: cannot be opened.
    """
    path = sqlite_path(engine)
    if path is not None and not path.exists():
        raise NoState(f"{place(engine)}: not there yet; `main.py check` creates it on its first run")
    with reading(engine) as connection:
        version = _stored_version(connection)
    if version is None:
        raise NoState(f"{place(engine)}: holds nothing yet; `main.py check` fills it on its first run")
    if version > SCHEMA_VERSION:
        raise _newer(engine, version)
    if version < SCHEMA_VERSION:
        raise OlderSchema(f"{place(engine)}: schema {version} is older than this program; `main.py check` upgrades it")


def _stored_version(connection: Connection) -> str | None:
    if connection.dialect.name == "sqlite":
        known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    else:
        known = "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
    if connection.exec_driver_sql(known).first() is None:
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _create(connection: Connection, engine: Engine) -> None:
    if connection.dialect.name == "postgresql":
        complete_for_postgresql()
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise SchemaError(f"{place(engine)}: holds no text but {encoding}; create it with ENCODING 'UTF8'")
    try:
        # No checkfirst: a table that is already there is not ours, whatever it is called.
        metadata.create_all(connection, checkfirst=False)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == DUPLICATE_TABLE or "already exists" in str(error.orig):
            raise ForeignSchema(
                f"{place(engine)}: already holds tables of another program; set DATABASE_URL to a new database"
            ) from None
        raise
    # As Alembic makes it, so that a later upgrade finds what it expects.
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": SCHEMA_VERSION})


def _newer(engine: Engine, version: str) -> NewerSchema:
    advice = "use the newer program again"
    path = sqlite_path(engine)
    if path is not None:
        copies = sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda copy: copy.stat().st_mtime)
        copies = [copy for copy in copies if not copy.name.endswith(".partial")]
        if copies:
            advice += f", or the copy from before the upgrade: {copies[-1].name}"
    return NewerSchema(f"{place(engine)}: schema {version} is newer than this program ({SCHEMA_VERSION}); {advice}")
