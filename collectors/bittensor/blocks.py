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
from collectors.bittensor.hexadecimal import to_hash
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.rpc_error import StateDiscarded, UnknownBlock
from collectors.bittensor.runtimes import LAST_RUNTIME_UPGRADE, Runtimes, spec_of
from collectors.bittensor.state import read_values
from collectors.errors import Refused, SourceError, Unreadable
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
    problem: SourceError | None = None
    """Why there is a gap."""
    undecided: tuple[str, ...] = ()
    """Calls whose fate the events do not tell, and extrinsics that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What was answered to the two calls for a block, and where the runtime that wrote it can be had."""

    body: RpcReply
    stored: RpcReply
    endpoint: str
    runtimes: Runtimes

    @property
    def dropped(self) -> bool:
        return any(isinstance(reply.problem, StateDiscarded) for reply in (self.body, self.stored))


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

    def read(self, levels: Sequence[tuple[int, str]], *, strict: bool = False) -> Iterator[ReadBlock]:
        """`levels`: (height, hash), consecutive. Raises SourceError where a block was not told; `strict`: also where
        its state is dropped or its events cannot be decoded, which else becomes a gap."""
        for start in range(0, len(levels), PER_REQUEST):
            part = levels[start : start + PER_REQUEST]
            told = self._ask(part, self.rpc, self.runtimes, self.endpoint)
            dropped = [number for number, one in enumerate(told) if one.dropped]
            if dropped and self.archive is not None:
                runtimes = self.runtimes.through(self.archive)
                kept = self._ask([part[number] for number in dropped], self.archive, runtimes)
                for number, one in zip(dropped, kept, strict=True):
                    told[number] = one
            for (level, block_hash), one in zip(part, told, strict=True):
                read = self._block(level, block_hash, one)
                if strict and read.problem is not None:
                    raise read.problem
                yield read

    def _ask(
        self, part: Sequence[tuple[int, str]], rpc: JsonRpc, runtimes: Runtimes, endpoint: str | None = None
    ) -> list[_Told]:
        calls = [call for _, block_hash in part for call in self._calls(block_hash)]
        answer = rpc.ask(calls, endpoint=endpoint)
        pairs = zip(answer.replies[::2], answer.replies[1::2], strict=True)
        return [_Told(body, stored, answer.endpoint, runtimes) for body, stored in pairs]

    def _calls(self, block_hash: str) -> list[RpcCall]:
        return [
            RpcCall("chain_getBlock", (block_hash,)),
            RpcCall("state_queryStorageAt", (self._keys, block_hash)),
        ]

    def _block(self, level: int, block_hash: str, told: _Told) -> ReadBlock:
        if told.dropped or (told.runtimes is not self.runtimes and isinstance(told.stored.problem, UnknownBlock)):
            reason = "its state is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set"
            if self.archive is not None:
                reason = "its state is dropped, and the archive node does not have it"
            gap = CoverageGap(self.network, level, level, reason)
            return ReadBlock(level, None, None, gap, Refused(f"block {level}: {reason}"))
        body, stored = told.body.result(), told.stored.result()
        header = header_of(body)
        if header.number != level:
            raise Unreadable(f"block {level} is told with another number")
        upgraded, events_key, now_key = self._keys
        values = read_values(stored, block_hash, self._keys)
        if values[upgraded] is None or values[events_key] is None:
            raise Unreadable(f"block {level} has no events: its state is not there")
        spec_version = spec_of(values[upgraded])
        runtime = told.runtimes.of(spec_version, block_hash, told.endpoint)
        milliseconds = runtime.decode("Timestamp", "Now", values[now_key])
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
            events = read_events(runtime, values[events_key])
            extrinsics = read_extrinsics(runtime, body)
        except Unreadable as error:
            return ReadBlock(level, block, None, CoverageGap(self.network, level, level, str(error)), error)
        calls = read_calls(runtime, extrinsics, events)
        facts = BlockFacts(level, block_hash, timestamp, spec_version, events, calls.calls)
        return ReadBlock(level, block, facts, undecided=calls.undecided)


def hashes_of(rpc: JsonRpc, endpoint: str, numbers: Sequence[int]) -> list[str]:
    """Block hashes by height. Raises SourceError, Unreadable where one is missing."""
    found: list[str] = []
    for start in range(0, len(numbers), 1_000):
        part = list(numbers[start : start + 1_000])
        answer = rpc.one("chain_getBlockHash", part, endpoint=endpoint).value
        if not isinstance(answer, list) or len(answer) != len(part):
            raise Unreadable("hashes of finalised blocks are missing")
        found += [to_hash(one) for one in answer]
    return found
