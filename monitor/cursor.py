"""Per network: how far it was read, how far it was judged, and what it waits for."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from monitor.database import insert
from monitor.errors import OutOfOrder
from monitor.model import Cursor
from monitor.schema import cursor as table

UNREAD = ""
"""The cursor's hash where its level was passed unread: the next block's predecessor has nothing to be compared with."""

_CURSOR_FIELDS = tuple(column.name for column in table.columns if column.name != "updated_at")


def load_cursor(connection: Connection, network: str, *, for_update: bool = False) -> Cursor | None:
    """None before the first level was read."""
    query = select(*(table.c[name] for name in _CURSOR_FIELDS)).where(table.c.network == network)
    if for_update:
        query = query.with_for_update()  # renders nothing on SQLite, where BEGIN IMMEDIATE has done it
    row = connection.execute(query).mappings().first()
    return None if row is None else Cursor(**row)


def start_cursor(connection: Connection, network: str, before: int, first_look_level: int, now: int) -> Cursor:
    """Put the cursor at `before`, the level before the first one to read. Leaves a cursor that is there alone.

    `store_batch` does this by itself; it is for a network whose very first level is blocked.
    """
    connection.execute(
        insert(connection, table)
        .values(
            network=network,
            level=before,
            hash=UNREAD,
            judged_level=before,
            first_look_level=first_look_level,
            updated_at=now,
        )
        .on_conflict_do_nothing()
    )
    return cursor_of(connection, network)


def mark_blocked(connection: Connection, network: str, level: int, reason: str, since: int, now: int) -> Cursor:
    """Remember that `level` was answered and could not be judged, and since when that is so for it and the levels
    before it without a break.

    Raises OutOfOrder before the network has a cursor (see start_cursor).
    """
    cursor = load_cursor(connection, network, for_update=True)
    if cursor is None:
        raise OutOfOrder(f"{network}: blocked before its cursor was started")
    connection.execute(
        update(table)
        .where(table.c.network == network)
        .values(blocked_level=level, blocked_since=since, blocked_reason=reason, updated_at=now)
    )
    return cursor_of(connection, network)


def set_judged(connection: Connection, network: str, level: int) -> None:
    """Only ever forward: what was folded is not unfolded."""
    connection.execute(
        update(table).where(table.c.network == network, table.c.judged_level < level).values(judged_level=level)
    )


def cursor_of(connection: Connection, network: str) -> Cursor:
    """The cursor of a network that has one."""
    cursor = load_cursor(connection, network)
    if cursor is None:
        raise OutOfOrder(f"{network}: its cursor is gone")
    return cursor
