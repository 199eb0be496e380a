"""What earlier runs left behind: did they run, and was everything told."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from alerting.channel_states import read_states
from alerting.deliveries import DEAD, undelivered
from alerting.render.figures import duration
from monitor.doctor.finding import Finding, failed, warning, well
from monitor.runs import last_run
from monitor.schema import coverage_gap, delivery, event

DAY = 86_400
CRON = "put main.py into crontab (crontab.example), and look at cron's log"


def examine_ledger(connection: Connection, configured: frozenset[str], stale_after: int, now: int) -> Iterator[Finding]:
    """`configured`: the channels that are switched on. `stale_after`: ALERT_INACTIVE_STATE_THRESHOLD."""
    yield _last_run(connection, stale_after, now)
    waiting = undelivered(connection)
    if waiting:
        yield warning("messages", f"{waiting} wait to be told", "the next run tries again; see the channels below")
    else:
        yield well("messages", "everything was told")
    yield from _given_up(connection, now)
    for state in read_states(connection).values():
        if state.channel in configured and state.broken_since is not None:
            since = duration(now - state.broken_since)
            yield failed(
                state.channel,
                f"takes no messages for {since}: {state.broken_reason}",
                f"mend it, then python main.py test-alert --channel {state.channel}",
            )
    yield from _gaps(connection, now)


def _last_run(connection: Connection, stale_after: int, now: int) -> Finding:
    run = last_run(connection)
    if run is None:
        return warning("last run", "there was none yet", "python main.py check")
    age = now - run.started_at
    text = f"run {run.id}, {duration(age)} ago: {run.outcome or 'not finished'}"
    if age > stale_after:
        return failed("last run", text, CRON)
    if run.outcome == "error" or (run.finished_at is None and age > 60):
        return failed("last run", text, "python main.py check --verbose says why")
    if run.outcome == "partial":
        return warning("last run", text, "python main.py check --verbose says why")
    return well("last run", text)


def _given_up(connection: Connection, now: int) -> Iterator[Finding]:
    query = (
        select(delivery.c.channel, func.count())
        .join(event, event.c.id == delivery.c.event_id)
        .where(delivery.c.state == DEAD, event.c.created_at > now - 7 * DAY)
        .group_by(delivery.c.channel)
        .order_by(delivery.c.channel)
    )
    for channel, count in connection.execute(query):
        fix = "python main.py incidents --all shows what happened"
        yield warning("messages", f"{count} of the last week were given up on {channel}", fix)


def _gaps(connection: Connection, now: int) -> Iterator[Finding]:
    query = select(coverage_gap).where(coverage_gap.c.recorded_at > now - DAY)
    for gap in connection.execute(query.order_by(coverage_gap.c.network, coverage_gap.c.from_level)):
        text = f"{gap.network}: levels {gap.from_level:,} to {gap.to_level:,} were not checked: {gap.reason}"
        yield warning("coverage", text, "a second endpoint in RPC_URL reads what the first cannot")
