"""Who is watched, and from which level on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from monitor.database import insert
from monitor.schema import target as table


class TargetRow(NamedTuple):
    network: str
    target: str
    name: str | None
    since_level: int
    """The first level it is judged at."""
    added_at: int
    removed_at: int | None


class TargetChanges(NamedTuple):
    """What an edit of the watch list did. Sorted by address."""

    added: tuple[TargetRow, ...] = ()
    removed: tuple[TargetRow, ...] = ()
    renamed: tuple[TargetRow, ...] = ()
    """With the new name."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed)


def targets(connection: Connection, network: str, *, removed: bool = False) -> dict[str, TargetRow]:
    """address -> row of those watched now; with `removed` also of those that once were."""
    query = select(table).where(table.c.network == network).order_by(table.c.target)
    if not removed:
        query = query.where(table.c.removed_at.is_(None))
    return {row["target"]: TargetRow(**row) for row in connection.execute(query).mappings()}


def sync_targets(
    connection: Connection, network: str, wanted: Mapping[str, str | None], next_level: int, now: int
) -> TargetChanges:
    """Make the table say what the watch list says. Doing it again changes nothing and returns nothing.

    Args:
        wanted: address -> name or None.
        next_level: since_level of whoever is new or comes back: on the first run the first level of the first look,
            later the level after the cursor.
    """
    stored = targets(connection, network, removed=True)
    added, removed, renamed = [], [], []
    for address, name in sorted(wanted.items(), key=lambda item: item[0]):
        old = stored.get(address)
        if old is None or old.removed_at is not None:
            added.append(TargetRow(network, address, name, next_level, now, None))
        elif old.name != name:
            renamed.append(TargetRow(network, address, name, old.since_level, old.added_at, None))
    for address, old in stored.items():
        if old.removed_at is None and address not in wanted:
            removed.append(TargetRow(network, address, old.name, old.since_level, old.added_at, now))

    for row in (*added, *renamed):
        values = {"name": row.name, "since_level": row.since_level, "added_at": row.added_at, "removed_at": None}
        connection.execute(
            insert(connection, table)
            .values(network=network, target=row.target, **values)
            .on_conflict_do_update(index_elements=[table.c.network, table.c.target], set_=values)
        )
    for row in removed:
        connection.execute(
            update(table).where(table.c.network == network, table.c.target == row.target).values(removed_at=now)
        )
    return TargetChanges(tuple(added), tuple(removed), tuple(renamed))
