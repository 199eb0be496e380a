"""Reads a Bittensor network: the blocks since the cursor, and the state of everybody at the newest finalised one.

Three requests in a minute without surprises: the head, the state that can be named at once, and the blocks together
with the state that the first answer named. All state is of one block. What could not be read is said in the items;
nothing is raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.networks import network_name
from collectors.bittensor.plan import BittensorPlan
from collectors.bittensor.probe import Head, Probe, probe
from collectors.endpoint import Endpoint
from collectors.errors import Lagging, OutOfTime, SourceError, Unreadable
from collectors.interface import Finished, Item, Probed
from collectors.rpc import RpcClient
from monitor.model import CoverageGap, Cursor
from monitor.source_model import Disagreement, SourceReading

if TYPE_CHECKING:  # imported where there is something new: a run that finds the head unmoved does without
    from collectors.bittensor.blocks import ReadBlock
    from collectors.bittensor.codec import Runtime
    from collectors.bittensor.interface import BlocksRead, Snapshot
    from collectors.bittensor.runtimes import Runtimes
    from collectors.bittensor.snapshot import SnapshotReader

BATCH_BLOCKS = 100
FRESH = 60
"""Seconds for which a state that was judged need not be read again while no block came."""


class BehindCursor(Lagging):
    """What an endpoint holds for final was read before, and more."""

    def __init__(self, endpoint: str) -> None:
        super().__init__("its finalised head is behind what was read before")
        self.endpoint = endpoint


class DoesNotFollow(Unreadable):
    """A finalised block that another one precedes than the one that was read."""

    def __init__(self, endpoint: str, level: int) -> None:
        super().__init__(f"block {level} does not follow block {level - 1} as it was read before")
        self.endpoint, self.level = endpoint, level


@dataclass(frozen=True, slots=True)
class BittensorCollector:
    """One network behind one RpcClient."""

    client: RpcClient
    endpoints: tuple[Endpoint, ...]
    cache: Path
    """The folder of metadata files."""
    stop_at: float
    """Monotonic time after which no further block is begun."""
    archive: RpcClient | None = None
    monotonic: Callable[[], float] = time.monotonic

    def collect(self, plan: BittensorPlan) -> Iterator[Item]:
        """Yields Probed, blocks, a snapshot, and always a Finished at the end."""
        reading = _Reading(self, plan)
        try:
            yield from reading.items()
        except SourceError as error:
            if not (reading.probed and isinstance(error, OutOfTime)):  # else the next run goes on
                reading.fail(str(error))
        yield reading.finished()


class _Reading:
    """One collection under way."""

    def __init__(self, collector: BittensorCollector, plan: BittensorPlan) -> None:
        self.plan, self.collector = plan, collector
        self.rpc = JsonRpc(collector.client)
        self.archive = JsonRpc(collector.archive) if collector.archive is not None else None
        self.network = plan.network
        self.error: str | None = None
        self.source = SourceReading(plan.network or "", (), plan.expected_chain_id, None, None)
        self.caught_up = False
        self.probed = False
        self._last_resort = True
        """Whether nobody else is there to be asked for what the present endpoint does not tell."""
        self._snapshot: Snapshot | None = None
        """Of the first endpoint whose state was read whole, and then a block was not."""

    def finished(self) -> Finished:
        requests = self.collector.client.requests
        if self.collector.archive is not None:
            requests += self.collector.archive.requests
        return Finished(self.network, self.source, requests=requests, error=self.error, caught_up=self.caught_up)

    def fail(self, error: str) -> None:
        """Somebody answered, and nothing could be read."""
        self.error = error
        self.source = self.source._replace(failure=error)

    def items(self) -> Iterator[Item]:
        found = probe(self.rpc, self.plan, self.collector.endpoints, self.collector.client.preferred())
        self.source = self.source._replace(endpoints=found.readings)
        if not found.heads or found.genesis is None:
            self.error = found.error or "no endpoint answered"
            return
        try:
            self.network = self.network or network_name(found.genesis, self.plan.name_override)
        except ValueError as error:
            self.fail(str(error))
            return
        self.source = self.source._replace(
            network=self.network,
            expected_chain_id=found.genesis,
            head_level=max(head.best for head in found.heads),
        )
        self.plan = self.plan._replace(network=self.network)
        if self._nothing_new(found.heads[0]):
            self.caught_up = True
            return
        failure: SourceError | None = None
        for head in found.heads:
            self._last_resort = head is found.heads[-1]
            try:
                yield from self._from(head, found)
                return
            except SourceError as error:
                failure = failure or error
        if self._snapshot is not None:  # it is whole, whatever became of the blocks before it
            yield self._snapshot
        if failure is not None:
            raise failure

    def _nothing_new(self, head: Head) -> bool:
        """No block since the last one read, and too soon to call that a standstill."""
        cursor, at = self.plan.cursor, self.plan.block_time
        if cursor is None or at is None or self.plan.discover:
            return False
        return head.finalised == cursor.hash and self.plan.now - at < FRESH

    def _from(self, head: Head, found: Probe) -> Iterator[Item]:
        """Everything from one endpoint. Nothing is yielded before its state was read whole; where a block does not
        come, another endpoint goes on after the last one that did."""
        from collectors.bittensor.runtimes import Runtimes

        assert found.genesis is not None
        assert self.network is not None
        runtimes = Runtimes(self.rpc, self.collector.cache, found.genesis)
        reader = self._first_answer(head, runtimes)
        assert reader.header is not None
        final = reader.header.number
        if self.plan.cursor is not None and final < self.plan.cursor.level:
            raise BehindCursor(head.endpoint)
        follow = reader.calls_that_follow()
        if follow:
            reader.take(self.rpc.ask(follow, endpoint=head.endpoint).replies)
        snapshot = reader.snapshot(head.best)
        first = self._first_level(final)
        self.source = self.source._replace(head_timestamp=snapshot.chain.timestamp)
        if not self.probed:
            self.probed = True
            yield Probed(self.network, found.genesis, first, final, snapshot.chain.timestamp)
        try:
            yield from self._blocks(head, runtimes, reader.runtime, first, final)
        except DoesNotFollow as error:
            self.source = self.source._replace(
                disagreement=Disagreement(error.level - 1, (head.endpoint, "what was read before"))
            )
            raise
        except SourceError:
            self._snapshot = self._snapshot or snapshot
            raise
        yield snapshot

    def _first_answer(self, head: Head, runtimes: Runtimes) -> SnapshotReader:
        """The state, read by the runtime that wrote it: the last run's, or another one after an upgrade."""
        from collectors.bittensor.runtimes import LAST_RUNTIME_UPGRADE, spec_of
        from collectors.bittensor.snapshot import SnapshotReader
        from collectors.bittensor.state import read_values

        spec_version = self.plan.spec_version
        if spec_version is None or not runtimes.at_hand(spec_version):
            keys = [LAST_RUNTIME_UPGRADE]
            answer = self.rpc.one("state_queryStorageAt", keys, head.finalised, endpoint=head.endpoint).value
            spec_version = spec_of(read_values(answer, head.finalised, keys)[keys[0]])
        for _ in range(2):
            runtime = runtimes.of(spec_version, head.finalised, head.endpoint)
            reader = SnapshotReader(self.plan, runtime, head.finalised)
            reader.take(self.rpc.ask(reader.calls(), endpoint=head.endpoint).replies)
            wrote = spec_of(reader.state.raw("System.LastRuntimeUpgrade"))
            if wrote == spec_version:
                return reader
            spec_version = wrote
        raise Unreadable("the runtime that wrote a block is told in two ways")

    def _first_level(self, final: int) -> int:
        if self.plan.cursor is not None:
            return self.plan.cursor.level + 1
        return max(1, final - self.plan.first_look + 1)

    def _blocks(self, head: Head, runtimes: Runtimes, runtime: Runtime, first: int, final: int) -> Iterator[BlocksRead]:
        from collectors.bittensor.blocks import BlockReader

        assert self.network is not None
        cursor = self.plan.cursor
        gaps: list[CoverageGap] = []
        if cursor is not None and final - cursor.level > self.plan.max_catchup:
            start = final - self.plan.max_catchup + 1
            gaps.append(CoverageGap(self.network, first, start - 1, "further behind than BITTENSOR_MAX_CATCHUP_BLOCKS"))
            first = start
        before = cursor.hash if cursor is not None and not gaps else ""
        if final < first:
            self.caught_up = True
            return
        levels = list(zip(range(first, final + 1), self._hashes(head, first, final), strict=True))
        blocks = BlockReader(self.network, self.rpc, runtimes, head.endpoint, runtime, self.archive)
        pending: list[ReadBlock] = []
        reading = blocks.read(levels, strict=not self._last_resort)
        failure: SourceError | None = None
        for _, block_hash in levels:
            try:
                read = next(reading)
                if before and read.block is not None and read.block.predecessor != before:
                    raise DoesNotFollow(head.endpoint, read.level)
            except SourceError as error:
                failure = error
                break
            before = block_hash
            pending.append(read)
            if len(pending) >= BATCH_BLOCKS:
                yield self._together(pending, gaps, before)
                pending, gaps = [], []
            if self.collector.monotonic() >= self.collector.stop_at and read.level < final:
                break
        else:
            self.caught_up = True
        if pending or gaps:
            yield self._together(pending, gaps, before)
        if failure is not None:
            raise failure

    def _hashes(self, head: Head, first: int, final: int) -> list[str]:
        """Those that came with the head, where they reach; only of blocks that are final by now."""
        skipped = first - head.first
        came = head.hashes[skipped : skipped + final - first + 1] if skipped >= 0 else ()
        known = [one for one in came if one is not None]
        if len(known) != final - first + 1:
            from collectors.bittensor.blocks import hashes_of

            known = hashes_of(self.rpc, head.endpoint, range(first, final + 1))
        if known[-1] != head.finalised:
            raise Unreadable("hashes of blocks that do not lead to the finalised one")
        return known

    def _together(self, read: list[ReadBlock], gaps: list[CoverageGap], newest: str) -> BlocksRead:
        """What goes into the database at once. Whoever is asked next goes on behind it. `newest`: the last hash."""
        from collectors.bittensor.interface import BlocksRead

        assert self.network is not None
        last = read[-1].level if read else gaps[-1].to_level
        cursor = self.plan.cursor or Cursor(self.network, last, newest, last, last)
        self.plan = self.plan._replace(cursor=cursor._replace(level=last, hash=newest))
        return BlocksRead(
            self.network,
            tuple(one.block for one in read if one.block is not None),
            tuple(one.facts for one in read if one.facts is not None),
            (*gaps, *(one.gap for one in read if one.gap is not None)),
        )
