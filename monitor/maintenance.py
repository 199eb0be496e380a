"""Whether what was taken down for maintenance is back. Reads only."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from monitor.model import Outcome
from monitor.schema import block, endpoint, incident, observation, series
from monitor.subjects import Subject, meant, open_incidents


def is_healthy_again(connection: Connection, pattern: str, since: int, recovery: int) -> bool:
    """Whether something that `pattern` means was down since then, and all of it is well now.

    A baker was down if it missed a right since, and is well after `recovery` attestations met in a row; a node was down
    if it did not answer, and is well when it does. Nothing of it may have an open incident. What never went down is not
    "healthy again": a maintenance must not end before it began.
    """
    if open_incidents(connection, pattern):
        return False
    states = [_was_down_and_is_back(connection, one, since, recovery) for one in meant(connection, pattern)]
    return any(states) and False not in states


def _was_down_and_is_back(connection: Connection, subject: Subject, since: int, recovery: int) -> bool | None:
    """None: it was not down."""
    missed = _last_missed(connection, subject, since)
    if missed is not None:
        return _met_in_a_row(connection, subject, missed) >= recovery
    health = connection.execute(
        select(endpoint).where(endpoint.c.network == subject.network, endpoint.c.label == subject.target)
    ).first()
    if health is not None and health.last_failed_at is not None and health.last_failed_at >= since:
        return health.last_ok_at is not None and health.last_ok_at > health.last_failed_at
    told = select(incident.c.id).where(
        incident.c.network == subject.network,
        incident.c.target == subject.target,
        or_(incident.c.opened_at >= since, incident.c.closed_at >= since),
    )
    return True if connection.execute(told.limit(1)).first() is not None else None


def _last_missed(connection: Connection, subject: Subject, since: int) -> int | None:
    """Level of the newest right that was missed in a block since then."""
    query = (
        select(func.max(observation.c.level))
        .select_from(observation)
        .join(series, series.c.id == observation.c.series_id)
        .join(block, (block.c.network == series.c.network) & (block.c.level == observation.c.level))
        .where(
            series.c.network == subject.network,
            series.c.target == subject.target,
            observation.c.outcome == Outcome.MISSED.value,
            block.c.timestamp >= since,
        )
    )
    found: int | None = connection.execute(query).scalar()
    return found


def _met_in_a_row(connection: Connection, subject: Subject, after: int) -> int:
    query = (
        select(func.count())
        .select_from(observation.join(series, series.c.id == observation.c.series_id))
        .where(
            series.c.network == subject.network,
            series.c.target == subject.target,
            series.c.duty == "attestation",
            observation.c.outcome == Outcome.MET.value,
            observation.c.level > after,
        )
    )
    return int(connection.execute(query).scalar_one())
