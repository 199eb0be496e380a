"""Reads a Tezos network from the cursor to the newest finalised block.

The order of a collection: probe the endpoints, read levels oldest first with their hashes chained, then spend at most
two requests on the state of delegates. What could not be read is said in the items; nothing is raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors.endpoint import Endpoint
from collectors.errors import NoAnswer, OutOfTime, SourceError
from collectors.interface import Blocked, Finished, Item, Plan, Probed, Reorganised
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.facts import Head
from collectors.tezos.header import parse_head
from collectors.tezos.networks import network_name
from collectors.tezos.probe import FINALITY, Probe, probe
from monitor.model import CoverageGap, Reading
from monitor.source_model import Reorganisation, SourceReading, UnreadableLevel

if TYPE_CHECKING:  # imported where there are levels to read: a run that finds the head unmoved does without
    from collectors.tezos.ledger import Ledger
    from collectors.tezos.pipeline import LevelRead, Pipeline

UNREADABLE_GRACE = 180
"""Seconds for which every endpoint is asked for a level again before it is passed as unknown."""
BATCH_LEVELS = 50


@dataclass(frozen=True, slots=True)
class TezosCollector:
    """One Tezos network behind one RpcClient."""

    client: RpcClient
    endpoints: tuple[Endpoint, ...]
    connections: int
    stop_at: float
    """Monotonic time after which no further level is begun."""
    monotonic: Callable[[], float] = time.monotonic

    def collect(self, plan: Plan) -> Iterator[Item]:
        """Yields Probed, batches, what stopped it, and always a Finished at the end."""
        reading = _Reading(self, plan)
        try:
            yield from reading.items()
        except SourceError as error:
            reading.fail(str(error))
        yield reading.finished()


class _Reading:
    """One collection under way."""

    def __init__(self, collector: TezosCollector, plan: Plan) -> None:
        self.plan, self.client, self.collector = plan, collector.client, collector
        self.network = plan.network
        self.error: str | None = None
        self.source = SourceReading(plan.network or "", (), plan.expected_chain_id, None, None)
        self.finish = Finished(plan.network, self.source)
        self.probe: Probe | None = None
        self.still_unread: Reading | None = None

    def finished(self) -> Finished:
        readings = self.finish.readings
        if self.still_unread is not None:
            readings = (*readings, self.still_unread)
        return self.finish._replace(
            network=self.network,
            source=self.source,
            readings=readings,
            error=self.error,
            requests=self.client.requests,
        )

    def fail(self, error: str) -> None:
        """Not even one level could be read."""
        self.error = error
        self.source = self.source._replace(failure=error)

    def items(self) -> Iterator[Item]:
        plan = self.plan
        self.probe = found = probe(self.client, plan, self.collector.endpoints)
        self.source = self.source._replace(endpoints=found.readings)
        if found.head is None or found.chain_id is None:
            self.error = found.error or "no endpoint answered"
            if not found.excluded and any(reading.answered for reading in found.readings):
                self.fail(self.error)
            return
        try:
            name = network_name(found.chain_id, plan.name_override)
        except ValueError as error:
            self.fail(str(error))
            return
        if self.network is None:
            self.network = name
        head, final = found.head, found.head.level - FINALITY
        self.source = self.source._replace(
            network=self.network,
            head_level=head.level,
            head_timestamp=head.timestamp,
            expected_chain_id=found.chain_id,
        )
        first = self._first_level(final)
        yield Probed(self.network, found.chain_id, first, final, head.timestamp)
        yield from self._levels(first, final, head)

    def _first_level(self, final: int) -> int:
        if self.plan.cursor is not None:
            return self.plan.cursor.level + 1
        return max(2, final - self.plan.first_look + 1)

    def _levels(self, first: int, final: int, head: Head) -> Iterator[Item]:
        assert self.network is not None
        if final < first:
            self.finish = self.finish._replace(caught_up=final >= first - 1)
            return
        from collectors.tezos.ledger import Ledger
        from collectors.tezos.pipeline import Pipeline

        plan, ledger = self.plan, Ledger(self.network, self.plan, first)
        if plan.cursor is not None and final - plan.cursor.level > plan.max_catchup:
            start = final - plan.max_catchup + 1
            ledger.skip(CoverageGap(self.network, first, start - 1, "further behind than MAX_CATCHUP_BLOCKS"))
            first = start
        pipeline = Pipeline(
            self.client,
            first,
            final,
            tuple(plan.watched),
            head=head.hash or "head",
            exclude=self._unfit(final),
            connections=self.collector.connections,
        )
        reached = ledger.last_level
        try:
            stopped = yield from self._read(pipeline, ledger, final)
        finally:
            pipeline.close()
        if stopped is None and ledger.last_level == reached and self.source.disagreement is None:
            self.fail(self.error or "no level came within the time of a run")
        if ledger.pending:
            yield ledger.batch()
        if stopped is not None:
            yield stopped
        self.finish = self.finish._replace(caught_up=ledger.last_level == final)
        if self.error is None:
            from collectors.tezos.health import read_health

            health = read_health(self.client, plan, ledger, final, self._unfit(final))
            self.finish = self.finish._replace(
                readings=health.readings,
                read_targets=health.read_targets,
                failed_targets=health.failed_targets,
                skipped=health.skipped,
            )

    def _unfit(self, final: int) -> Sequence[str]:
        """Endpoints on another chain, or too far behind to know the levels asked for."""
        assert self.probe is not None
        behind = [
            reading.label
            for reading in self.probe.readings
            if reading.head_level is not None and reading.head_level < final
        ]
        return tuple(dict.fromkeys((*self.probe.excluded, *behind)))

    def _read(
        self, pipeline: Pipeline, ledger: Ledger, final: int
    ) -> Generator[Item, None, Blocked | Reorganised | None]:
        """Judges level after level; returns what stopped it before the last one, None when nothing did."""
        levels = iter(pipeline)
        for read in levels:
            if read.no_answer is not None:
                if not isinstance(read.no_answer, OutOfTime):
                    self.error = f"level {read.level}: {read.no_answer}"
                return None
            if not _follows(read, ledger):
                return self._reorganised(read.level - 1, ledger)
            reason = read.unreadable or self._dispute(read)
            if reason is None:
                ledger.add(read)
            else:
                since = ledger.unread_since(read.level)
                if read.unreadable is not None:
                    self.source = self.source._replace(unreadable=UnreadableLevel(read.level, reason, since))
                if self.plan.now - since < UNREADABLE_GRACE:
                    self._look_further(levels, ledger)
                    return Blocked(ledger.network, read.level, reason, since)
                ledger.pass_unread(read, reason)
            if ledger.pending >= BATCH_LEVELS:
                yield ledger.batch()
            if self.collector.monotonic() >= self.collector.stop_at and read.level < final:
                return None
        return None

    def _look_further(self, levels: Iterator[LevelRead], ledger: Ledger) -> None:
        """Notes which levels behind a blocked one are unreadable too: each is given its own time, all at once."""
        readable = 0
        for read in levels:
            if read.no_answer is not None or self.collector.monotonic() >= self.collector.stop_at:
                break
            if read.unreadable is not None or self._dispute(read) is not None:
                ledger.unread_since(read.level)
            else:
                ledger.found_readable(read.level)
                readable += 1
                if readable >= BATCH_LEVELS:
                    break
        self.still_unread = ledger.still_unread()

    def _dispute(self, read: LevelRead) -> str | None:
        witness = self.probe.witness if self.probe else None
        if witness is None or read.facts is None or read.facts.head.hash is None:
            return None
        if not witness.contradicts(read.level, read.facts.head.hash):
            return None
        disagreement = witness.disagreement(read.level, read.endpoint or "")
        self.source = self.source._replace(disagreement=disagreement)
        return "endpoints disagree about this block"

    def _hash_at(self, level: int, endpoint: str | None = None) -> str | None:
        try:
            return parse_head(
                self.client.get(
                    paths.header(level), endpoint=endpoint, exclude=() if endpoint else self._unfit(level)
                ).value
            ).hash
        except SourceError:
            return None

    def _reorganised(self, level: int, ledger: Ledger) -> Reorganised | None:
        """Finds out whether finalised history was replaced, or one endpoint contradicts another."""
        from collectors.tezos.continuity import common_level

        assert self.probe is not None
        known = ledger.hash_at(level)
        labels = [r.label for r in self.probe.readings if r.label not in self._unfit(level)]
        answers = {label: self._hash_at(level, label) for label in labels}
        if any(answer == known for answer in answers.values()):
            other = next((label for label, answer in answers.items() if answer not in (None, known)), labels[0])
            same = next(label for label, answer in answers.items() if answer == known)
            self.source = self.source._replace(disagreement=ledger.disagreement(level, same, other))
            self.error = f"level {level + 1} does not follow level {level}: endpoints are on different branches"
            return None
        if all(answer is None for answer in answers.values()):
            self.error = f"level {level + 1} does not follow level {level}, and level {level} cannot be asked again"
            return None
        try:
            common, common_hash = common_level(ledger.hashes, level, self._hash_at)
        except NoAnswer as error:
            self.error = str(error)
            return None
        reorganisation = Reorganisation(common, level)
        self.source = self.source._replace(reorganisation=reorganisation)
        return Reorganised(ledger.network, reorganisation, common_hash)


def _follows(read: LevelRead, ledger: Ledger) -> bool:
    """A block counts only if its predecessor is the hash of the level before (where that was read)."""
    if read.facts is None or not ledger.last_hash or ledger.last_level != read.level - 1:
        return True
    return read.facts.head.predecessor == ledger.last_hash
