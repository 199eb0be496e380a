"""The whole state in one line and an exit code, as Nagios, Icinga and their like ask for it.

monitoring-plugins.org, "Plugin guidelines": 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; what follows the bar is figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from alerting.deliveries import PENDING
from alerting.render.figures import called, duration, plural
from monitor.model import CheckKey, Severity
from monitor.runs import last_run
from monitor.schema import channel_state, coverage_gap, delivery, event, incident, target

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
TOLD_LATE = 600
"""Seconds that a message may wait before it is worth a warning: the first few tries are a matter of course."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Summary:
    """What the line is made of."""

    run_age: int | None
    """Seconds since the last run began; None before the first."""
    run_outcome: str | None
    critical: tuple[str, ...]
    """Open incidents, as "alice missed_attestation #a1f3c2"."""
    warning: tuple[str, ...]
    broken: tuple[str, ...]
    undelivered: int
    waiting_for: int
    """Seconds the oldest of them has waited."""
    gaps: int
    """Recorded within a day."""


def summary(connection: Connection, now: int) -> Summary:
    run = last_run(connection)
    names = {(row.network, row.target): row.name for row in connection.execute(select(target))}
    by_severity: dict[str, list[str]] = {}
    open_ones = select(incident).where(incident.c.closed_at.is_(None)).order_by(incident.c.opened_at, incident.c.id)
    for row in connection.execute(open_ones):
        who = called(CheckKey(row.network, row.target, row.rule), names.get((row.network, row.target)))
        by_severity.setdefault(row.severity, []).append(f"{who} {row.rule} #{row.id}")
    waiting, oldest = connection.execute(
        select(func.count(), func.min(event.c.created_at))
        .select_from(delivery.join(event, event.c.id == delivery.c.event_id))
        .where(delivery.c.state == PENDING)
    ).one()
    broken = select(channel_state.c.channel).where(channel_state.c.broken_since.is_not(None))
    gaps = select(func.count()).select_from(coverage_gap).where(coverage_gap.c.recorded_at > now - DAY)
    return Summary(
        run_age=None if run is None else max(0, now - run.started_at),
        run_outcome=None if run is None else run.outcome,
        critical=tuple(by_severity.get(Severity.CRITICAL.value, ())),
        warning=tuple(by_severity.get(Severity.WARNING.value, ())),
        broken=tuple(connection.execute(broken.order_by(channel_state.c.channel)).scalars()),
        undelivered=waiting,
        waiting_for=0 if oldest is None else max(0, now - oldest),
        gaps=connection.execute(gaps).scalar_one(),
    )


def verdict(seen: Summary, stale_after: int) -> tuple[int, str]:
    """(exit code, line). `stale_after`: seconds without a run that are critical. Pure."""
    if seen.run_age is None:
        return UNKNOWN, _line(UNKNOWN, ["there was no run yet"], seen)
    critical = [f"no run for {duration(seen.run_age)}"] if seen.run_age > stale_after else []
    critical += seen.critical
    warning = list(seen.warning)
    if seen.run_outcome in ("partial", "error"):
        warning.append(f"the last run ended with: {seen.run_outcome}")
    warning += [f"channel {name} is broken" for name in seen.broken]
    if seen.undelivered and seen.waiting_for > TOLD_LATE:
        warning.append(f"{plural(seen.undelivered, 'message')} not told for {duration(seen.waiting_for)}")
    if seen.gaps:
        warning.append(f"{plural(seen.gaps, 'coverage gap')} within a day")
    code = CRITICAL if critical else WARNING if warning else OK
    return code, _line(code, [*critical, *warning] or ["nothing is open"], seen)


def unknown(text: str) -> str:
    """The line where nothing could be read."""
    return f"SENTINEL UNKNOWN: {_plain(text)}"


def _line(code: int, parts: list[str], seen: Summary) -> str:
    shown = parts[:4] + ([f"and {len(parts) - 4} more"] if len(parts) > 4 else [])
    figures = {
        "critical": len(seen.critical),
        "warning": len(seen.warning),
        "undelivered": seen.undelivered,
        "broken": len(seen.broken),
        "gaps": seen.gaps,
    }
    age = "" if seen.run_age is None else f" run_age={seen.run_age}s"
    measured = " ".join(f"{name}={value}" for name, value in figures.items())
    return f"SENTINEL {WORDS[code]}: {_plain(', '.join(shown))} | {measured}{age}"


def _plain(text: str) -> str:
    """On one line; the bar is what figures begin with."""
    return " ".join(text.replace("|", "/").split())
