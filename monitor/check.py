"""One run, in order: lock, schema, judge itself, deliver what waits, collect and judge, deliver, prune, close.

Every step is one transaction or none, so that the process can be killed between any two and the next run goes on.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, Engine

from alerting.channels.interface import Channel
from alerting.delivery_report import DeliveryReport, report_of
from collectors.endpoint import Endpoint, EndpointHealth
from collectors.interface import Finished
from collectors.rpc import RpcClient
from monitor.budget import DEFAULT, Budget
from monitor.clock import Clock
from monitor.collection import Job, collect
from monitor.config.configuration import Configuration
from monitor.config.problem import ConfigError
from monitor.database import fenced, open_database, place, reading, sqlite_path, writing
from monitor.errors import SchemaError, StateError
from monitor.host import check_host, has_moved, this_host
from monitor.life_signs import LifeSigns, figures_of, said
from monitor.lock import lock_of
from monitor.model import Batch
from monitor.network_run import NetworkRun
from monitor.network_runs import network_runs
from monitor.quiet import end_acks, end_silences
from monitor.recording import Recorder
from monitor.removal import close_unwatched
from monitor.report import BUSY, CONFIGURATION, PARTLY, NetworkReport, Report
from monitor.retention import prune, prune_ledger
from monitor.routes import routes_of
from monitor.rules.run_killed import KilledRun
from monitor.runs import RunRow, finish_run, last_run, runs_since_success, start_run
from monitor.schema_version import prepare
from monitor.self_check import judge_itself, take_up_watch_list, tell_monitor_gaps, tell_takeover, watch_list_in_force
from monitor.self_kill import killed_after, ran_out_of_time
from monitor.unrecorded import tell_unrecorded

if TYPE_CHECKING:
    from alerting.outbox import Outbox

BUSY_TOO_LONG = 120
"""Seconds."""

Progress = Callable[[str, int, int], None]
"""(network, level just judged, newest finalised level)"""


class Surroundings(NamedTuple):
    """What a run is given by whoever starts it."""

    clock: Clock
    channels: Mapping[str, Channel]
    progress: Progress | None = None
    alarm: bool = False
    """Whether the process ends itself when it hangs; only a process of its own wants that."""
    budget: Budget = DEFAULT
    takeover: bool = False
    """Whether a state file of another host is this one's from now on."""


def check(configuration: Configuration, surroundings: Surroundings) -> Report:
    """One run. Never raises for what a run can meet: the report says it."""
    report, signs = Report(), LifeSigns(configuration.settings)
    engine: Engine | None = None
    try:
        engine = open_database(configuration.settings.database_url.get_secret_value())
        lock = lock_of(engine)
        if not lock.acquire():
            return _busy(engine, surroundings.clock, report)
        path = sqlite_path(engine)
        mark = path.with_name(f"{path.name}.lock") if path else None
        seconds = surroundings.budget.alarm
        alarm: AbstractContextManager[None] = killed_after(seconds, mark) if surroundings.alarm else nullcontext()
        try:
            with alarm:
                prepare(engine)
                signs.begin()
                run = _Run(fenced(engine, lock.fence), configuration, surroundings, report)
                try:
                    run.go(mark)
                except StateError:
                    run.abandon(engine)
                    raise
        finally:
            lock.release()
    except SchemaError as error:
        report.problems.append(str(error))
        report.worsen(CONFIGURATION)
    except ConfigError as error:
        report.problems += [str(problem) for problem in error.problems]
        report.worsen(CONFIGURATION)
    except StateError as error:
        report.problems.append(f"cannot record: {error}")
        report.unrecorded = str(error)
        report.worsen(PARTLY)
    finally:
        if engine is not None:
            engine.dispose()
    if report.run is not None or report.unrecorded is not None:
        identifier = configuration.settings.identifier or socket.gethostname()
        told = (identifier, surroundings.channels, surroundings.clock.now())
        for name, failure in tell_unrecorded(configuration.home, report.unrecorded, *told).items():
            report.warnings.append(f"{name} not told: {said(failure)}")
    signs.end(report)
    return report


