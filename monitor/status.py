"""How far every network was read, what was left out, and how each target has fared lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, func, select

from monitor.bittensor.history import Sample
from monitor.bittensor_plan import SNAPSHOT
from monitor.cursor import load_cursor
from monitor.database import native
from monitor.model import CoverageGap, Cursor
from monitor.readings import load_readings
from monitor.rules.bittensor.watched import CHAIN
from monitor.samples import Taken, newest_samples
from monitor.schema import block, coverage_gap
from monitor.schema import cursor as cursor_table
from monitor.series import load_series
from monitor.targets import TargetRow, targets

BITTENSOR = "bittensor:"
RECENT_LEVELS = 100
SEARCHED_LEVELS = 1_500
"""How far back a target's last observation is looked for: the rows of all targets are passed on the way."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what could have been judged was."""

    network: str
    from_level: int
    """The oldest level still known of."""
    to_level: int
    missing: int
    """Levels in gaps between the two."""
    gaps: tuple[CoverageGap, ...]
    """All on record, oldest first."""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        levels = self.to_level - self.from_level + 1
        return 1.0 if levels <= 0 else 1 - self.missing / levels


@dataclass(frozen=True, slots=True)
class TargetStatus:
    target: TargetRow
    last_level: int | None
    """Level of its newest observation; None if there is none among the newest 1,500 levels."""
    outcomes: Mapping[str, Mapping[str, int]]
    """duty -> outcome -> how often, over the newest 100 levels."""
    values: Mapping[str, Sample] = field(default_factory=dict)
    """metric -> what was last seen of it (Bittensor)."""


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    network: str
    cursor: Cursor
    updated_at: int
    """When the cursor last moved or was blocked, wall clock."""
    block_timestamp: int | None
    """Of the block at the cursor; None where it was passed unread."""
    coverage: Coverage
    targets: tuple[TargetStatus, ...]
    not_judged: tuple[str, ...] = ()
    """What a newest state gives no sense to judge, in words (Bittensor)."""


def coverage(connection: Connection, network: str) -> Coverage | None:
    """None before anything was read."""
    cursor = load_cursor(connection, network)
    if cursor is None:
        return None
    query = select(coverage_gap).where(coverage_gap.c.network == network)
    rows = connection.execute(query.order_by(coverage_gap.c.from_level, coverage_gap.c.to_level))
    gaps = tuple(CoverageGap(row.network, row.from_level, row.to_level, row.reason) for row in rows)
    oldest = connection.execute(select(func.min(block.c.level)).where(block.c.network == network)).scalar()
    first = min((level for level in (oldest, *(gap.from_level for gap in gaps)) if level is not None), default=None)
    first = cursor.level + 1 if first is None else first
    missing, reached = 0, first - 1
    for gap in gaps:  # they may overlap
        missing += max(0, min(gap.to_level, cursor.level) - max(gap.from_level - 1, reached))
        reached = max(reached, gap.to_level)
    return Coverage(network, first, cursor.level, missing, gaps)


def status(connection: Connection) -> list[NetworkStatus]:
    """One entry per network that was read, by name."""
    rows = connection.execute(
        select(cursor_table.c.network, cursor_table.c.updated_at).order_by(cursor_table.c.network)
    )
    found = []
    for network, updated_at in rows.all():
        cursor, covered = load_cursor(connection, network), coverage(connection, network)
        assert cursor is not None
        assert covered is not None
        timestamp = connection.execute(
            select(block.c.timestamp).where(block.c.network == network, block.c.level == cursor.level)
        ).scalar()
        fared = _targets(connection, network, cursor.level)
        skipped: tuple[str, ...] = ()
        if network.startswith(BITTENSOR):
            values = newest_samples(connection, network)
            fared = tuple(replace(one, values=_of(one.target.target, values)) for one in fared)
            known = load_readings(connection, network).get((CHAIN, SNAPSHOT))
            skipped = () if known is None else tuple(known.value.get("skipped", ()))
        found.append(NetworkStatus(network, cursor, updated_at, timestamp, covered, fared, skipped))
    return found


def _of(target: str, values: Taken) -> dict[str, Sample]:
    return {metric: sample for (whose, metric), sample in values.items() if whose == target}


def _targets(connection: Connection, network: str, level: int) -> tuple[TargetStatus, ...]:
    names = {number: key for key, number in load_series(connection, network).items()}
    watched = targets(connection, network)
    outcomes: dict[str, dict[str, dict[str, int]]] = {address: {} for address in watched}
    last: dict[str, int] = {}
    counted = (
        "SELECT series_id, outcome, count(*), max(level) FROM observation WHERE level BETWEEN ? AND ? GROUP BY 1, 2"
    )
    for number, outcome, count, newest in connection.exec_driver_sql(
        native(connection, counted), (level - RECENT_LEVELS + 1, level)
    ):
        address, duty = names.get(number, ("", ""))
        if address in watched:
            outcomes[address].setdefault(duty, {})[outcome] = count
            last[address] = max(newest, last.get(address, newest))
    if last.keys() < watched.keys():
        earlier = "SELECT series_id, max(level) FROM observation WHERE level BETWEEN ? AND ? GROUP BY 1"
        for number, newest in connection.exec_driver_sql(
            native(connection, earlier), (level - SEARCHED_LEVELS + 1, level - RECENT_LEVELS)
        ):
            address, _ = names.get(number, ("", ""))
            if address in watched and not outcomes[address]:
                last[address] = max(newest, last.get(address, newest))
    return tuple(TargetStatus(row, last.get(address), outcomes[address]) for address, row in watched.items())
