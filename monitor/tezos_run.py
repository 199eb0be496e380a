"""A Tezos network in one run: levels and rights are folded, delegates and nodes judged by what was polled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from alerting.payload import Payload
from alerting.transition import Transition
from collectors.endpoint import Endpoint
from collectors.interface import READ_FAILED, Blocked, Finished, Item, Plan, Probed, Reorganised
from collectors.rpc import RpcClient
from collectors.tezos.collector import TezosCollector
from monitor.checks import Checks
from monitor.collection import Job
from monitor.conditions import judge_delegates, judge_source, judge_source_by
from monitor.cursor import mark_blocked, set_judged
from monitor.database import reading, writing
from monitor.duties import DutyFold
from monitor.knowledge import Knowledge
from monitor.model import Batch, Cursor
from monitor.network_run import NetworkRun
from monitor.notices import tell_notices
from monitor.payloads import payload_of
from monitor.planning import load_plan
from monitor.readings import add_due, postpone_due, remove_due, store_reading
from monitor.reminding import remind
from monitor.routes import own_channels
from monitor.rules import reorganisation
from monitor.source_model import SourceReading
from monitor.state import gaps_between, reset_to, store_batch
from monitor.targets import targets
from monitor.watched import WatchedNetwork


@dataclass(slots=True, kw_only=True)
class TezosRun(NetworkRun):
    watched: WatchedNetwork
    blocks_per_cycle: int | None = None
    _plan: Plan = field(init=False)
    _fold: DutyFold = field(init=False)

    def __post_init__(self) -> None:
        self.recorder = self.recorder.for_targets(own_channels(self.watched.delegates))

    @property
    def endpoints_key(self) -> str:
        return self.watched.endpoints_key

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return self.watched.endpoints

    def names(self) -> dict[str, str | None]:
        return {address: delegate.name for address, delegate in self.watched.delegates.items()}

    def begin(self) -> None:
        with reading(self.engine) as connection:
            plan = load_plan(connection, self.watched, self.settings, self.recorder.now)
            self.load(connection, plan.network or self.watched.unnamed)
            stored = targets(connection, self.network)
        self._plan = plan
        cursor = plan.cursor
        if cursor is None:
            return
        if {target: row.name for target, row in stored.items()} != self.names():
            self.sync(cursor.level + 1)
        if cursor.judged_level < cursor.level:
            self._judge(cursor)

    def job(self, client: RpcClient, archive: RpcClient | None, stop_at: float) -> Job:
        plan = self._plan
        collector = TezosCollector(client, self.endpoints, self.settings.rpc_max_connections, stop_at)
        return Job(self.endpoints_key, plan.network, plan.expected_chain_id, partial(collector.collect, plan))

    def take(self, item: Item) -> None:
        if self.refused or self.overtaken:
            return
        match item:
            case Probed():
                self.take_probed(item)
            case Batch():
                self._take_batch(item)
            case Blocked():
                with writing(self.engine) as connection:
                    mark_blocked(connection, item.network, item.level, item.reason, item.since, self.recorder.now)
            case Reorganised():
                self._take_reorganised(item)

    def load(self, connection: Connection, network: str) -> None:
        self.network = network
        self.checks = Checks(connection, network, self.settings.alert_escalate_after)
        self._fold = DutyFold(self.checks, self.settings, self.watched.delegates)

    def judge_end(self, connection: Connection, finished: Finished) -> None:
        now = self.recorder.now
        for item in finished.readings:
            store_reading(connection, item)
        for target in finished.read_targets:
            remove_due(connection, self.network, target)
        for target in finished.failed_targets:
            postpone_due(connection, self.network, target, READ_FAILED, now)
        known = Knowledge(connection, self.network, now)
        say = self._says(known, {})
        tell = self.tell(connection, say)
        judge_source(connection, self.checks, self.settings, finished, now, tell)
        if finished.error is None:
            judge_delegates(connection, self.checks, self.watched.delegates, known, now, tell)
        self.checks.save(connection, now)
        self.blocks_per_cycle = known.constants.blocks_per_cycle if known.constants else None
        remind(connection, self.checks, self.recorder, self._fold.standing, say)

    @property
    def met_levels(self) -> int:
        """How many levels met rights are kept: the widest window, or two cycles."""
        limits = [self.settings.alert_baking_block_window, self.settings.alert_attestation_block_window or 0]
        for delegate in self.watched.delegates.values():
            own = (delegate.alerts.baking, delegate.alerts.attestation)
            limits += [limit.window for limit in own if limit is not None and limit.window is not None]
        return max(*limits, 2 * (self.blocks_per_cycle or 0))

    def payload(self, connection: Connection, removed: Mapping[str, str | None]) -> Callable[[Transition], Payload]:
        return self._says(Knowledge(connection, self.network, self.recorder.now), removed)

    def _says(self, known: Knowledge, removed: Mapping[str, str | None]) -> Callable[[Transition], Payload]:
        return lambda transition: payload_of(
            transition, self.checks, known, self.settings, self.watched.delegates, removed
        )

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
            tell = self.tell(connection)
            judge_source_by(reorganisation.RULE, connection, self.checks, self.settings, source, now, tell)
            self.checks.save(connection, now)

    def _judge(self, cursor: Cursor) -> None:
        with writing(self.engine) as connection:
            for gap in gaps_between(connection, cursor.network, cursor.judged_level, cursor.level):
                self.tell_gap(connection, gap)
            tell = self.tell(connection)
            self._fold.fold(connection, cursor, tell)
            tell_notices(connection, self.checks, cursor, self.watched.delegates, tell)
            set_judged(connection, cursor.network, cursor.level)
            self.checks.save(connection, self.recorder.now)
