"""What a collection has found so far and not handed out yet: the contents of the next batch."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.interface import HASHES, Plan
from collectors.tezos.facts import BlockFacts, NamedDelegate
from collectors.tezos.judge import observations
from collectors.tezos.pipeline import LevelRead
from monitor.model import Batch, Block, CoverageGap, Observation, Occurrence, Outcome, Reading
from monitor.source_model import Disagreement

SOURCE, UNREAD = "source", "unread_levels"
"""Target and kind of the reading in which a run tells the next one how long levels have been unreadable."""
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
        self._unread = unread_levels(plan)
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
        self.pending = 0
        """Levels of the next batch."""
        self._blocks: list[Block] = []
        self._observations: list[Observation] = []
        self._occurrences: list[Occurrence] = []
        self._gaps: list[CoverageGap] = []
        self._readings: dict[str, Reading] = {}
        self._due: dict[str, str] = {}

    def batch(self) -> Batch:
        done = Batch(
            self.network,
            tuple(self._blocks),
            tuple(self._observations),
            tuple(self._occurrences),
            tuple(self._gaps),
            tuple(self._readings.values()),
            tuple(self._due.items()),
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
        self._record(read)

    def pass_unread(self, read: LevelRead, reason: str) -> None:
        """A level given up: unknown for everybody whose duty cannot be told, with a coverage gap."""
        self._gaps.append(CoverageGap(self.network, read.level, read.level, reason))
        self._record(read, reason)

    def _record(self, read: LevelRead, disputed: str | None = None) -> None:
        facts, level = read.facts, read.level
        if facts is not None and disputed is not None and read.unreadable is None:
            # Readable, but not believed: two endpoints tell different blocks.
            facts = facts._replace(
                unreadable=disputed,
                attestations=facts.attestations._replace(unreadable=disputed, by_delegate={}),
            )
        if facts is not None and facts.committee_power is None and facts.attestations.power is not None:
            # Before Tallinn a block does not tell it; its protocol's constants do.
            facts = facts._replace(committee_power=self._committee_sizes.get(facts.head.protocol or ""))
        found = observations(
            facts, read.baking_rights, read.attestation_rights, self.watched, self.network, level=level, reason=disputed
        )
        self._observations.extend(found)
        for observation in found:
            if observation.outcome is Outcome.MISSED:
                self._mark_due(observation.target, "missed")
        self.pending += 1
        self.last_level, self.last_hash = level, ""
        if facts is not None:
            self._blocks.append(_block(self.network, level, facts))
            self._follow(facts)
            self.last_hash = self.hashes[level] = self._blocks[-1].hash
        self.hashes.pop(level - HASHES, None)  # as many as the next run would know, however long this one is
        self.advanced = True

    def unread_since(self, level: int) -> int:
        """When this level was first found unreadable, in runs that all found it so."""
        return self._unread.setdefault(level, self._plan.now)

    def found_readable(self, level: int) -> None:
        """A level that has to wait for an earlier one, and could be read."""
        self._unread.pop(level, None)

    def still_unread(self) -> Reading:
        """What the next run has to know of levels that it will ask again."""
        later = {level: since for level, since in self._unread.items() if level > self.last_level}
        return Reading(self.network, SOURCE, UNREAD, self.last_level, self._plan.now, {"since": _ranges(later)})

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
            others = (with_dal - dal) / (told - 1) if told > 1 else None
            self._readings[target] = Reading(
                self.network,
                target,
                "dal_attestation",
                facts.attestations.level,
                self._plan.now,
                {
                    "plain_streak": self._plain[target],
                    "others_with_dal": None if others is None else round(others, 3),
                },
            )

    def _mark_due(self, target: str, reason: str) -> None:
        self._due.setdefault(target, reason)
        self.new_due.setdefault(target, reason)


def unread_levels(plan: Plan) -> dict[int, int]:
    """Level -> when it was first found unreadable, as the last run left it."""
    reading = plan.readings.get((SOURCE, UNREAD))
    ranges = reading.value["since"] if reading is not None else []
    return {level: since for first, last, since in ranges for level in range(first, last + 1)}


def _ranges(since: Mapping[int, int]) -> list[list[int]]:
    """[first level, last level, since] for each stretch of levels with the same time."""
    found: list[list[int]] = []
    for level in sorted(since):
        if found and found[-1][1:] == [level - 1, since[level]]:
            found[-1][1] = level
        else:
            found.append([level, level, since[level]])
    return found


def _block(network: str, level: int, facts: BlockFacts) -> Block:
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
