"""Where DATABASE_URL points to, with a relative SQLite file taken from the configuration's folder."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from monitor.config.fault import fault

REQUIREMENTS = Path(__file__).parents[2] / "requirements-postgres.txt"
_EXAMPLES = "sqlite:///state.db or postgresql+psycopg://user:password@host/name"


def resolve_database_url(url: str, home: Path) -> str:
    """`url` with an absolute path if it is SQLite's. Faults never repeat the URL: it may hold a password."""
    scheme, separator, rest = url.partition("://")
    backend = scheme.partition("+")[0]
    if not separator or backend not in ("sqlite", "postgresql"):
        if backend == "postgres":
            fault("begins with postgres://", "begin with postgresql+psycopg://")
        fault("is not the address of a SQLite or PostgreSQL database", f"write {_EXAMPLES}")
    if backend == "postgresql":
        if scheme != "postgresql+psycopg":
            fault("does not name the driver that is used", "begin with postgresql+psycopg://")
        if find_spec("psycopg") is None:
            import sys

            command = f"{sys.executable} -m pip install -r {REQUIREMENTS}"
            fault("needs the driver psycopg, which is not installed", f"run {command}")
        return url
    path, question, query = rest.partition("?")
    if not path.startswith("/"):
        # SQLAlchemy would read the first part as a host; and sqlite:// alone is a database in memory.
        fault("has no file after sqlite:///", f"write three slashes and a file, e.g. {_EXAMPLES}")
    file = path[1:]
    if not file or file == ":memory:":
        fault("is a database in memory, which forgets everything between runs", "write sqlite:///state.db")
    if file.startswith(("~", "file:")):
        fault("begins with ~ or file:, which is not expanded", "write a plain path, e.g. sqlite:////var/lib/state.db")
    return f"{scheme}:///{home / file}{question}{query}"
