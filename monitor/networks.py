"""Which chain a setting of endpoints was found to lead to, pinned on the first run."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from monitor.database import insert
from monitor.schema import network


class NetworkRow(NamedTuple):
    name: str
    endpoints_key: str
    """The setting it is reached by: RPC_URL, RPC_URL_SHADOWNET."""
    chain_id: str
    pinned_at: int


def pinned(connection: Connection, endpoints_key: str) -> NetworkRow | None:
    """What the setting `endpoints_key` led to when it was first used; None before that."""
    query = select(network).where(network.c.endpoints_key == endpoints_key).order_by(network.c.pinned_at.desc())
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else NetworkRow(**row)


def pin_network(
    connection: Connection, name: str, endpoints_key: str, chain_id: str, now: int, kept: Collection[str] = ()
) -> NetworkRow:
    """Pin `name` to `chain_id` and give back what is pinned now.

    A pin is never moved to another chain: the caller compares. The setting's name may change (RPC_URL to
    RPC_URL_MAINNET) while the chain stays the same; not so where it is one of `kept`, those that are in use.
    """
    statement = insert(connection, network).values(
        name=name, endpoints_key=endpoints_key, chain_id=chain_id, pinned_at=now
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[network.c.name],
            set_={"endpoints_key": statement.excluded.endpoints_key},
            where=(network.c.chain_id == chain_id) & network.c.endpoints_key.not_in(tuple(kept)),
        )
    )
    return NetworkRow(**connection.execute(select(network).where(network.c.name == name)).mappings().one())
