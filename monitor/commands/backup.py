"""`main.py backup`."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.backup import back_up
from monitor.config.configuration import Configuration
from monitor.database import open_database, sqlite_path
from monitor.schema_version import verify


def run_backup(configuration: Configuration, file: Path, force: bool) -> int:
    """2 where the state is not a file, or something of that name is there."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    source = sqlite_path(engine)
    if source is None:
        print("sentinel: the state is in PostgreSQL: back it up with pg_dump --format=custom", file=sys.stderr)
        return 2
    if file.exists() and (not force or file.is_dir() or file.samefile(source)):
        fix = "name another file" if file.is_dir() or file.samefile(source) else "name another file, or add --force"
        print(f"sentinel: {file} is there already; {fix}", file=sys.stderr)
        return 2
    verify(engine)
    size = back_up(source, file)
    print(f"{file}: {size:,} bytes. On another host it needs main.py check --takeover once.")
    return 0
