"""A run that ends at a chosen commit, as by `kill -9`: what was not committed is gone, and the lock is free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


class Killed(BaseException):
    """Not an Exception, so that nothing of the program's own takes it for a fault it can deal with."""


@contextmanager
def killed_at_commit(number: int) -> Iterator[None]:
    """Raises Killed instead of the commit of that number, counted from 1 over every database."""
    commits = 0

    def count(_: Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == number:
            raise Killed

    event.listen(Engine, "commit", count)
    try:
        yield
    finally:
        event.remove(Engine, "commit", count)
