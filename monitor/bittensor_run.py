"""A Bittensor network in one run: who is watched, what its collector is told, and who judges what it hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from alerting.payload import Payload
from alerting.transition import Transition
from collectors.bittensor.plan import BittensorPlan
from collectors.endpoint import Endpoint
from collectors.interface import Blocked, Finished, Item, Probed, Reorganised
from collectors.rpc import RpcClient
from monitor.bittensor_plan import load_bittensor_plan
from monitor.bittensor_targets import BittensorTargets
from monitor.checks import Checks
from monitor.collection import Job
from monitor.conditions import judge_source_by
from monitor.cursor import load_cursor
from monitor.database import reading
from monitor.model import Batch
from monitor.network_run import NetworkRun
from monitor.payloads import common
from monitor.reminding import remind
from monitor.report import NetworkReport
from monitor.rules.bittensor import endpoint_behind
from monitor.rules.bittensor.watched import neuron_target
from monitor.rules.registry import SOURCE_RULES
from monitor.targets import targets
from monitor.watched import WatchedBittensor

if TYPE_CHECKING:
    from monitor.bittensor_judgement import Judgement

SHARED = frozenset({"unreachable", "endpoint_unreachable", "wrong_chain", "endpoints_disagree", "unreadable"})
"""Source rules that mean the same on every network. `chain_stalled` stands for `stale_head`."""


@dataclass(slots=True, kw_only=True)
class BittensorRun(NetworkRun):
    network_watched: WatchedBittensor
    cache: Path
    """The folder of metadata files."""
    watched: BittensorTargets = field(init=False)
    _plan: BittensorPlan = field(init=False)
    hotkeys: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Hotkey -> the subnets it is known on."""
    skipped: tuple[str, ...] = ()
    """Which rules mean nothing for whom now, and why, in words."""
    _judgement: Judgement | None = None

    @property
    def endpoints_key(self) -> str:
        return self.network_watched.endpoints_key

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return self.network_watched.endpoints

    @property
    def archive(self) -> tuple[Endpoint, ...]:
        return self.network_watched.archive

    def __post_init__(self) -> None:
        self.watched = BittensorTargets(self.network_watched.targets)

    def names(self) -> dict[str, str | None]:
        """The list's own targets, and the neurons found for it."""
        names = self.watched.names()
        for hotkey, netuids in self.hotkeys.items():
            names |= {neuron_target(netuid, hotkey): names.get(hotkey) for netuid in netuids}
        return names

    @property
    def met_levels(self) -> int:
        return 0

    def load(self, connection: Connection, network: str) -> None:
        self.network = network
        self.checks = Checks(connection, network, self.settings.alert_escalate_after)

    def begin(self) -> None:
        with reading(self.engine) as connection:
            plan = load_bittensor_plan(connection, self.watched, self.settings, self.recorder.now)
            self.load(connection, plan.network or self.network_watched.unnamed)
            stored = {name: row.name for name, row in targets(connection, self.network).items()}
        self._plan, self.hotkeys = plan, plan.hotkeys
        names = self.names()
        self.recorder = self.recorder.for_targets(self.watched.channels(names))
        if plan.cursor is not None and stored != names:
            self.sync(plan.cursor.level + 1)

    def job(self, client: RpcClient, archive: RpcClient | None, stop_at: float) -> Job:
        from collectors.bittensor.collector import BittensorCollector

        plan = self._plan
        collector = BittensorCollector(client, self.endpoints, self.cache, stop_at, archive)
        return Job(self.endpoints_key, plan.network, plan.expected_chain_id, partial(collector.collect, plan))

    def take(self, item: Item) -> None:
        if self.refused or self.overtaken:
            return
        match item:
            case Probed():
                self.take_probed(item)
            case Batch() | Blocked() | Reorganised() | Finished():
                pass  # of other networks
            case _:
                self._judges().take(item)

    def report(self) -> NetworkReport:
        report = NetworkRun.report(self)
        return report._replace(skipped=(*report.skipped, *self.skipped))

    def judge_end(self, connection: Connection, finished: Finished) -> None:
        now, tell = self.recorder.now, self.tell(connection)
        for rule in (*(one for one in SOURCE_RULES if one.card.name in SHARED), endpoint_behind.RULE):
            judge_source_by(rule, connection, self.checks, self.settings, finished.source, now, tell)
        cursor = load_cursor(connection, self.network)
        if cursor is not None and cursor.judged_level < cursor.level:
            self._judges().tell_blocks(connection, cursor, tell)
        self.checks.save(connection, now)
        remind(connection, self.checks, self.recorder, lambda check: None, self.payload(connection, {}))

    def payload(self, connection: Connection, removed: Mapping[str, str | None]) -> Callable[[Transition], Payload]:
        def says(transition: Transition) -> Payload:
            target = transition.key.target
            entry = self.watched.entry(target)
            name = entry.name if entry else removed.get(target)
            values = common(connection, transition, self.settings, name, entry.runbook if entry else None)
            return Payload(**values, facts=dict(transition.verdict.evidence) or None)

        return says

    def _judges(self) -> Judgement:
        if self._judgement is None or self._judgement.network != self.network:
            from monitor.bittensor_judgement import Judgement

            self._judgement = Judgement(self)
        return self._judgement
