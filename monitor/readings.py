"""The newest polled state of each target, and whose turn comes before the rotation."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from monitor.database import insert
from monitor.model import Reading
from monitor.schema import reading as table
from monitor.schema import reading_due


class DueRow(NamedTuple):
    network: str
    target: str
    reason: str
    since: int


def store_reading(connection: Connection, reading: Reading) -> None:
    """Replaces the one before it of the same target and kind, unless that was read later."""
    statement = insert(connection, table).values(
        network=reading.network,
        target=reading.target,
        kind=reading.kind,
        level=reading.level,
        read_at=reading.read_at,
        value=json.dumps(dict(reading.value)),
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.network, table.c.target, table.c.kind],
            set_={name: statement.excluded[name] for name in ("level", "read_at", "value")},
            where=table.c.read_at <= statement.excluded.read_at,
        )
    )


def load_readings(connection: Connection, network: str) -> dict[tuple[str, str], Reading]:
    """(target, kind) -> reading."""
    rows = connection.execute(select(table).where(table.c.network == network)).mappings()
    return {(row["target"], row["kind"]): Reading(**{**row, "value": json.loads(row["value"])}) for row in rows}


def add_due(connection: Connection, network: str, target: str, reason: str, now: int) -> None:
    """Ask for a reading soon. The first reason stays until it was read."""
    statement = insert(connection, reading_due).values(network=network, target=target, reason=reason, since=now)
    connection.execute(statement.on_conflict_do_nothing())


def postpone_due(connection: Connection, network: str, target: str, reason: str, now: int) -> None:
    """Ask for the reading again, after everything that waits already."""
    statement = insert(connection, reading_due).values(network=network, target=target, reason=reason, since=now)
    keys = [reading_due.c.network, reading_due.c.target]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"reason": reason, "since": now}))


def due_readings(connection: Connection, network: str) -> list[DueRow]:
    """Longest waiting first."""
    query = select(reading_due).where(reading_due.c.network == network)
    rows = connection.execute(query.order_by(reading_due.c.since, reading_due.c.target)).mappings()
    return [DueRow(**row) for row in rows]


def remove_due(connection: Connection, network: str, target: str) -> None:
    connection.execute(delete(reading_due).where(reading_due.c.network == network, reading_due.c.target == target))
