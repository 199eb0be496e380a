"""One network in one run: what its collector hands over is stored and judged, each piece in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine

from alerting.payload import Payload
from alerting.transition import Transition
from collectors.endpoint import EndpointHealth
from collectors.interface import READ_FAILED, Blocked, Finished, Item, Plan, Probed, Reorganised
from monitor.checks import Checks
from monitor.conditions import judge_delegates, judge_source, judge_source_by
from monitor.config.settings import Settings
from monitor.cursor import load_cursor, mark_blocked, set_judged, start_cursor
from monitor.database import reading, writing
from monitor.duties import DutyFold
from monitor.endpoints import EndpointRow, load_endpoints, store_endpoints
from monitor.knowledge import Knowledge
from monitor.model import Batch, CheckKey, CoverageGap, Cursor, EventKind, Severity
from monitor.networks import pin_network, pinned
from monitor.notices import tell_notices
from monitor.payloads import inhibitor, payload_of
from monitor.planning import load_plan
from monitor.readings import add_due, postpone_due, remove_due, store_reading
from monitor.recording import Recorder
from monitor.reminding import remind
from monitor.removal import close_targets
from monitor.report import NetworkReport
from monitor.routes import own_channels
from monitor.rules import reorganisation
from monitor.source_model import SourceReading
from monitor.state import gaps_between, reset_to, store_batch
from monitor.targets import sync_targets, targets
from monitor.watched import WatchedNetwork


@dataclass(slots=True)
class NetworkRun:
    """Begun before its collector, then given its items in order. Raises StateError where it cannot write."""

    engine: Engine
    settings: Settings
    watched: WatchedNetwork
    recorder: Recorder
    others: frozenset[str] = frozenset()
    """The settings by which this run reaches other networks."""
    network: str = ""
    probed: Probed | None = None
    finished: Finished | None = None
    levels_read: int = 0
    blocks_per_cycle: int | None = None
    _refused: str | None = None
    """Why nothing of what the collector hands over is taken."""
    _overtaken: bool = False
    """The collector was sent off without the cursor that the database has: what it reads is not what comes next."""
    _checks: Checks = field(init=False)
    _fold: DutyFold = field(init=False)

    def __post_init__(self) -> None:
        self.recorder = self.recorder.for_targets(own_channels(self.watched.delegates))

    def begin(self) -> Plan:
        """Takes up an edited watch list and what an interrupted run stored without judging it; returns the plan."""
        with reading(self.engine) as connection:
            plan = load_plan(connection, self.watched, self.settings, self.recorder.now)
            self._load(connection, plan.network or self.watched.unnamed)
            stored = targets(connection, self.network)
        cursor = plan.cursor
        if cursor is None:
            return plan
        if {target: row.name for target, row in stored.items()} != self._wanted():
            self._sync_targets(cursor.level + 1)
        if cursor.judged_level < cursor.level:
            self._judge(cursor)
        return plan

    def take(self, item: Item) -> None:
        """What comes before the end; afterwards `finish`."""
        if self._refused or self._overtaken:
            return
        match item:
            case Probed():
                self._take_probed(item)
            case Batch():
                self._take_batch(item)
            case Blocked():
                with writing(self.engine) as connection:
                    mark_blocked(connection, item.network, item.level, item.reason, item.since, self.recorder.now)
            case Reorganised():
                self._take_reorganised(item)

    def finish(self, finished: Finished, health: Iterable[EndpointHealth]) -> None:
        """The last item, with how the endpoints did: judges what is known of sources and delegates."""
        if self._refused is not None:
            self.finished = replace(finished, error=self._refused)
            return
        self.finished = finished
        now = self.recorder.now
        with writing(self.engine) as connection:
            store_endpoints(connection, self.network, [_endpoint_row(self.network, item) for item in health])
            for item in finished.readings:
                store_reading(connection, item)
            for target in finished.read_targets:
                remove_due(connection, self.network, target)
            for target in finished.failed_targets:
                postpone_due(connection, self.network, target, READ_FAILED, now)
            known = Knowledge(connection, self.network, now)
            tell = self._tell(connection, known=known)
            judge_source(connection, self._checks, self.settings, finished, now, tell)
            if finished.error is None:
                judge_delegates(connection, self._checks, self.watched.delegates, known, now, tell)
            self._checks.save(connection, now)
            self.blocks_per_cycle = known.constants.blocks_per_cycle if known.constants else None
            remind(connection, self._checks, self.recorder, self._fold.standing, self._payload(known))

    @property
    def waiting(self) -> tuple[int, int] | None:
        """First and last of the finalised levels that waited when the run began."""
        if self.probed is None or self.probed.final_level < self.probed.first_level:
            return None
        return self.probed.first_level, self.probed.final_level

    @property
    def chain_time(self) -> int | None:
        """The wall clock, or the head's time where that is earlier: a chain that stands still grows no older. None
        where nobody told."""
        return None if self.probed is None else min(self.recorder.now, self.probed.head_timestamp)

    @property
    def met_levels(self) -> int:
        """How many levels met rights are kept: the widest window, or two cycles."""
        limits = [self.settings.alert_baking_block_window, self.settings.alert_attestation_block_window or 0]
        for delegate in self.watched.delegates.values():
            own = (delegate.alerts.baking, delegate.alerts.attestation)
            limits += [limit.window for limit in own if limit is not None and limit.window is not None]
        return max(*limits, 2 * (self.blocks_per_cycle or 0))

    def health(self) -> dict[str, EndpointHealth]:
        """What earlier runs remember of the endpoints."""
        with reading(self.engine) as connection:
            rows = load_endpoints(connection, self.network)
        return {
            label: EndpointHealth(label, row.failures, row.last_ok_at, row.last_failed_at, row.last_error, row.retry_at)
            for label, row in rows.items()
        }

    def report(self) -> NetworkReport:
        assert self.finished is not None
        with reading(self.engine) as connection:
            cursor = load_cursor(connection, self.network)
        final = self.probed.final_level if self.probed else None
        return NetworkReport(
            network=self.network,
            levels=self.levels_read,
            cursor=cursor.level if cursor else None,
            head=self.finished.source.head_level,
            behind=max(0, final - cursor.level) if final is not None and cursor else None,
            requests=self.finished.requests,
            error=self.finished.error,
            skipped=self.finished.skipped,
        )

    def _load(self, connection: Connection, network: str) -> None:
        self.network = network
        self._checks = Checks(connection, network)
        self._fold = DutyFold(self._checks, self.settings, self.watched.delegates)

    def _wanted(self) -> dict[str, str | None]:
        return {address: delegate.name for address, delegate in self.watched.delegates.items()}

    def _sync_targets(self, next_level: int) -> None:
        now = self.recorder.now
        with writing(self.engine) as connection:
            changes = sync_targets(connection, self.network, self._wanted(), next_level, now)
            removed = {row.target: row.name for row in changes.removed}
            close_targets(connection, self._checks, removed, now, self._tell(connection, removed))
            self._checks.save(connection, now)

    def _take_probed(self, probed: Probed) -> None:
        self.probed = probed
        now, key = self.recorder.now, self.watched.endpoints_key
        with writing(self.engine) as connection:
            known = pinned(connection, key)
            if known is not None and known.name == probed.network:
                return
            pin = pin_network(connection, probed.network, key, probed.chain_id, now, kept=self.others)
            if pin.endpoints_key != key:
                self._refused = (
                    f"{key} leads to {probed.network}, as {pin.endpoints_key} does: put its addresses in one of them"
                )
                return
            cursor = load_cursor(connection, probed.network)
            self._overtaken = cursor is not None
            if cursor is None:
                cursor = start_cursor(connection, probed.network, probed.first_level - 1, probed.final_level, now)
            if self.network != probed.network:
                # What was told while the chain had no name yet is over: it answers now.
                close_targets(connection, self._checks, None, now, self._tell(connection), reason="recovered")
                self._checks.save(connection, now)
            self._load(connection, probed.network)
            sync_targets(connection, probed.network, self._wanted(), cursor.level + 1, now)

    def _take_batch(self, batch: Batch) -> None:
        now = self.recorder.now
        with writing(self.engine) as connection:
            cursor = store_batch(connection, batch, now)
            for item in batch.readings:
                store_reading(connection, item)
            for target, reason in batch.due:
                add_due(connection, batch.network, target, reason, now)
        self.levels_read += len(batch.blocks)
        self._judge(cursor)

    def _take_reorganised(self, item: Reorganised) -> None:
        """Told with the reset itself: once the cursor is back nothing else knows of it."""
        now, found = self.recorder.now, item.reorganisation
        source = SourceReading(item.network, (), None, None, None, reorganisation=found)
        with writing(self.engine) as connection:
            reset_to(connection, item.network, found.common_level, item.common_hash, now)
            tell = self._tell(connection)
            judge_source_by(reorganisation.RULE, connection, self._checks, self.settings, source, now, tell)
            self._checks.save(connection, now)

    def _judge(self, cursor: Cursor) -> None:
        with writing(self.engine) as connection:
            for gap in gaps_between(connection, cursor.network, cursor.judged_level, cursor.level):
                self._tell_gap(connection, gap)
            tell = self._tell(connection)
            self._fold.fold(connection, cursor, tell)
            tell_notices(connection, self._checks, cursor, self.watched.delegates, tell)
            set_judged(connection, cursor.network, cursor.level)
            self._checks.save(connection, self.recorder.now)

    def _tell_gap(self, connection: Connection, gap: CoverageGap) -> None:
        """A gap of many levels is told at once; single unreadable levels are one incident of the source."""
        if gap.from_level == gap.to_level:
            return
        payload = Payload(
            first_level=gap.from_level,
            last_level=gap.to_level,
            levels=gap.to_level - gap.from_level + 1,
            detail=gap.reason,
            identifier=self.settings.identifier,
        )
        key = CheckKey(gap.network, "source", "coverage_gap")
        dedupe_key = f"gap:{gap.network}:{gap.from_level}:{gap.to_level}"
        self.recorder.tell(connection, EventKind.COVERAGE_GAP, key, dedupe_key, payload, Severity.WARNING)

    def _tell(
        self,
        connection: Connection,
        removed: Mapping[str, str | None] | None = None,
        known: Knowledge | None = None,
    ) -> Callable[[Transition], None]:
        payload = self._payload(known or Knowledge(connection, self.network, self.recorder.now), removed)

        def tell(transition: Transition) -> None:
            quieted_by = inhibitor(self._checks, transition.key)
            self.recorder.record(connection, transition, payload(transition), quieted_by)

        return tell

    def _payload(
        self, known: Knowledge, removed: Mapping[str, str | None] | None = None
    ) -> Callable[[Transition], Payload]:
        """What an event says of a transition. `removed`: names of targets that are no longer on the list."""
        return lambda transition: payload_of(
            transition, self._checks, known, self.settings, self.watched.delegates, removed or {}
        )


def _endpoint_row(network: str, health: EndpointHealth) -> EndpointRow:
    return EndpointRow(
        network,
        health.label,
        health.failures,
        health.last_ok_at,
        health.last_failed_at,
        health.last_error,
        health.retry_at,
    )