class _Run:
    """The steps of a run that holds the lock."""

    def __init__(
        self, engine: Engine, configuration: Configuration, surroundings: Surroundings, report: Report
    ) -> None:
        self.engine, self.configuration, self.surroundings, self.report = engine, configuration, surroundings, report
        self.settings = configuration.settings
        self.clock, self.budget = surroundings.clock, surroundings.budget
        self.start = self.clock.monotonic()
        self.now = self.clock.now()
        self.host = this_host(self.settings.identifier)
        self.outbox: Outbox | None = None

    def go(self, mark: Path | None) -> None:
        with reading(self.engine) as connection:
            watch_list = watch_list_in_force(connection, self.configuration)
            earlier = runs_since_success(connection)
            before = self._host_before(connection)
        with writing(self.engine) as connection:
            run_id = start_run(connection, self.now, self.host, os.getpid())
            recorder = Recorder(routes_of(self.settings, self.surroundings.channels), run_id, self.now)
            take_up_watch_list(connection, self.configuration, recorder)
            if before is not None and has_moved(before, self.host):
                tell_takeover(connection, before, self.host, recorder)
            # Before anything that may end this run as well: what is killed every minute has to be told all the same.
            judge_itself(connection, self.configuration, recorder, self._killed(earlier, mark))
        self.report.run = run_id
        earlier_news = self._deliver(run_id, self.budget.first_delivery)
        end_acks(self.engine, recorder)

        networks = network_runs(self.engine, self.settings, watch_list, recorder)
        self._collect(networks)
        close_unwatched(self.engine, self.settings, {run.network for run in networks}, recorder)
        waiting = [run.waiting for run in networks if run.waiting is not None]
        identifier = self.settings.identifier or ""
        threshold = self.settings.alert_inactive_state_threshold
        tell_monitor_gaps(self.engine, earlier, threshold, waiting, recorder, identifier)
        end_silences(self.engine, recorder, self.settings.recovery_attestations)

        delivered = self._deliver(run_id, self.budget.delivery)
        self.report.told, self.report.undelivered = earlier_news.sent + delivered.sent, delivered.undelivered
        self.report.broken = delivered.broken
        if self.configuration.watch_list_error is not None:
            self.report.problems += [str(problem) for problem in self.configuration.watch_list_error.problems]
            self.report.worsen(CONFIGURATION)
        with writing(self.engine) as connection:
            self._prune(connection, networks)
            figures_of(connection, self.report, misses=self.settings.cloudwatch_metrics_namespace is not None)
            finish_run(connection, run_id, self.clock.now(), self.report.outcome, self.report.to_value())

    def _host_before(self, connection: Connection) -> str | None:
        """Where the newest run was. PostgreSQL is made to be shared. Raises OtherHost."""
        newest = last_run(connection)
        if newest is None or sqlite_path(self.engine) is None:
            return None
        if not self.surroundings.takeover:
            check_host(newest.host, self.host, place(self.engine))
        return newest.host

    def abandon(self, engine: Engine) -> None:
        """Ends a run that could not record something, so that the next one does not take it for killed.

        `engine` asks for no lock: the row is this run's own, whoever runs by now.
        """
        if self.report.run is None:
            return
        with suppress(StateError), writing(engine) as connection:
            finish_run(connection, self.report.run, self.clock.now(), "error", self.report.to_value())

    def _killed(self, earlier: Sequence[RunRow], mark: Path | None) -> KilledRun | None:
        if not earlier or earlier[-1].finished_at is not None:
            return None
        last = earlier[-1]
        return KilledRun(last.id, last.started_at, ran_out_of_time(mark, last.started_at, self.budget.alarm))

    def _deliver(self, run_id: int, seconds: float) -> DeliveryReport:
        """What sends is imported, and kept, where something waits: in most minutes nothing does."""
        if self.outbox is None:
            with reading(self.engine) as connection:
                standing = report_of(connection, self.surroundings.channels)
            if not standing.undelivered:
                return standing
            from alerting.outbox import Outbox

            self.outbox = Outbox(
                self.engine,
                self.surroundings.channels,
                run_id,
                now=self.clock.now,
                zone=self.settings.zone,
                explorer_url=self.settings.blockexplorer_url,
            )
        return self.outbox.deliver(self.start + seconds)

    def _prune(self, connection: Connection, networks: Sequence[NetworkRun]) -> None:
        """As much at most as a run adds; nothing after one that found nothing new."""
        grown = [run for run in networks if run.levels_read]
        for run in grown:
            if run.chain_time is not None:
                prune(connection, run.network, run.met_levels, run.chain_time)
        if grown:
            prune_ledger(connection, self.now)

    def _collect(self, networks: list[NetworkRun]) -> None:
        jobs: dict[str, NetworkRun] = {}
        clients: dict[str, RpcClient] = {}
        queue: list[Job] = []
        for run in networks:
            run.begin()
            name, client = run.endpoints_key, self._client(run.endpoints, run.health())
            archive = self._client(run.archive, {}) if run.archive else None
            jobs[name], clients[name] = run, client
            queue.append(run.job(client, archive, self.start + self.budget.stop_reading))
        for job, item in collect(queue, self.start + self.budget.networks, self.clock.monotonic):
            run = jobs[job.name]
            if isinstance(item, Finished):
                run.finish(item, clients[job.name].health())
                self._note(run.report())
                continue
            run.take(item)
            if isinstance(item, Batch) and self.surroundings.progress is not None and run.probed is not None:
                self.surroundings.progress(run.network, item.last_level, run.probed.final_level)

    def _client(self, endpoints: Sequence[Endpoint], health: Mapping[str, EndpointHealth]) -> RpcClient:
        return RpcClient(
            endpoints,
            timeout=self.settings.rpc_timeout,
            max_connections=self.settings.rpc_max_connections,
            max_body=self.settings.rpc_max_body,
            deadline=self.start + self.budget.requests,
            health=health,
            now=self.clock.now,
            monotonic=self.clock.monotonic,
        )

    def _note(self, network: NetworkReport) -> None:
        self.report.networks.append(network)
        if network.error is not None:
            self.report.worsen(PARTLY)


def _busy(engine: Engine, clock: Clock, report: Report) -> Report:
    """Another process holds the lock: fine for two minutes, a fault after that."""
    try:
        with reading(engine) as connection:
            other = last_run(connection)
    except StateError:
        other = None  # it is still making the tables; anything else is for the holder of the lock to say
    age = clock.now() - other.started_at if other is not None else 0
    if other is not None and age >= BUSY_TOO_LONG and _may_be_running(other):
        report.problems.append(f"run {other.id} has been running {age // 60} min (process {other.pid} on {other.host})")
        report.exit_code = BUSY
    else:
        report.note = "another run is under way"
    return report


def _may_be_running(run: RunRow) -> bool:
    """False for an earlier run: the one that holds the lock has not written its own row yet."""
    if run.finished_at is not None:
        return False
    if run.host == socket.gethostname():
        try:
            os.kill(run.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # another user's
    return True
