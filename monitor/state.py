"""What was read: blocks, facts and the cursor, moved together in the caller's one transaction.

The promise kept here: the cursor never passes a level that was neither read nor recorded as a coverage gap, and what
is known about a right never changes, except that an unknown may become known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update

from monitor.cursor import UNREAD, cursor_of, load_cursor, start_cursor
from monitor.database import insert
from monitor.errors import OutOfOrder
from monitor.model import Batch, Block, CoverageGap, Cursor, Observation, Occurrence, Outcome
from monitor.schema import block as block_table
from monitor.schema import coverage_gap, observation, occurrence, series
from monitor.schema import cursor as cursor_table
from monitor.series import BLOCKS_LATER, series_of

_BLOCK_FIELDS = tuple(column.name for column in block_table.columns)

# Through the driver, and many rows per statement: at 300 delegates a batch is 15,000 rows.
_INSERT = "INSERT INTO observation (level, series_id, round, outcome, evidence)"
_ONLY_WHAT_WAS_UNKNOWN = """
    ON CONFLICT (level, series_id, round) DO UPDATE SET outcome = excluded.outcome, evidence = excluded.evidence
    WHERE observation.outcome = 'unknown' AND excluded.outcome <> 'unknown'
"""
_INSERT_ROW = f"{_INSERT} VALUES (?, ?, ?, ?, ?)"
_ROWS_PER_STATEMENT = 100
_INSERT_COLUMNS = f"""{_INSERT}
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::text[]) {_ONLY_WHAT_WAS_UNKNOWN}
"""
_Row = tuple[int, int, int, str, str | None]
_UNKNOWN = Outcome.UNKNOWN.value


def store_batch(connection: Connection, batch: Batch, now: int, first_look_level: int | None = None) -> Cursor:
    """Store blocks, observations, occurrences and gaps, and move the cursor behind them. Again changes nothing.

    Levels at or below the cursor are taken too (a level read again: an unknown becomes known), and move nothing.

    Args:
        first_look_level: needed on the network's first batch, ignored later.

    Raises:
        OutOfOrder: a level between the cursor and the end of the batch is neither in it nor in one of its gaps, or a
            block does not follow the one before it. Nothing was written.
    """
    cursor = load_cursor(connection, batch.network, for_update=True)
    _check_network(batch)
    if cursor is None:
        if first_look_level is None:
            raise OutOfOrder(f"{batch.network}: the first batch has to say where the first look ends")
        spans = _spans(batch)
        if not spans:
            raise OutOfOrder(f"{batch.network}: the first batch is empty")
        cursor = start_cursor(connection, batch.network, spans[0][0] - 1, first_look_level, now)
    end = _end(batch, cursor.level)
    _check_hashes(connection, batch, cursor)

    _insert(connection, block_table, [{name: getattr(block, name) for name in _BLOCK_FIELDS} for block in batch.blocks])
    _insert_observations(connection, batch.network, batch.observations)
    store_occurrences(connection, batch.occurrences)
    _insert(
        connection,
        coverage_gap,
        [
            {
                "network": gap.network,
                "from_level": gap.from_level,
                "to_level": gap.to_level,
                "reason": gap.reason,
                "recorded_at": now,
            }
            for gap in batch.gaps
        ],
    )
    if end == cursor.level:
        return cursor
    values: dict[str, Any] = {"level": end, "hash": _hash_at(batch.blocks, end), "updated_at": now}
    if cursor.blocked_level is not None and cursor.blocked_level <= end:
        values |= {"blocked_level": None, "blocked_since": None, "blocked_reason": None}
    connection.execute(update(cursor_table).where(cursor_table.c.network == batch.network).values(**values))
    return cursor_of(connection, batch.network)


def store_occurrences(connection: Connection, occurrences: Sequence[Occurrence]) -> None:
    """Writes what is not there yet; again changes nothing."""
    _insert(
        connection,
        occurrence,
        [
            {
                "network": item.network,
                "level": item.level,
                "target": item.target,
                "kind": item.kind,
                "ordinal": item.ordinal,
                "detail": json.dumps(dict(item.detail)),
            }
            for item in occurrences
        ],
    )


def reset_to(connection: Connection, network: str, common_level: int, hash_: str, now: int) -> Cursor:
    """After a reorganisation: forget every fact of the blocks above `common_level` and read on from there.

    Attestations of `common_level` itself go too: they were found in the block after it. `judged_level` stays where it
    is, and so do coverage gaps: levels passed unjudged are not judged later.

    Raises OutOfOrder when the cursor is below `common_level`.
    """
    cursor = load_cursor(connection, network, for_update=True)
    if cursor is None or cursor.level < common_level:
        raise OutOfOrder(f"{network}: level {common_level} is above what was read")
    duties = {
        duty for (duty,) in connection.execute(select(series.c.duty).where(series.c.network == network).distinct())
    }
    for duty in sorted(duties):
        numbers = select(series.c.id).where(series.c.network == network, series.c.duty == duty)
        connection.execute(
            delete(observation).where(
                observation.c.level > common_level - BLOCKS_LATER.get(duty, 0), observation.c.series_id.in_(numbers)
            )
        )
    for table in (occurrence, block_table):
        connection.execute(delete(table).where(table.c.network == network, table.c.level > common_level))
    connection.execute(
        update(cursor_table)
        .where(cursor_table.c.network == network)
        .values(
            level=common_level,
            hash=hash_,
            blocked_level=None,
            blocked_since=None,
            blocked_reason=None,
            updated_at=now,
        )
    )
    return cursor_of(connection, network)


def gaps_between(connection: Connection, network: str, after: int, up_to: int) -> list[CoverageGap]:
    """The coverage gaps that end in (after, up_to], in order."""
    query = select(coverage_gap).where(
        coverage_gap.c.network == network, coverage_gap.c.to_level > after, coverage_gap.c.to_level <= up_to
    )
    rows = connection.execute(query.order_by(coverage_gap.c.from_level))
    return [CoverageGap(row.network, row.from_level, row.to_level, row.reason) for row in rows]


def newest_gap(connection: Connection, network: str) -> int:
    """The last level of the newest coverage gap; 0 where there is none. Every block after it was read."""
    query = select(func.max(coverage_gap.c.to_level)).where(coverage_gap.c.network == network)
    return connection.execute(query).scalar() or 0


def known_hashes(connection: Connection, network: str, from_level: int, to_level: int) -> dict[int, str]:
    """level -> hash of the blocks read, both ends inclusive."""
    query = select(block_table.c.level, block_table.c.hash).where(
        block_table.c.network == network, block_table.c.level.between(from_level, to_level)
    )
    return {row.level: row.hash for row in connection.execute(query)}


def _check_network(batch: Batch) -> None:
    parts = (batch.blocks, batch.observations, batch.occurrences, batch.gaps)
    if not {item.network for part in parts for item in part} <= {batch.network}:
        raise OutOfOrder(f"{batch.network}: the batch holds another network's facts")


def _spans(batch: Batch) -> list[tuple[int, int]]:
    return sorted(
        [(block.level, block.level) for block in batch.blocks] + [(gap.from_level, gap.to_level) for gap in batch.gaps]
    )


def _end(batch: Batch, start: int) -> int:
    """How far the cursor may go from `start`."""
    reached = start
    for first, last in _spans(batch):
        if first > reached + 1:
            raise OutOfOrder(f"{batch.network}: level {reached + 1} was neither read nor recorded as a gap")
        reached = max(reached, last)
    return reached


def _check_hashes(connection: Connection, batch: Batch, cursor: Cursor) -> None:
    known: dict[int, str] = {cursor.level: cursor.hash}
    if batch.blocks and batch.blocks[0].level <= cursor.level:
        known |= known_hashes(connection, batch.network, batch.blocks[0].level - 1, cursor.level)
    for block in batch.blocks:
        passed = any(gap.from_level <= block.level <= gap.to_level for gap in batch.gaps)
        before = known.get(block.level - 1, UNREAD)
        if not passed and before not in (UNREAD, block.predecessor):
            raise OutOfOrder(f"{batch.network}: block {block.level} does not follow the one before it")
        if known.setdefault(block.level, block.hash) not in (UNREAD, block.hash):
            raise OutOfOrder(f"{batch.network}: block {block.level} is not the one that was read before")


def _hash_at(blocks: Sequence[Block], level: int) -> str:
    return next((block.hash for block in reversed(blocks) if block.level == level), UNREAD)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def _insert_observations(connection: Connection, network: str, observations: Sequence[Observation]) -> None:
    if not observations:
        return
    numbers = series_of(connection, network, {(fact.target, fact.duty) for fact in observations})
    rows = [
        (level, numbers[target, duty], round_, outcome.value, None if evidence is None else json.dumps(dict(evidence)))
        for _, target, duty, level, round_, outcome, evidence in observations
    ]
    (_in_rows if connection.dialect.name == "sqlite" else _in_columns)(connection, rows)


def _in_rows(connection: Connection, rows: Sequence[_Row]) -> None:
    more = ", (?, ?, ?, ?, ?)" * (_ROWS_PER_STATEMENT - 1)
    statement = f"{_INSERT_ROW}{more}{_ONLY_WHAT_WAS_UNKNOWN}"
    whole = len(rows) - len(rows) % _ROWS_PER_STATEMENT
    for start in range(0, whole, _ROWS_PER_STATEMENT):
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(rows[start : start + _ROWS_PER_STATEMENT])))
    if rest := rows[whole:]:
        connection.exec_driver_sql(f"{_INSERT_ROW}{_ONLY_WHAT_WAS_UNKNOWN}", list(rest))


def _in_columns(connection: Connection, rows: Sequence[_Row]) -> None:
    """One statement, which would be refused if it met a fact twice: which of the two stays is settled here."""
    settled: dict[tuple[int, int, int], _Row] = {}
    for row in rows:
        before = settled.setdefault(row[:3], row)
        if before[3] == _UNKNOWN != row[3]:
            settled[row[:3]] = row
    connection.exec_driver_sql(_INSERT_COLUMNS, tuple(map(list, zip(*settled.values(), strict=True))))
