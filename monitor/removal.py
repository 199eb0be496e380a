"""Targets that are no longer watched: their incidents end, and nothing of their checks is remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, Engine, delete, select

from alerting.incidents import close
from alerting.transition import Transition
from monitor.checks import Checks
from monitor.config.settings import Settings
from monitor.cursor import load_cursor
from monitor.database import reading, writing
from monitor.knowledge import Knowledge
from monitor.payloads import payload_of
from monitor.recording import Recorder
from monitor.rules.interface import MONITOR
from monitor.schema import check_state, reading_due, sample, target
from monitor.schema import reading as reading_table
from monitor.targets import sync_targets


def close_targets(
    connection: Connection,
    checks: Checks,
    targets: Collection[str] | None,
    now: int,
    tell: Callable[[Transition], None],
    reason: str = "removed",
) -> None:
    """Closes the incidents of `targets` (None: of everybody) and forgets their checks and readings."""
    for check in checks:
        if targets is not None and check.key.target not in targets:
            continue
        for transition in close(check.key, check.state, now, None, reason)[1]:
            tell(transition)
        checks.forget(check)
        for table in (check_state, reading_table, reading_due, sample):
            connection.execute(
                delete(table).where(table.c.network == check.key.network, table.c.target == check.key.target)
            )


def close_unwatched(engine: Engine, settings: Settings, watched: Collection[str], recorder: Recorder) -> None:
    """Networks that nobody on the list belongs to any more: everything of theirs ends, the source's incidents too.

    So do those that never had a target: what a network was called before its first contact told its chain.
    """
    with reading(engine) as connection:
        belonging = select(target.c.network).where(target.c.removed_at.is_(None))
        query = belonging.union(select(check_state.c.network).where(check_state.c.network != MONITOR))
        left = sorted(set(connection.execute(query).scalars()) - set(watched))
    for network in left:
        with writing(engine) as connection:
            cursor = load_cursor(connection, network)
            next_level = cursor.level + 1 if cursor else 0
            changes = sync_targets(connection, network, {}, next_level, recorder.now)
            names = {row.target: row.name for row in changes.removed}
            checks, known = Checks(connection, network), Knowledge(connection, network, recorder.now)

            def tell(transition: Transition) -> None:
                payload = payload_of(transition, checks, known, settings, {}, names)  # noqa: B023
                recorder.record(connection, transition, payload)

            close_targets(connection, checks, None, recorder.now, tell)
