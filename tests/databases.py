"""Where a test keeps its state: in an SQLite file of its folder, or on PostgreSQL for those that run on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.database import open_database
from monitor.schema_version import prepare
from tests.postgres.server import Server

_templates: dict[Server, str] = {}


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"


_place: Callable[[Path], str] = _sqlite


def url_in(folder: Path) -> str:
    """The database that belongs to a folder; the same one whenever it is asked."""
    return _place(folder)


def on_postgresql() -> bool:
    return _place is not _sqlite


@contextmanager
def kept_on(server: Server) -> Iterator[None]:
    """Inside, every folder's database is one on the server; they are dropped at the end."""
    global _place
    made: dict[Path, str] = {}

    def place(folder: Path) -> str:
        if folder not in made:
            made[folder] = server.create(template=_with_tables(server))
        return server.url(made[folder])

    _place = place
    try:
        yield
    finally:
        _place = _sqlite
        for name in made.values():
            server.drop(name)


def _with_tables(server: Server) -> str:
    """A database to be copied, since that is a quarter of the work of making the tables anew."""
    if server not in _templates:
        name = server.create()
        engine = open_database(server.url(name))
        prepare(engine)
        engine.dispose()
        _templates[server] = name
    return _templates[server]
