"""A Bittensor network in one run: what blocks told is told on, and the state at one finalised block is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from alerting.payload import Payload
from alerting.render.bittensor.skips import why
from alerting.transition import Transition
from collectors.bittensor.interface import BittensorPlan, BlocksRead, Snapshot
from collectors.endpoint import Endpoint
from collectors.interface import Finished, Item, Probed
from collectors.rpc import RpcClient
from monitor.bittensor.block import BlockFacts
from monitor.bittensor.history import Sample
from monitor.bittensor.units import BLOCKS_PER_DAY
from monitor.bittensor_contexts import REGISTRATIONS, Contexts, samples_of
from monitor.bittensor_plan import SNAPSHOT, load_bittensor_plan, neurons_known
from monitor.bittensor_targets import BittensorTargets
from monitor.checks import Checks
from monitor.collection import Job
from monitor.conditions import judge_source_by, step
from monitor.cursor import load_cursor, set_judged
from monitor.database import reading, writing
from monitor.model import Batch, Cursor, Occurrence, Reading
from monitor.network_run import NetworkRun, Tell
from monitor.notices import tell_once
from monitor.observations import block_times, occurrences_between
from monitor.payloads import common
from monitor.readings import load_readings, store_reading
from monitor.reminding import remind
from monitor.report import NetworkReport
from monitor.rules.bittensor import baseline
from monitor.rules.bittensor.occurrences import occurrences_of, registrations_of
from monitor.rules.bittensor.registry import BY_SCOPE, NOTICES, SOURCE_RULES, skipped
from monitor.rules.bittensor.watched import CHAIN, neuron_target
from monitor.rules.registry import SOURCE_RULES as SHARED_SOURCE_RULES
from monitor.samples import load_history, prune_samples, store_samples
from monitor.state import gaps_between, store_batch, store_occurrences
from monitor.targets import targets
from monitor.watched import WatchedBittensor

SPACING = 5
"""Blocks between two states that are judged (ruled so that a median of samples is one over time)."""
SHARED = frozenset({"unreachable", "endpoint_unreachable", "wrong_chain", "endpoints_disagree", "unreadable"})
"""Source rules that mean the same on every network."""
EXPECTED_SKIPS = frozenset({"no-validator", "no-miner", "nothing-expected", "no-limit", "off"})
"""Reasons that follow from what the user wrote: nobody wonders why such a rule is silent."""


@dataclass(slots=True, kw_only=True)
class BittensorRun(NetworkRun):
    network_watched: WatchedBittensor
    cache: Path
    """The folder of metadata files."""
    watched: BittensorTargets = field(init=False)
    _plan: BittensorPlan = field(init=False)
    _hotkeys: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Hotkey -> the subnets it is known on."""
    _facts: tuple[BlockFacts, ...] = ()
    """Of the blocks read in this run: they tell who changed what."""
    _skipped: tuple[str, ...] = ()

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
        for hotkey, netuids in self._hotkeys.items():
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
        self._plan, self._hotkeys = plan, plan.hotkeys
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
            case BlocksRead():
                self._take_blocks(item)
            case Snapshot():
                self._take_snapshot(item)

    def report(self) -> NetworkReport:
        report = NetworkRun.report(self)
        return replace(report, skipped=(*report.skipped, *self._skipped))

    def judge_end(self, connection: Connection, finished: Finished) -> None:
        now, tell = self.recorder.now, self.tell(connection)
        for rule in (*(one for one in SHARED_SOURCE_RULES if one.card.name in SHARED), *SOURCE_RULES):
            judge_source_by(rule, connection, self.checks, self.settings, finished.source, now, tell)
        cursor = load_cursor(connection, self.network)
        if cursor is not None:
            self._tell_blocks(connection, cursor, tell)
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

    def _take_blocks(self, item: BlocksRead) -> None:
        now = self.recorder.now
        everyone = self.watched.everyone(self._hotkeys)
        occurrences = tuple(one for facts in item.facts for one in occurrences_of(facts, everyone, item.network))
        registered: defaultdict[int, int] = defaultdict(int)
        for facts in item.facts:
            for netuid, count in registrations_of(facts).items():
                registered[netuid] += count
        watched_subnets = everyone.subnets | {netuid for netuids in everyone.hotkeys.values() for netuid in netuids}
        with writing(self.engine) as connection:
            store_batch(connection, Batch(item.network, item.blocks, (), occurrences, item.gaps), now)
            if item.facts:
                last = item.facts[-1].block
                counts = {(str(n), REGISTRATIONS): Sample(last, registered[n]) for n in watched_subnets}
                store_samples(connection, item.network, counts)
        self.levels_read += len(item.blocks)
        self._facts += item.facts

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        network, block, now = self.network, snapshot.chain.block, self.recorder.now
        found = neurons_known(self._hotkeys, snapshot)
        if found != self._hotkeys:
            self._hotkeys = found
            self.recorder = self.recorder.for_targets(self.watched.channels(self.names()))
            self.sync(block + 1)
        with writing(self.engine) as connection:
            readings = load_readings(connection, network)
            before = readings.get((CHAIN, SNAPSHOT))
            judged = None if before is None else before.value.get("judged")
            due = judged is None or block >= judged + SPACING
            looked = {"discovered_at": now, "looked_for": sorted(self.watched.everywhere)}
            if not snapshot.discovered:
                looked = {name: before.value.get(name) for name in looked} if before else {}
            value = {
                "spec": snapshot.chain.spec_version,
                "judged": block if due else judged,
                **{name: found for name, found in looked.items() if found is not None},
            }
            store_reading(connection, Reading(network, CHAIN, SNAPSHOT, block, now, value))
            store_samples(connection, network, samples_of(snapshot))
            contexts = self._contexts(connection, snapshot)
            self._compare(connection, contexts, readings)
            tell = self.tell(connection)
            if due:
                self._judge(connection, contexts, tell)
            prune_samples(connection, network, block, _longest_tempo(snapshot))
            self.checks.save(connection, now)

    def _contexts(self, connection: Connection, snapshot: Snapshot) -> Contexts:
        block = snapshot.chain.block
        told: defaultdict[str, defaultdict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
        for one in occurrences_between(connection, self.network, block - BLOCKS_PER_DAY, block):
            told[one.target][one.kind].append(one)
        occurrences = {target: {kind: tuple(found) for kind, found in kinds.items()} for target, kinds in told.items()}
        history = load_history(connection, self.network)
        return Contexts(snapshot, self.watched, self.recorder.now, history, occurrences)

    def _compare(self, connection: Connection, contexts: Contexts, readings: Mapping[tuple[str, str], Reading]) -> None:
        """What differs from the run before is an occurrence, stored with the state that the next run compares with."""
        snapshot, network = contexts.snapshot, self.network
        found: list[Occurrence] = []
        for target, context in contexts:
            stored = readings.get((target, baseline.KIND))
            before = None if stored is None else stored.value
            mine = {
                self._label(neuron_target(*key)): neuron.registered_at
                for key, neuron in snapshot.neurons.items()
                if str(key[0]) == target and neuron.registered_at is not None
            }
            found += baseline.changes(target, context, before, self._facts, mine)
            now_known = baseline.baseline_of(context, before)
            if now_known and now_known != before:
                at = Reading(network, target, baseline.KIND, snapshot.chain.block, self.recorder.now, now_known)
                store_reading(connection, at)
        store_occurrences(connection, found)

    def _judge(self, connection: Connection, contexts: Contexts, tell: Tell) -> None:
        chain = contexts.snapshot.chain
        silent: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for target, context in contexts:
            for rule in BY_SCOPE[context.scope]:
                check = self.checks.get(target, rule.card.name)
                verdict = rule.judge(context, check.state.episode)
                step(connection, check, verdict, rule.policy, chain.timestamp, chain.block, tell)
            for name, reason in skipped(context).items():
                if reason not in EXPECTED_SKIPS:
                    silent[target, reason].append(name)
        self._skipped = tuple(
            f"{self._called(target)}: {', '.join(sorted(rules))}: {why(reason)}"
            for (target, reason), rules in silent.items()
        )

    def _tell_blocks(self, connection: Connection, cursor: Cursor, tell: Tell) -> None:
        """What blocks told that is told on once, and which of them nobody read."""
        for gap in gaps_between(connection, self.network, cursor.judged_level, cursor.level):
            self.tell_gap(connection, gap)
        first = max(cursor.judged_level, cursor.first_look_level)
        news = occurrences_between(connection, self.network, first, cursor.level) if first < cursor.level else []
        times = block_times(connection, self.network, {one.level for one in news})
        for one in news:
            entry = self.watched.entry(one.target)
            for rule in NOTICES:
                own = (entry.overrides if entry else self.watched.on.overrides).get(rule.card.name)
                if rule.card.name not in (entry.off if entry else self.watched.on.off):
                    verdict = rule.judge(one, own)
                    at = times.get(one.level, self.recorder.now)
                    tell_once(connection, self.checks, one, at, rule, verdict, tell)
        set_judged(connection, self.network, cursor.level)

    def _called(self, target: str) -> str:
        netuid, slash, _ = target.partition("/")
        return f"{self._label(target)} on {netuid}" if slash else self._label(target)

    def _label(self, target: str) -> str:
        entry = self.watched.entry(target)
        return entry.label if entry is not None else target


def _longest_tempo(snapshot: Snapshot) -> int:
    return max((subnet.tempo or 0 for subnet in snapshot.subnets.values()), default=0) or 360
