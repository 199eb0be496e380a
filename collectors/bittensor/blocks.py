"""Finalised blocks after the cursor, oldest first, each whole: its calls, its events, and who wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collectors.bittensor.batch import RpcCall, RpcReply
from collectors.bittensor.block_facts import header_of
from collectors.bittensor.calls import read_calls
from collectors.bittensor.codec import Runtime
from collectors.bittensor.events import read_events
from collectors.bittensor.extrinsics import read_extrinsics
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.rpc_error import StateDiscarded
from collectors.bittensor.runtimes import LAST_RUNTIME_UPGRADE, Runtimes, spec_of
from collectors.bittensor.state import read_values
from collectors.errors import Unreadable
from monitor.bittensor.block import BlockFacts
from monitor.model import Block, CoverageGap

PER_REQUEST = 24
"""Blocks whose two calls each fit into one batch, with room to spare."""


@dataclass(frozen=True, slots=True)
class ReadBlock:
    level: int
    block: Block | None
    """None where it was passed."""
    facts: BlockFacts | None
    gap: CoverageGap | None = None
    undecided: tuple[str, ...] = ()
    """Calls whose fate the events do not tell, and extrinsics that cannot be decoded."""


class BlockReader:
    """Of one network, from one endpoint; `archive` is asked for blocks whose state that one has dropped."""

    def __init__(
        self, network: str, rpc: JsonRpc, runtimes: Runtimes, endpoint: str, known: Runtime, archive: JsonRpc | None
    ) -> None:
        self.network, self.endpoint, self.runtimes = network, endpoint, runtimes
        self.rpc, self.archive = rpc, archive
        events = known.storage_key("System", "Events")
        now = known.storage_key("Timestamp", "Now")
        self._keys = [LAST_RUNTIME_UPGRADE, events, now]
        """The same in every runtime: hashes of names, with no parts that could move."""

    def read(self, levels: Sequence[tuple[int, str]]) -> Iterator[ReadBlock]:
        """`levels`: (height, hash), consecutive. Raises SourceError where a block was not told."""
        for start in range(0, len(levels), PER_REQUEST):
            part = levels[start : start + PER_REQUEST]
            calls = [call for _, block_hash in part for call in self._calls(block_hash)]
            replies = self.rpc.ask(calls, endpoint=self.endpoint).replies
            for position, (level, block_hash) in enumerate(part):
                yield self._block(level, block_hash, replies[2 * position : 2 * position + 2])

    def _calls(self, block_hash: str) -> list[RpcCall]:
        return [
            RpcCall("chain_getBlock", (block_hash,)),
            RpcCall("state_queryStorageAt", (self._keys, block_hash)),
        ]

    def _block(self, level: int, block_hash: str, replies: Sequence[RpcReply]) -> ReadBlock:
        if any(isinstance(reply.problem, StateDiscarded) for reply in replies):
            if self.archive is None:
                return self._passed(level, "its state is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set")
            replies = self.archive.ask(self._calls(block_hash)).replies
        body, stored = (reply.result() for reply in replies)
        header = header_of(body)
        if header.number != level:
            raise Unreadable(f"block {level} is told with another number")
        values = read_values(stored, block_hash, self._keys)
        spec_version = spec_of(values[self._keys[0]])
        runtime = self.runtimes.of(spec_version, block_hash, self.endpoint)
        milliseconds = runtime.decode("Timestamp", "Now", values[self._keys[2]])
        if not isinstance(milliseconds, int) or milliseconds == 0:
            raise Unreadable(f"block {level} has no time: its state is not there")
        timestamp = milliseconds // 1000
        block = Block(
            network=self.network,
            level=level,
            hash=block_hash,
            predecessor=header.parent,
            timestamp=timestamp,
            round=0,
            payload_round=0,
            cycle=None,
            cycle_position=None,
            attested_power=None,
            committee_power=None,
        )
        try:
            events = read_events(runtime, values[self._keys[1]])
            extrinsics = read_extrinsics(runtime, body)
        except Unreadable as error:
            gap = CoverageGap(self.network, level, level, str(error))
            return ReadBlock(level, block, None, gap)
        calls = read_calls(runtime, extrinsics, events)
        facts = BlockFacts(level, block_hash, timestamp, spec_version, events, calls.calls)
        return ReadBlock(level, block, facts, undecided=calls.undecided)

    def _passed(self, level: int, reason: str) -> ReadBlock:
        return ReadBlock(level, None, None, CoverageGap(self.network, level, level, reason))


def hashes_of(rpc: JsonRpc, endpoint: str, numbers: Sequence[int]) -> list[str]:
    """Block hashes by height. Raises SourceError, Unreadable where one is missing."""
    found: list[str] = []
    for start in range(0, len(numbers), 1_000):
        part = list(numbers[start : start + 1_000])
        answer = rpc.one("chain_getBlockHash", part, endpoint=endpoint).value
        if not isinstance(answer, list) or len(answer) != len(part) or not all(isinstance(one, str) for one in answer):
            raise Unreadable("hashes of finalised blocks are missing")
        found += answer
    return found
