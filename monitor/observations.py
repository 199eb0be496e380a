"""Facts in the order they are judged in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from monitor.database import native
from monitor.model import Block, Observation, Occurrence, Outcome
from monitor.schema import block as block_table
from monitor.schema import occurrence as occurrence_table
from monitor.series import BLOCKS_LATER, load_series

PAGE_LEVELS = 50
"""Levels per query: 15,000 rows at 300 delegates, so that memory stays flat however far the fold has to go."""

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


class LevelFacts(NamedTuple):
    """What block `level` tells."""

    level: int
    block: Block | None
    """None where the level was passed unread: its observations are unknown."""
    observations: tuple[Observation, ...]
    """Attestations of `level - 1` first, then the bakes of `level`, by round."""


def observations_between(
    connection: Connection, network: str, from_block_level: int, to_block_level: int
) -> Iterator[LevelFacts]:
    """The facts of the blocks (from_block_level, to_block_level], oldest first, without levels nothing is known of.

    Runs in the caller's transaction, which must stay open while it is iterated.
    """
    names = {number: key for key, number in load_series(connection, network).items()}
    for low in range(from_block_level, to_block_level, PAGE_LEVELS):
        yield from _page(connection, network, names, low, min(low + PAGE_LEVELS, to_block_level))


def occurrences_between(
    connection: Connection,
    network: str,
    from_block_level: int,
    to_block_level: int,
    *,
    targets: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> list[Occurrence]:
    """The occurrences in the blocks (from_block_level, to_block_level], oldest first; of all targets and kinds, or of
    those named."""
    table = occurrence_table
    query = (
        select(table)
        .where(table.c.network == network, table.c.level > from_block_level, table.c.level <= to_block_level)
        .order_by(table.c.level, table.c.target, table.c.kind, table.c.ordinal)
    )
    if targets is not None:
        query = query.where(table.c.target.in_(targets))
    if kinds is not None:
        query = query.where(table.c.kind.in_(kinds))
    rows = connection.execute(query).mappings()
    return [Occurrence(**{**row, "detail": json.loads(row["detail"])}) for row in rows]


def blocks_between(connection: Connection, network: str, from_level: int, to_level: int) -> dict[int, Block]:
    """level -> block, of the levels (from_level, to_level] that were read.

    The predecessor is not stored but is the hash of the level before; empty where that was not read.
    """
    query = select(block_table).where(
        block_table.c.network == network, block_table.c.level >= from_level, block_table.c.level <= to_level
    )
    blocks: dict[int, Block] = {}
    for row in connection.execute(query.order_by(block_table.c.level)).mappings():
        before = blocks.get(row["level"] - 1)
        blocks[row["level"]] = Block(**row, predecessor="" if before is None else before.hash)
    blocks.pop(from_level, None)
    return blocks


def _page(
    connection: Connection, network: str, names: dict[int, tuple[str, str]], low: int, high: int
) -> Iterator[LevelFacts]:
    blocks = blocks_between(connection, network, low, high)
    later: dict[int, list[Observation]] = {level: [] for level in range(low + 1, high + 1)}
    own: dict[int, list[Observation]] = {level: [] for level in range(low + 1, high + 1)}
    furthest = max(BLOCKS_LATER.values())
    statement = "SELECT level, series_id, round, outcome, evidence FROM observation WHERE level BETWEEN ? AND ?"
    rows = connection.exec_driver_sql(
        native(connection, f"{statement} ORDER BY level, series_id, round"), (low + 1 - furthest, high)
    )
    for level, number, round_, outcome, evidence in rows:
        name = names.get(number)
        if name is None:
            continue  # another network's
        target, duty = name
        offset = BLOCKS_LATER.get(duty, 0)
        found = (later if offset else own).get(level + offset)
        if found is not None:
            detail = None if evidence is None else json.loads(evidence)
            found.append(Observation(network, target, duty, level, round_, _OUTCOMES[outcome], detail))
    for level in range(low + 1, high + 1):
        block = blocks.get(level)
        bakes = sorted(own[level], key=lambda fact: fact.round)
        if block is not None or later[level] or bakes:
            yield LevelFacts(level, block, (*later[level], *bakes))


def block_times(connection: Connection, network: str, levels: Collection[int]) -> dict[int, int]:
    """level -> block time of the levels that were read."""
    query = select(block_table.c.level, block_table.c.timestamp).where(
        block_table.c.network == network, block_table.c.level.in_(levels)
    )
    return {row.level: row.timestamp for row in connection.execute(query)}


def newest_block_time(connection: Connection, network: str, up_to_level: int) -> tuple[int, int] | None:
    """(level, block time) of the newest block that was read, at `up_to_level` at most."""
    query = select(block_table.c.level, block_table.c.timestamp).where(
        block_table.c.network == network, block_table.c.level <= up_to_level
    )
    row = connection.execute(query.order_by(block_table.c.level.desc()).limit(1)).first()
    return None if row is None else (row.level, row.timestamp)


def newest_occurrences(
    connection: Connection, network: str, kinds: Collection[str]
) -> dict[str, dict[str, Occurrence]]:
    """target -> kind -> the newest occurrence."""
    table = occurrence_table
    query = (
        select(table)
        .where(table.c.network == network, table.c.kind.in_(kinds))
        .order_by(table.c.level, table.c.ordinal)
    )
    found: dict[str, dict[str, Occurrence]] = {}
    for row in connection.execute(query).mappings():
        occurrence = Occurrence(**{**row, "detail": json.loads(row["detail"])})
        found.setdefault(occurrence.target, {})[occurrence.kind] = occurrence
    return found
