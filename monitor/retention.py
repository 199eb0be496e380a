"""Forgetting what nothing asks for any more, a bounded number of rows per run so that no run pays for another.

Met rows go when the widest window and two cycles have passed over them, the rest of a level 90 days after its block.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, literal_column, or_, select

from monitor.cursor import load_cursor
from monitor.schema import block, delivery, event, incident, observation, occurrence, run, series

KEPT_SECONDS = 90 * 86_400
ROWS_PER_RUN = 20_000
LEVELS_PER_RUN = 500
PROBE_LEVELS = 1_000

# Literals, not parameters: only so does SQLite see that the index of what is not met will do.
_MET = observation.c.outcome == literal_column("'met'")
_NOT_MET = observation.c.outcome != literal_column("'met'")


class Pruned(NamedTuple):
    """Rows removed."""

    observations: int = 0
    blocks: int = 0
    occurrences: int = 0
    runs: int = 0
    events: int = 0


def prune(connection: Connection, network: str, met_levels: int, now: int, limit: int = ROWS_PER_RUN) -> Pruned:
    """One network's share of a run: about `limit` rows at most, oldest first. To be called in a write transaction.

    Args:
        met_levels: how many levels behind the cursor met rows are kept: the larger of the widest window and 2 cycles.
        now: UTC seconds; the head's time where the chain stands still, so that it is not forgotten meanwhile.
    """
    cursor = load_cursor(connection, network)
    if cursor is None:
        return Pruned()
    judged = min(cursor.level, cursor.judged_level)
    met = _prune_met(connection, network, judged - met_levels, limit)
    blocks, occurrences, observations = _prune_levels(connection, network, judged, now - KEPT_SECONDS, limit)
    return Pruned(observations=met + observations, blocks=blocks, occurrences=occurrences)


def prune_ledger(connection: Connection, now: int, limit: int = ROWS_PER_RUN) -> Pruned:
    """What belongs to no network alone: finished runs, and events that were told and whose incident is closed."""
    cutoff = now - KEPT_SECONDS
    runs = _ids(connection, select(run.c.id).where(run.c.finished_at < cutoff).order_by(run.c.id).limit(limit))
    if runs:
        connection.execute(delete(run).where(run.c.id.in_(runs)))
    pending = exists().where(delivery.c.event_id == event.c.id, delivery.c.state == "pending")
    over = exists().where(incident.c.id == event.c.incident_id, incident.c.closed_at < cutoff)
    told = (
        select(event.c.id)
        .where(event.c.created_at < cutoff, or_(event.c.incident_id.is_(None), over), ~pending)
        .order_by(event.c.id)
        .limit(limit)
    )
    events = _ids(connection, told)
    if events:
        connection.execute(delete(delivery).where(delivery.c.event_id.in_(events)))
        connection.execute(delete(event).where(event.c.id.in_(events)))
    return Pruned(runs=len(runs), events=len(events))


def _prune_met(connection: Connection, network: str, below: int, limit: int) -> int:
    """Met rows under level `below`. There is no mark of how far it came: the oldest ones are found by going down
    from `below` while there are any. What a stretch without rights hides from this goes after 90 days with its level.
    """
    mine = and_(_MET, observation.c.series_id.in_(_series(network)))
    oldest = below
    while _any(connection, mine, oldest - PROBE_LEVELS, oldest):
        oldest -= PROBE_LEVELS
    if oldest == below:
        return 0
    upto = min(below, _level_after(connection, oldest, limit) or below)
    return connection.execute(
        delete(observation).where(observation.c.level >= oldest, observation.c.level < upto, mine)
    ).rowcount


def _prune_levels(connection: Connection, network: str, judged: int, cutoff: int, limit: int) -> tuple[int, int, int]:
    """Everything of the oldest levels whose block is older than `cutoff`: rows of (block, occurrence, observation)."""
    # Times grow with levels, which the database does not know: asking it for all that are old would read every block.
    oldest = select(block.c.level, block.c.timestamp).where(block.c.network == network).order_by(block.c.level)
    rows = connection.execute(oldest.limit(min(limit, LEVELS_PER_RUN)))
    # Not the last judged level itself: its attestations are judged with the block after it.
    old = [row.level for row in rows if row.timestamp < cutoff and row.level < judged]
    if not old:
        return 0, 0, 0
    first, last = old[0] - 1, old[-1]
    after = _level_after(connection, first, limit)
    if after is not None and after <= last:
        last = max(after - 1, old[0])
    observations = 0
    # Misses under the oldest block, where levels were passed unread, are found by the index of what is not met.
    for condition in (
        and_(observation.c.level >= first, observation.c.level <= last),
        and_(_NOT_MET, observation.c.level < first),
    ):
        mine = observation.c.series_id.in_(_series(network))
        observations += connection.execute(delete(observation).where(condition, mine)).rowcount
    occurrences = connection.execute(
        delete(occurrence).where(occurrence.c.network == network, occurrence.c.level <= last)
    ).rowcount
    blocks = connection.execute(delete(block).where(block.c.network == network, block.c.level <= last)).rowcount
    return blocks, occurrences, observations


def _series(network: str) -> Select[int]:
    return select(series.c.id).where(series.c.network == network)


def _any(connection: Connection, condition: ColumnElement[bool], low: int, high: int) -> bool:
    query = select(observation.c.level).where(observation.c.level >= low, observation.c.level < high, condition)
    return connection.execute(query.limit(1)).first() is not None


def _level_after(connection: Connection, low: int, rows: int) -> int | None:
    """The level at which `rows` rows from `low` on are passed, at least one level further; None if there are fewer."""
    query = select(observation.c.level).where(observation.c.level >= low).order_by(observation.c.level)
    found: int | None = connection.execute(query.limit(1).offset(rows)).scalar()
    return None if found is None else max(found, low + 1)


def _ids(connection: Connection, query: Select[int]) -> list[int]:
    return [number for (number,) in connection.execute(query)]
