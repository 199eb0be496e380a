"""What a Bittensor network's blocks and states come to: stored, compared with the run before, judged and told.

Imported where there is something new: half of a quiet run would go into importing it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, Engine

from alerting.render.bittensor.skips import why
from alerting.render.figures import called
from collectors.bittensor.interface import BlocksRead, Snapshot
from monitor.bittensor.block import BlockFacts
from monitor.bittensor.history import Sample
from monitor.bittensor_contexts import REGISTRATIONS, Contexts, samples_of
from monitor.bittensor_occurrences import known_occurrences, read_since
from monitor.bittensor_plan import SNAPSHOT, neurons_known
from monitor.bittensor_targets import BittensorTargets
from monitor.checks import Checks
from monitor.conditions import step
from monitor.cursor import set_judged
from monitor.database import writing
from monitor.model import Batch, CheckKey, CoverageGap, Cursor, Occurrence, Reading
from monitor.network_run import Tell
from monitor.notices import tell_once
from monitor.observations import block_times, occurrences_between
from monitor.readings import load_readings, store_reading
from monitor.recording import Recorder
from monitor.rules.bittensor import baseline
from monitor.rules.bittensor.occurrences import occurrences_of, registrations_of
from monitor.rules.bittensor.registry import BY_SCOPE, NOTICES, skipped
from monitor.rules.bittensor.watched import CHAIN, neuron_target
from monitor.samples import load_history, prune_samples, store_samples, store_series
from monitor.state import gaps_between, store_batch, store_occurrences

SPACING = 5
"""Blocks between two states of targets that are judged. The chain itself is judged in every run."""
EXPECTED_SKIPS = frozenset({"no-validator", "no-miner", "nothing-expected", "no-limit", "off"})
"""Reasons that follow from what the user wrote: nobody wonders why such a rule is silent."""


class Judged(Protocol):
    """A run, as far as judging what it read goes."""

    engine: Engine
    network: str
    watched: BittensorTargets
    recorder: Recorder
    checks: Checks
    hotkeys: Mapping[str, tuple[int, ...]]
    levels_read: int
    skipped: tuple[str, ...]

    def names(self) -> dict[str, str | None]: ...
    def sync(self, next_level: int) -> None: ...
    def tell(self, connection: Connection) -> Tell: ...
    def tell_gap(self, connection: Connection, gap: CoverageGap) -> None: ...


class Judgement:
    """Of one run. Each method is one transaction, or part of the caller's."""

    def __init__(self, run: Judged) -> None:
        self.run, self.engine, self.network, self.watched = run, run.engine, run.network, run.watched
        self.facts: tuple[BlockFacts, ...] = ()
        """Of the blocks read in this run: they tell who changed what."""

    def take(self, item: BlocksRead | Snapshot) -> None:
        if isinstance(item, BlocksRead):
            self._take_blocks(item)
        else:
            self._take_snapshot(item)

    def _take_blocks(self, item: BlocksRead) -> None:
        now = self.run.recorder.now
        everyone = self.watched.everyone(self.run.hotkeys)
        occurrences = tuple(one for facts in item.facts for one in occurrences_of(facts, everyone, item.network))
        watched_subnets = everyone.subnets | {netuid for netuids in everyone.hotkeys.values() for netuid in netuids}
        with writing(self.engine) as connection:
            store_batch(connection, Batch(item.network, item.blocks, (), occurrences, item.gaps), now)
            if item.facts:
                store_series(connection, item.network, _registrations(item.facts, watched_subnets))
        self.run.levels_read += len(item.blocks)
        self.facts += item.facts

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        network, block, now = self.network, snapshot.chain.block, self.run.recorder.now
        found = neurons_known(self.run.hotkeys, snapshot)
        if found != self.run.hotkeys:
            self.run.hotkeys = found
            self.run.recorder = self.run.recorder.for_targets(self.watched.channels(self.run.names()))
            self.run.sync(block + 1)
        with writing(self.engine) as connection:
            readings = load_readings(connection, network)
            before = readings.get((CHAIN, SNAPSHOT))
            judged = None if before is None else before.value.get("judged")
            due = judged is None or block >= judged + SPACING
            looked = {"discovered_at": now, "looked_for": sorted(self.watched.everywhere)}
            if not snapshot.discovered:
                looked = {name: before.value.get(name) for name in looked} if before else {}
            store_samples(connection, network, samples_of(snapshot))
            contexts = self._contexts(connection, snapshot, readings)
            self.run.skipped = self._skipped(contexts)
            value = {
                "spec": snapshot.chain.spec_version,
                "block_time": snapshot.chain.timestamp,
                "judged": block if due else judged,
                "skipped": list(self.run.skipped),
                **{name: found for name, found in looked.items() if found is not None},
            }
            store_reading(connection, Reading(network, CHAIN, SNAPSHOT, block, now, value))
            self._compare(connection, contexts, readings)
            tell = self.run.tell(connection)
            self._judge(connection, contexts, tell, everybody=due)
            prune_samples(connection, network, block, _longest_tempo(snapshot))
            self.run.checks.save(connection, now)

    def _contexts(
        self, connection: Connection, snapshot: Snapshot, readings: Mapping[tuple[str, str], Reading]
    ) -> Contexts:
        history = load_history(connection, self.network)
        occurrences = known_occurrences(connection, snapshot, self.run.checks)
        since = read_since(connection, self.network)
        baselines = {target: one.value for (target, kind), one in readings.items() if kind == baseline.KIND}
        return Contexts(snapshot, self.watched, self.run.recorder.now, history, occurrences, since, baselines)

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
            found += baseline.changes(target, context, before, self.facts, mine)
            now_known = baseline.baseline_of(context, before)
            if now_known and now_known != before:
                at = Reading(network, target, baseline.KIND, snapshot.chain.block, self.run.recorder.now, now_known)
                store_reading(connection, at)
        store_occurrences(connection, found)

    def _judge(self, connection: Connection, contexts: Contexts, tell: Tell, *, everybody: bool) -> None:
        """Without `everybody` the chain alone: one that stands still has no new state to judge anybody by."""
        chain = contexts.snapshot.chain
        for target, context in contexts:
            if not everybody and context.scope != "chain":
                continue
            # A chain that stands still has a clock that does, too.
            at = self.run.recorder.now if context.scope == "chain" else chain.timestamp
            for rule in BY_SCOPE[context.scope]:
                check = self.run.checks.get(target, rule.card.name)
                verdict = rule.judge(context, check.state.episode)
                step(connection, check, verdict, rule.policy, at, chain.block, tell)

    def _skipped(self, contexts: Contexts) -> tuple[str, ...]:
        """As "sn18 val-A: reveal_missing: weights are not committed on this subnet"."""
        silent: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for target, context in contexts:
            for name, reason in skipped(context).items():
                if reason not in EXPECTED_SKIPS:
                    silent[target, reason].append(name)
        return tuple(
            f"{self._called(target)}: {', '.join(sorted(rules))}: {why(reason)}"
            for (target, reason), rules in silent.items()
        )

    def tell_blocks(self, connection: Connection, cursor: Cursor, tell: Tell) -> None:
        """What blocks told that is told on once, and which of them nobody read."""
        for gap in gaps_between(connection, self.network, cursor.judged_level, cursor.level):
            self.run.tell_gap(connection, gap)
        first = max(cursor.judged_level, cursor.first_look_level)
        news = occurrences_between(connection, self.network, first, cursor.level) if first < cursor.level else []
        times = block_times(connection, self.network, {one.level for one in news})
        for one in news:
            entry = self.watched.entry(one.target)
            for rule in NOTICES:
                own = (entry.overrides if entry else self.watched.on.overrides).get(rule.card.name)
                if rule.card.name not in (entry.off if entry else self.watched.on.off):
                    verdict = rule.judge(one, own)
                    at = times.get(one.level, self.run.recorder.now)
                    tell_once(connection, self.run.checks, one, at, rule, verdict, tell)
        set_judged(connection, self.network, cursor.level)

    def _called(self, target: str) -> str:
        entry = self.watched.entry(target)
        return called(CheckKey(self.network, target, ""), entry.name if entry is not None else None)

    def _label(self, target: str) -> str:
        entry = self.watched.entry(target)
        return entry.label if entry is not None else target


def _registrations(facts: Sequence[BlockFacts], netuids: Collection[int]) -> dict[tuple[str, str], list[Sample]]:
    """Each at its own block: those of a pause, counted together, would be a burst that never was. What was read ends
    with a sample, were it of nothing, which says how far registrations are known."""
    series: dict[int, list[Sample]] = {netuid: [] for netuid in netuids}
    for block in facts:
        for netuid, count in registrations_of(block).items():
            if netuid in series:
                series[netuid].append(Sample(block.block, count))
    last = facts[-1].block
    for found in series.values():
        if not found or found[-1].block < last:
            found.append(Sample(last, 0))
    return {(str(netuid), REGISTRATIONS): found for netuid, found in series.items()}


def _longest_tempo(snapshot: Snapshot) -> int:
    return max((subnet.tempo or 0 for subnet in snapshot.subnets.values()), default=0) or 360
