"""Targets that are no longer watched: their incidents end, and nothing of their checks is remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, delete

from alerting.incidents import close
from alerting.transition import Transition
from monitor.checks import Checks
from monitor.schema import check_state, reading, reading_due


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
        for table in (check_state, reading, reading_due):
            connection.execute(
                delete(table).where(table.c.network == check.key.network, table.c.target == check.key.target)
            )
