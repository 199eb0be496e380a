"""Numbers for (target, duty) pairs, so that a stored fact costs a few bytes and not two addresses."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from monitor.database import insert
from monitor.schema import series as table

BLOCKS_LATER = {"attestation": 1}
"""How many blocks after its level a duty is found: attestations of L are operations of block L + 1. Others: 0."""


def load_series(connection: Connection, network: str) -> dict[tuple[str, str], int]:
    """(target, duty) -> id. Read in each transaction that needs it: an id kept from one that was rolled back lies."""
    query = select(table.c.target, table.c.duty, table.c.id).where(table.c.network == network)
    return {(target, duty): number for target, duty, number in connection.execute(query)}


def series_of(connection: Connection, network: str, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(target, duty) -> id of all of the network; those of `wanted` that have none yet are given one."""
    known = load_series(connection, network)
    new = sorted(set(wanted) - known.keys())
    if not new:
        return known
    connection.execute(
        insert(connection, table).on_conflict_do_nothing(),
        [{"network": network, "target": target, "duty": duty} for target, duty in new],
    )
    return load_series(connection, network)
