"""Samples of metrics: written down at their time, read back as history, forgotten when no rule looks so far back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, select

from monitor.bittensor.history import History, Metric, Sample, Samples
from monitor.bittensor.metrics import BY_NAME
from monitor.database import insert
from monitor.schema import sample as table

Taken = Mapping[tuple[str, str], Sample]
"""(target, metric) -> a sample."""


def metric_of(name: str) -> Metric | None:
    """ "last_update_1" is sampled as "last_update" is."""
    stem, _, mechanism = name.rpartition("_")
    return BY_NAME.get(name) or (BY_NAME.get(stem) if mechanism.isdigit() else None)


def store_samples(connection: Connection, network: str, taken: Taken) -> None:
    """Writes what is new: a later epoch, a height far enough from the last one, another value. The same again, in a
    run repeated after a kill, changes nothing."""
    store_series(connection, network, {key: (found,) for key, found in taken.items()})


def store_series(connection: Connection, network: str, taken: Mapping[tuple[str, str], Sequence[Sample]]) -> None:
    """As `store_samples`, of several heights at once, oldest first: a run after a pause reads many blocks."""
    newest = newest_samples(connection, network)
    rows = []
    for (target, name), series in taken.items():
        metric = metric_of(name)
        if metric is None:
            continue
        before = newest.get((target, name))
        for found in series:
            if before is None or _is_new(metric, before, found):
                before = found
                rows.append(
                    {"network": network, "target": target, "metric": name, "level": found.block, "value": found.value}
                )
    if rows:
        statement = insert(connection, table)
        keys = [table.c.network, table.c.target, table.c.metric, table.c.level]
        connection.execute(
            statement.on_conflict_do_update(index_elements=keys, set_={"value": statement.excluded.value}), rows
        )


def load_history(connection: Connection, network: str) -> dict[str, History]:
    """Target -> metric -> samples, oldest first."""
    query = select(table.c.target, table.c.metric, table.c.level, table.c.value).where(table.c.network == network)
    found: defaultdict[str, defaultdict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for target, metric, level, value in connection.execute(query.order_by(table.c.level)):
        found[target][metric].append(Sample(level, value))
    return {
        target: {metric: Samples(tuple(values)) for metric, values in metrics.items()}
        for target, metrics in found.items()
    }


def newest_samples(connection: Connection, network: str) -> dict[tuple[str, str], Sample]:
    """(target, metric) -> its newest sample."""
    newest = (
        select(table.c.target, table.c.metric, func.max(table.c.level).label("level"))
        .where(table.c.network == network)
        .group_by(table.c.target, table.c.metric)
        .subquery()
    )
    query = select(table.c.target, table.c.metric, table.c.level, table.c.value).join(
        newest,
        (table.c.network == network)
        & (table.c.target == newest.c.target)
        & (table.c.metric == newest.c.metric)
        & (table.c.level == newest.c.level),
    )
    return {(target, metric): Sample(level, value) for target, metric, level, value in connection.execute(query)}


def prune_samples(connection: Connection, network: str, block: int, tempo: int = 360) -> None:
    """Forgets what is older than its metric is of use. `tempo`: blocks of an epoch, the longest of those watched."""
    names = connection.execute(select(table.c.metric).where(table.c.network == network).distinct()).scalars().all()
    for name in names:
        metric = metric_of(name)
        kept = 0 if metric is None else metric.kept * (tempo if metric.cadence == "epoch" else 1)
        connection.execute(
            delete(table).where(table.c.network == network, table.c.metric == name, table.c.level < block - kept)
        )


def _is_new(metric: Metric, before: Sample, found: Sample) -> bool:
    if metric.cadence == "epoch":
        return found.block >= before.block
    if metric.cadence == "change":
        return found.block > before.block and found.value != before.value
    return found.block >= before.block + metric.spacing
