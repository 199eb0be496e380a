"""What somebody outside sees of a run, so that its absence is noticed: the heartbeat, and metrics where they are on.

Sent after the work, from the work. Nothing here can fail a run, or hold it up for more than a few seconds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr
from sqlalchemy import Connection, func, select

from alerting.errors import DeliveryError
from monitor.config.configuration import heartbeat_address
from monitor.config.problem import ConfigError
from monitor.config.settings import Settings
from monitor.model import Outcome
from monitor.report import RAN, NetworkReport, Report
from monitor.schema import incident, observation, series

if TYPE_CHECKING:
    from alerting.background import Background
    from alerting.heartbeat import Heartbeat

SECONDS = 4.5
"""How long the end of a run waits for both together."""
_ADDRESS = re.compile(r"\S*://\S*")
_PROBLEMS = 5


class LifeSigns:
    """One run's."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._heartbeat = None if settings.heartbeat_url is None else _heartbeat(settings.heartbeat_url)

    def begin(self) -> None:
        """The run holds the lock and begins its work."""
        if self._heartbeat is not None:
            self._heartbeat.start()

    def end(self, report: Report) -> None:
        """Tells how it went; what cannot be told is a warning of the report."""
        until = time.monotonic() + SECONDS
        under_way: dict[str, Background] = {}
        if self._heartbeat is not None:
            success = report.exit_code == RAN and not report.broken
            under_way["heartbeat"] = self._heartbeat.end(success, status_text(report))
        if self._settings.cloudwatch_metrics_namespace is not None:
            under_way["metrics"] = self._metrics(self._settings.cloudwatch_metrics_namespace, report)
        for name, call in under_way.items():
            failure = call.failure(until - time.monotonic())
            if failure is not None:
                report.warnings.append(f"{name} not sent: {said(failure)}")

    def _metrics(self, namespace: str, report: Report) -> Background:
        from alerting.background import Background
        from alerting.metrics import RunFigures, put_metrics

        lags = [network.behind for network in report.networks if network.behind is not None]
        figures = RunFigures(report.exit_code == RAN, report.open_incidents, report.missed, max(lags, default=None))
        region, identifier = self._settings.aws_region, self._settings.identifier or ""
        return Background("metrics", lambda: put_metrics(namespace, region, identifier, figures))


def figures_of(connection: Connection, report: Report, misses: bool) -> None:
    """Fills in what a run says of the database: open incidents and, where wanted, the rights it found missed."""
    still_open = select(func.count()).select_from(incident).where(incident.c.closed_at.is_(None))
    report.open_incidents = int(connection.execute(still_open).scalar_one())
    if not misses:
        return
    report.missed = 0
    for network in report.networks:
        if network.cursor is not None and network.levels:
            query = select(func.count()).select_from(observation.join(series, series.c.id == observation.c.series_id))
            query = query.where(
                series.c.network == network.network,
                observation.c.level > network.cursor - network.levels,
                observation.c.level <= network.cursor,
                observation.c.outcome == Outcome.MISSED.value,
                observation.c.round == 0,
            )
            report.missed += int(connection.execute(query).scalar_one())


def tell_unusable(env_file: Path | None, environ: Mapping[str, str], main_dir: Path, error: ConfigError) -> None:
    """A configuration that no run can be made of: the heartbeat fails, if its own setting can be read."""
    url = heartbeat_address(env_file, environ, main_dir)
    if url is None:
        return
    heartbeat = _heartbeat(url)
    # Where the faults are, not what stands there: a wrong value may be a secret in the wrong place.
    places = [f"{problem.file}:{problem.line or ''} {problem.path}".strip() for problem in error.problems]
    body = f"configuration: {len(places)} fault(s)\n" + "\n".join(places[:_PROBLEMS])
    heartbeat.end(False, body).failure(SECONDS)


def said(error: Exception) -> str:
    """A failure as it may be shown."""
    if isinstance(error, DeliveryError):
        return error.reason
    return str(error) if isinstance(error, TimeoutError) else f"failed: {type(error).__name__}"


def status_text(report: Report) -> str:
    """How a run went, in a line, and what went wrong in one each. No addresses, whatever the problems quote."""
    parts = [_network(network) for network in report.networks]
    parts += [f"channel {name} broken" for name in report.broken]
    if report.open_incidents is not None:
        parts.append(f"{report.open_incidents} open, {report.told} told, {report.undelivered} waiting")
    first = f"run {report.run or '?'} {report.outcome}: {'; '.join(parts) or 'nothing done'}"
    return _ADDRESS.sub("…", "\n".join([first, *report.problems[:_PROBLEMS]]))


def _heartbeat(url: SecretStr) -> Heartbeat:
    from alerting.heartbeat import Heartbeat

    return Heartbeat(url.get_secret_value())


def _network(network: NetworkReport) -> str:
    if network.error is not None:
        return f"{network.network} not read ({network.error})"
    at = "not read yet" if network.cursor is None else f"at level {network.cursor}"
    return f"{network.network} {at}{f', {network.behind} behind' if network.behind else ''}"
