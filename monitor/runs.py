"""The ledger of runs: what the next run tells gaps and kills by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select, update

from monitor.database import insert
from monitor.schema import run


class RunRow(NamedTuple):
    id: int
    started_at: int
    finished_at: int | None
    """None: running, or killed."""
    outcome: str | None
    """"ok" | "partial" | "error"; None as above."""
    host: str
    pid: int
    summary: Mapping[str, Any]


def start_run(connection: Connection, now: int, host: str, pid: int) -> int:
    """The id of a new run."""
    added = connection.execute(insert(connection, run).values(started_at=now, host=host, pid=pid).returning(run.c.id))
    return int(added.scalar_one())


def finish_run(connection: Connection, run_id: int, now: int, outcome: str, summary: Mapping[str, Any]) -> None:
    """`outcome`: "ok", "partial" or "error". `summary`: JSON-serialisable figures."""
    connection.execute(
        update(run)
        .where(run.c.id == run_id)
        .values(finished_at=now, outcome=outcome, summary=json.dumps(summary, sort_keys=True))
    )


def last_run(connection: Connection, before: int | None = None) -> RunRow | None:
    """The newest run, or the one before run `before`."""
    query = select(run).order_by(run.c.id.desc()).limit(1)
    if before is not None:
        query = query.where(run.c.id < before)
    row = connection.execute(query).first()
    return None if row is None else _run(row)


def runs_since_success(connection: Connection) -> list[RunRow]:
    """The newest run that did all it had to, and those after it that failed or were killed; oldest first.

    At most the newest hundred, an hour and a half of runs.
    """
    succeeded = select(func.max(run.c.id)).where(run.c.outcome.in_(("ok", "partial"))).scalar_subquery()
    query = select(run).where(run.c.id >= func.coalesce(succeeded, 0)).order_by(run.c.id.desc()).limit(100)
    return [_run(row) for row in connection.execute(query)][::-1]


def _run(row: Row[Any]) -> RunRow:
    return RunRow(**{**row._mapping, "summary": json.loads(row.summary) if row.summary else {}})
