"""Opening the database and its transactions. SQLite and PostgreSQL by the same code.

Every transaction is one `with writing(engine)` or `with reading(engine)`. Driver errors leave here as StateError.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from monitor.errors import SchemaError, StateError, state_error

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

BUSY_TIMEOUT_SECONDS = 5.0

_IMMEDIATE = "begin_immediate"
_FENCE = "fence"

Fence = Callable[[Connection], None]
"""Called first in every write transaction. Raises StateError where nothing may be written any more."""


def open_database(url: str, *, foreign_keys: bool = True) -> Engine:
    """An engine for `sqlite:///path`, or `postgresql+psycopg://…`. Connects to nothing yet.

    Raises:
        StateError: the URL is not one of a database we can use. The text does not repeat the URL.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            # isolation_level=None: the driver begins nothing by itself, so that a SELECT is inside our transaction.
            arguments: dict[str, Any] = {"isolation_level": None, "timeout": BUSY_TIMEOUT_SECONDS}
            engine = create_engine(parsed, connect_args=arguments, hide_parameters=True)
            event.listen(engine, "connect", _prepare_sqlite if foreign_keys else _prepare_sqlite_unchecked)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.drivername == "postgresql+psycopg":
            from monitor.postgresql import client_arguments, prepare_session

            engine = create_engine(parsed, connect_args=client_arguments(parsed), hide_parameters=True)
            event.listen(engine, "connect", prepare_session)
            return engine
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    except ImportError:
        raise SchemaError(
            "DATABASE_URL: the driver psycopg cannot be used; pip install -r requirements-postgres.txt"
        ) from None
    raise StateError("DATABASE_URL: expected sqlite:///PATH or postgresql+psycopg://…")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: committed when the block ends, rolled back when it raises.

    SQLite takes the write lock at once (BEGIN IMMEDIATE): what is read inside stays true until the commit. PostgreSQL
    is at READ COMMITTED: what is changed by what was read is read with FOR UPDATE.
    """
    with in_our_words(engine), engine.connect() as bare:
        connection = bare.execution_options(**{_IMMEDIATE: True})
        fence: Fence | None = engine.get_execution_options().get(_FENCE)
        with connection.begin():
            if fence is not None:
                fence(connection)
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One read transaction, which neither blocks the writer nor waits for it: all of it sees one moment."""
    with in_our_words(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def fenced(engine: Engine, fence: Fence) -> Engine:
    """The same database, each of whose write transactions asks `fence` first."""
    return engine.execution_options(**{_FENCE: fence})


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that has ON CONFLICT, of the dialect in use."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table)


def native(connection: Connection, statement: str) -> str:
    """SQL written with `?`, for the driver in use. For the few statements that move thousands of plain tuples."""
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")


def place(engine: Engine) -> str:
    """What to call the database when speaking to a person: the file's name, or the server's kind. Never the URL."""
    path = sqlite_path(engine)
    if path is not None:
        return path.name
    return "the database in memory" if engine.dialect.name == "sqlite" else "the PostgreSQL database"


def sqlite_path(engine: Engine) -> Path | None:
    """The file behind an SQLite engine; None for PostgreSQL and for a database in memory."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


def driver_error(engine: Engine) -> type[Exception]:
    """What everything that the engine's driver raises by itself is one of."""
    driver: Any = engine.dialect.loaded_dbapi
    kind: type[Exception] = driver.Error
    return kind


@contextmanager
def in_our_words(engine: Engine) -> Iterator[None]:
    """Turns what the driver raises inside into StateError."""
    try:
        yield
    except DBAPIError as error:
        raise state_error(error.orig, place(engine)) from None
    except driver_error(engine) as error:  # from preparing a fresh connection: SQLAlchemy passes these on as they are
        raise state_error(error, place(engine)) from None


def _prepare_sqlite_unchecked(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    try:
        _switch_to_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
    finally:
        cursor.close()


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Of two processes that switch a new file at once one is turned away without the wait of the busy timeout."""
    waited = 0.0
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited >= BUSY_TIMEOUT_SECONDS:
                raise
            time.sleep(0.02)
            waited += 0.02
        else:
            return


def _prepare_sqlite(connection: Any, record: object) -> None:
    _prepare_sqlite_unchecked(connection, record)
    connection.execute("PRAGMA foreign_keys = ON").close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
