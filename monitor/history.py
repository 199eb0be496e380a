"""What became of one target's rights, level by level, for people and scripts.

Nothing here holds a transaction while the caller prints: each page is read whole in one of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, func, literal_column, select

from monitor.cursor import load_cursor
from monitor.database import reading
from monitor.model import Observation, Outcome
from monitor.schema import block, observation, series

PAGE_LEVELS = 2_000
"""Levels looked up per query, each by a seek: the table is sorted by level, no index leads to a target's met rows."""


def history(
    engine: Engine,
    target: str,
    network: str | None = None,
    from_level: int | None = None,
    to_level: int | None = None,
) -> Iterator[Observation]:
    """Every stored observation of `target`, by network, level, duty and round. Both ends inclusive, None for open.

    Raises StateError while iterated.
    """
    with reading(engine) as connection:
        numbers = _series_of(connection, target, network)
    for name, duties in numbers.items():
        yield from _of_network(engine, name, target, duties, from_level, to_level)


def _series_of(connection: Connection, target: str, network: str | None) -> dict[str, dict[int, str]]:
    """network -> series id -> duty"""
    query = select(series).where(series.c.target == target).order_by(series.c.network)
    if network is not None:
        query = query.where(series.c.network == network)
    found: dict[str, dict[int, str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.network, {})[row.id] = row.duty
    return found


def _of_network(
    engine: Engine, network: str, target: str, duties: dict[int, str], from_level: int | None, to_level: int | None
) -> Iterator[Observation]:
    with reading(engine) as connection:
        bounds = _bounds(connection, network, duties)
    if bounds is None:
        return
    low = bounds[0] if from_level is None else max(from_level, bounds[0])
    last = bounds[1] if to_level is None else min(to_level, bounds[1])
    while low <= last:
        high = min(low + PAGE_LEVELS - 1, last)
        with reading(engine) as connection:
            page = _page(connection, duties, low, high)
            # Levels may be missing by the million: a coverage gap, or met rows that retention has taken.
            following = high + 1 if page else _next_level(connection, network, duties, high + 1)
        for level, duty, round_, outcome, evidence in page:
            yield Observation(network, target, duty, level, round_, Outcome(outcome), evidence)
        if following is None:
            return
        low = following


def _bounds(connection: Connection, network: str, duties: dict[int, str]) -> tuple[int, int] | None:
    cursor = load_cursor(connection, network)
    if cursor is None:
        return None
    first_block = connection.execute(select(func.min(block.c.level)).where(block.c.network == network)).scalar()
    starts = [_first_not_met(connection, duties, 0)]
    if first_block is not None:
        starts.append(first_block - 1)  # attestations of the level before came with it
    known = [start for start in starts if start is not None]
    return (min(known), cursor.level) if known else None


def _page(
    connection: Connection, duties: dict[int, str], low: int, high: int
) -> list[tuple[int, str, int, str, dict[str, Any] | None]]:
    query = select(
        observation.c.level,
        observation.c.series_id,
        observation.c.round,
        observation.c.outcome,
        observation.c.evidence,
    ).where(observation.c.level.in_(range(low, high + 1)), observation.c.series_id.in_(list(duties)))
    rows = [
        (level, duties[number], round_, outcome, None if evidence is None else json.loads(evidence))
        for level, number, round_, outcome, evidence in connection.execute(query)
    ]
    return sorted(rows, key=lambda row: row[:3])


def _next_level(connection: Connection, network: str, duties: dict[int, str], level: int) -> int | None:
    """The first level from `level` on where the target missed something or anybody on the network met something."""
    mine = select(series.c.id).where(series.c.network == network)
    met = (
        select(observation.c.level)
        .where(
            observation.c.level >= level,
            observation.c.outcome == literal_column("'met'"),
            observation.c.series_id.in_(mine),
        )
        .order_by(observation.c.level)
        .limit(1)
    )
    found = [connection.execute(met).scalar(), _first_not_met(connection, duties, level)]
    return min((one for one in found if one is not None), default=None)


def _first_not_met(connection: Connection, duties: dict[int, str], level: int) -> int | None:
    levels = [
        connection.execute(
            select(func.min(observation.c.level)).where(
                observation.c.series_id == number,
                observation.c.level >= level,
                observation.c.outcome != literal_column("'met'"),
            )
        ).scalar()
        for number in duties
    ]
    return min((one for one in levels if one is not None), default=None)
