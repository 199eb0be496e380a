"""A whole copy of a SQLite state, taken while runs go on."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.errors import StateError, state_error

PAGES_AT_ONCE = 4096
"""Between two steps a run may write; SQLite then takes the changed pages again."""


def back_up(source: Path, copy: Path) -> int:
    """A consistent copy of `source` in `copy`, whole or not at all; returns its bytes. Neither waits for the run lock.

    Through SQLite's backup API: part of the state may still be in the -wal file, which a copied file would lack. What
    is there already is replaced when the new copy is complete and found sound. Raises StateError.
    """
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(source, timeout=5)) as reader, closing(sqlite3.connect(partial)) as writer:
            reader.backup(writer, pages=PAGES_AT_ONCE, sleep=0.05)
            writer.execute("PRAGMA journal_mode = DELETE")  # one file, complete without a -wal beside it
            sound = writer.execute("PRAGMA quick_check(1)").fetchone()
        if sound != ("ok",):
            raise StateError(f"{source.name}: is damaged; the copy was not kept")
        _write_through(partial)
        partial.replace(copy)
        _write_through(copy.parent)
        return copy.stat().st_size
    except sqlite3.Error as error:
        raise state_error(error, f"copying {source.name}") from None
    except OSError as error:
        raise StateError(f"copying {source.name} to {copy}: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def _write_through(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
