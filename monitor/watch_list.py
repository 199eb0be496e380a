"""The last valid watch list: what goes on being judged while the file is broken."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from monitor.database import insert
from monitor.schema import watch_list as table


class WatchListRow(NamedTuple):
    content: str
    """The file as it was accepted."""
    digest: str
    accepted_at: int


def load_watch_list(connection: Connection) -> WatchListRow | None:
    row = connection.execute(select(table.c.content, table.c.digest, table.c.accepted_at)).mappings().first()
    return None if row is None else WatchListRow(**row)


def store_watch_list(connection: Connection, content: str, digest: str, now: int) -> None:
    """Replaces the one before it. The same digest again changes nothing, accepted_at included."""
    values = {"content": content, "digest": digest, "accepted_at": now}
    connection.execute(
        insert(connection, table)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=[table.c.id], set_=values, where=table.c.digest != digest)
    )
