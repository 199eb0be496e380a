"""What a collection has found so far and not handed out yet: the contents of the next batch."""

from __future__ import annotations

from dataclasses import replace

from collectors.interface import Plan
from collectors.tezos.facts import BlockFacts, NamedDelegate
from collectors.tezos.judge import observations
from collectors.tezos.pipeline import LevelRead
from monitor.model import Batch, Block, CoverageGap, Observation, Occurrence, Outcome, Reading
from monitor.source_model import Disagreement

DAL_MAJORITY = 0.5
"""Share of the other attestations that must carry DAL content before a plain one is held against a delegate."""


class Ledger:
    """Accumulates levels in order; `batch()` hands out what is pending and starts a new one."""

    def __init__(self, network: str, plan: Plan, first: int) -> None:
        self.network, self._plan = network, plan
        self.watched = {target: since if since is not None else first for target, since in plan.watched.items()}
        cursor = plan.cursor
        self.last_level = cursor.level if cursor else first - 1
        self.last_hash = cursor.hash if cursor else ""
        self.hashes = dict(plan.hashes)
        self.unreadable_since = cursor.blocked_since if cursor else None
        self.unreadable_reason = cursor.blocked_reason if cursor else None
        self.cycle = plan.cycle
        self.protocol: str | None = None
        self.new_due: dict[str, str] = {}
        self.advanced = False
        self._unrevealed = dict(plan.unrevealed)
        self._committee_sizes = {
            protocol: int(reading.value["consensus_committee_size"])
            for (protocol, kind), reading in plan.readings.items()
            if kind == "constants"
        }
        self._plain = {
            target: int(reading.value["plain_streak"])
            for (target, kind), reading in plan.readings.items()
            if kind == "dal_attestation"
        }
        self._clear()

    def _clear(self) -> None:
        self._blocks: list[Block] = []
        self._observations: list[Observation] = []
        self._occurrences: list[Occurrence] = []
        self._gaps: list[CoverageGap] = []
        self._readings: dict[str, Reading] = {}
        self._due: dict[str, str] = {}

    @property
    def pending(self) -> int:
        return len(self._blocks)

    def batch(self) -> Batch:
        done = Batch(
            self.network,
            tuple(self._blocks),
            tuple(self._observations),
            tuple(self._occurrences),
            tuple(self._gaps),
            tuple(self._readings.values()),
            tuple(self._due.items()),
            self.unreadable_since,
            self.unreadable_reason,
        )
        self._clear()
        return done

    def hash_at(self, level: int) -> str | None:
        return self.last_hash if level == self.last_level else self.hashes.get(level)

    def disagreement(self, level: int, same: str, other: str) -> Disagreement:
        return Disagreement(level, (same, other))

    def skip(self, gap: CoverageGap) -> None:
        """Levels that will not be read: recorded with the batch that follows them, which is not chained to the past."""
        self._gaps.append(gap)
        self.watched = {target: max(since, gap.to_level + 1) for target, since in self.watched.items()}
        self.last_level, self.last_hash = gap.to_level, ""

    def add(self, read: LevelRead) -> None:
        """A level that was read whole."""
        self.unreadable_since = self.unreadable_reason = None
        self._record(read)

    def pass_unread(self, read: LevelRead, reason: str, since: int) -> None:
        """A level given up: unknown for everybody whose duty cannot be told, with a coverage gap."""
        self.unreadable_since, self.unreadable_reason = since, reason
        self._gaps.append(CoverageGap(self.network, read.level, read.level, reason))
        self._record(read, reason)

    def _record(self, read: LevelRead, disputed: str | None = None) -> None:
        facts, level = read.facts, read.level
        if facts is not None and disputed is not None and read.unreadable is None:
            # Readable, but not believed: two endpoints tell different blocks.
            facts = replace(
                facts,
                unreadable=disputed,
                attestations=replace(facts.attestations, unreadable=disputed, by_delegate={}),
            )
        if facts is not None and facts.committee_power is None and facts.attestations.power is not None:
            # Before Tallinn a block does not tell it; its protocol's constants do.
            facts = replace(facts, committee_power=self._committee_sizes.get(facts.head.protocol or ""))
        found = observations(
            facts, read.baking_rights, read.attestation_rights, self.watched, self.network, level=level, reason=disputed
        )
        self._observations.extend(found)
        for observation in found:
            if observation.outcome is Outcome.MISSED:
                self._mark_due(observation.target, "missed")
        self._blocks.append(_block(self.network, level, facts))
        if facts is not None:
            self._follow(facts)
        self.last_level, self.last_hash = level, self._blocks[-1].hash
        self.hashes[level] = self.last_hash
        self.advanced = True

    def _follow(self, facts: BlockFacts) -> None:
        if facts.cycle is not None:
            if self.cycle is not None and facts.cycle != self.cycle:
                for target in self.watched:
                    self._mark_due(target, "cycle")
            self.cycle = facts.cycle
        self.protocol = facts.next_protocol or facts.head.protocol or self.protocol
        ordinals: dict[tuple[str, str], int] = {}
        for named in facts.named:
            self._name(named, facts, ordinals)
        self._follow_dal(facts)

    def _name(self, named: NamedDelegate, facts: BlockFacts, ordinals: dict[tuple[str, str], int]) -> None:
        level, delegate = facts.head.level, named.delegate
        if named.kind == "nonce_revealed":
            delegate = self._unrevealed.pop(int(named.detail.get("level", -1)), None)
        if delegate is None or delegate not in self.watched or level < self.watched[delegate]:
            return
        if named.kind == "nonce_committed":
            self._unrevealed[level] = delegate
        elif named.kind != "nonce_revealed":
            self._mark_due(delegate, "named")
        ordinal = ordinals.setdefault((delegate, named.kind), 0)
        ordinals[delegate, named.kind] += 1
        self._occurrences.append(Occurrence(self.network, delegate, named.kind, level, ordinal, named.detail))

    def _follow_dal(self, facts: BlockFacts) -> None:
        """Counts plain attestations in a row at levels where most others attested DAL."""
        attested = facts.attestations.by_delegate
        with_dal = sum(1 for dal in attested.values() if dal)
        told = sum(1 for dal in attested.values() if dal is not None)
        if not told or with_dal / told <= DAL_MAJORITY:
            return
        for target in self.watched:
            dal = attested.get(target)
            before = self._plain.get(target, 0)
            if dal is None or (dal and not before):
                continue
            self._plain[target] = 0 if dal else before + 1
            self._readings[target] = Reading(
                self.network,
                target,
                "dal_attestation",
                facts.attestations.level,
                self._plan.now,
                {"plain_streak": self._plain[target], "others_with_dal": round(with_dal / told, 3)},
            )

    def _mark_due(self, target: str, reason: str) -> None:
        self._due.setdefault(target, reason)
        self.new_due.setdefault(target, reason)


def _block(network: str, level: int, facts: BlockFacts | None) -> Block:
    if facts is None:
        return Block(network, level, "", "", 0, 0, 0, None, None, None, None)
    head = facts.head
    return Block(
        network,
        level,
        head.hash or "",
        head.predecessor,
        head.timestamp,
        head.round,
        head.payload_round,
        facts.cycle,
        facts.cycle_position,
        facts.attestations.power,
        facts.committee_power,
    )
