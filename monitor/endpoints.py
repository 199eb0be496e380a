"""The health of endpoints, remembered between runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from monitor.database import insert
from monitor.schema import endpoint


class EndpointRow(NamedTuple):
    """Field for field the table `endpoint`."""

    network: str
    label: str
    """host#ordinal, never the URL."""
    failures: int = 0
    """In a row."""
    last_ok_at: int | None = None
    last_failed_at: int | None = None
    last_error: str | None = None
    """Redacted: class and status only."""
    retry_at: int | None = None
    """Not asked before."""


def load_endpoints(connection: Connection, network: str) -> dict[str, EndpointRow]:
    """label -> row. May hold endpoints that are no longer configured."""
    rows = connection.execute(select(endpoint).where(endpoint.c.network == network)).mappings()
    return {row["label"]: EndpointRow(**row) for row in rows}


def store_endpoints(connection: Connection, network: str, rows: Iterable[EndpointRow]) -> None:
    """What is remembered of a network's endpoints from now on: those that are no longer configured are forgotten."""
    values = [row._asdict() for row in rows]
    labels = [value["label"] for value in values]
    connection.execute(delete(endpoint).where(endpoint.c.network == network, endpoint.c.label.not_in(labels)))
    if not values:
        return
    statement = insert(connection, endpoint)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[endpoint.c.network, endpoint.c.label],
            set_={
                column.name: statement.excluded[column.name] for column in endpoint.columns if not column.primary_key
            },
        ),
        values,
    )
