"""Levels read in parallel and handed out in order: each block once and whole, rights in batches.

A level is asked while its predecessors are still on their way, so that the node's latency is paid once per
connection and not once per block. The baking rights of a batch are asked when its blocks are there, because the
highest round read says how many rounds came due.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from queue import PriorityQueue
from typing import Any, TypeVar

from collectors.errors import NoAnswer, OutOfTime, SourceError, Unreadable
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.block import parse_block
from collectors.tezos.facts import AttestationRight, BakingRight, BlockFacts
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights

LOOKAHEAD = 2 * paths.MAX_LEVELS_PER_CALL
"""Levels that may be asked or wait in memory ahead of the one handed out."""

FIRST_CHUNK = 16
"""Levels in the first batch, which double from batch to batch. No level of a batch can be handed out before all its
blocks are there, and a node that gives one or two a second must still bring a run forward."""

_URGENT, _NORMAL = 0, 1


@dataclass(frozen=True, slots=True)
class LevelRead:
    """One level with what its judgement needs, or why that could not be had."""

    level: int
    facts: BlockFacts | None
    """None only with `unreadable` or `no_answer` set."""
    endpoint: str | None
    baking_rights: tuple[BakingRight, ...] | None
    """Of this level; None when unreadable."""
    attestation_rights: tuple[AttestationRight, ...] | None
    """Of level - 1; None when unreadable."""
    unreadable: str | None = None
    no_answer: NoAnswer | None = None


@dataclass(slots=True)
class _Chunk:
    first: int
    last: int
    blocks_missing: int
    attestation: dict[int, list[AttestationRight]] | SourceError | None = None
    baking: dict[int, list[BakingRight]] | SourceError | None = None
    highest_round: int = 0


T = TypeVar("T")


def read_everywhere(
    client: RpcClient,
    path: str,
    params: paths.Params,
    parse: Callable[[object], T],
    flaw: Callable[[T], str | None],
    exclude: Sequence[str],
) -> tuple[T, str]:
    """Asks endpoint after endpoint until an answer can be read whole; returns (value, endpoint).

    `flaw` tells what of a parsed value cannot be judged. When every endpoint's answer has one, the last flawed value
    is returned. Raises Unreadable when no answer could be parsed at all, NoAnswer when nobody answered.
    """
    tried = list(dict.fromkeys(exclude))
    flawed: tuple[T, str] | None = None
    unreadable: Unreadable | None = None
    while len(tried) < len(client.labels):
        try:
            answer = client.get(path, params, exclude=tried)
        except Unreadable as error:
            unreadable = error
            if error.endpoint is None or error.endpoint in tried:
                break
            tried.append(error.endpoint)
            continue
        except OutOfTime:
            raise  # somebody was not asked, so nothing is known to be unreadable everywhere
        except SourceError as error:
            if flawed is None and unreadable is None:
                if isinstance(error, NoAnswer):
                    raise
                raise NoAnswer(error.detail, endpoint=error.endpoint) from None
            break
        try:
            value = parse(answer.value)
        except Unreadable as error:
            unreadable = Unreadable(error.detail, endpoint=answer.endpoint)
        else:
            if flaw(value) is None:
                return value, answer.endpoint
            flawed = value, answer.endpoint
        tried.append(answer.endpoint)
    if flawed is not None:
        return flawed
    raise unreadable or NoAnswer("no endpoint is on the right chain")


def _block_flaw(facts: BlockFacts) -> str | None:
    return facts.unreadable or facts.attestations.unreadable


class Pipeline:
    """Reads levels first..last; iterate to get one `LevelRead` per level, in order. Close it when done."""

    def __init__(
        self,
        client: RpcClient,
        first: int,
        last: int,
        delegates: Sequence[str],
        *,
        head: int | str,
        exclude: Sequence[str],
        connections: int,
    ) -> None:
        self._client, self._first, self._last = client, first, last
        self._delegates, self._head, self._exclude = tuple(delegates), head, tuple(exclude)
        self._largest_chunk = paths.levels_per_call(len(self._delegates))
        self._chunk_size = min(FIRST_CHUNK, self._largest_chunk)
        self._jobs: PriorityQueue[tuple[int, int, Callable[[], None] | None]] = PriorityQueue()
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._blocks: dict[int, tuple[BlockFacts, str] | SourceError] = {}
        self._chunks: dict[int, _Chunk] = {}
        """By level."""
        self._submitted = first - 1
        self._broken: Exception | None = None
        count = min(connections, last - first + 2)
        self._threads = [threading.Thread(target=self._work, name=f"tezos-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Lets the workers go; jobs not begun are dropped."""
        for _ in self._threads:
            self._put(-1, None)

    def __iter__(self) -> Iterator[LevelRead]:
        for level in range(self._first, self._last + 1):
            self._submit(level + LOOKAHEAD)
            chunk = self._chunks.pop(level)
            with self._changed:
                while level not in self._blocks or chunk.attestation is None or chunk.baking is None:
                    if self._broken is not None:
                        raise self._broken
                    self._changed.wait()
                block = self._blocks.pop(level)
            yield self._assemble(level, block, chunk)

    def _submit(self, up_to: int) -> None:
        while self._submitted < min(up_to, self._last):
            first = self._submitted + 1
            last = min(first + self._chunk_size - 1, self._last)
            chunk = _Chunk(first, last, last - first + 1)
            self._put(_NORMAL, partial(self._read_attestation_rights, chunk))
            for level in range(first, last + 1):
                self._chunks[level] = chunk
                self._put(_NORMAL, partial(self._read_block, level, chunk))
            self._chunk_size = min(2 * self._chunk_size, self._largest_chunk)
            self._submitted = last

    def _put(self, priority: int, job: Callable[[], None] | None) -> None:
        self._jobs.put((priority, next(self._order), job))

    def _work(self) -> None:
        while (job := self._jobs.get()[2]) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - a lost worker would leave the reader waiting for ever
                with self._changed:
                    self._broken = error
                    self._changed.notify()

    def _read_block(self, level: int, chunk: _Chunk) -> None:
        def parse(answer: object) -> BlockFacts:
            facts = parse_block(answer)
            if facts.head.level != level:
                raise Unreadable(f"asked for level {level}, got {facts.head.level}")
            return facts

        result: tuple[BlockFacts, str] | SourceError
        try:
            result = read_everywhere(
                self._client, paths.block(level), (("metadata", "always"),), parse, _block_flaw, self._exclude
            )
        except SourceError as error:
            result = error
        with self._changed:
            self._blocks[level] = result
            if not isinstance(result, SourceError):
                chunk.highest_round = max(chunk.highest_round, result[0].head.round)
            chunk.blocks_missing -= 1
            complete = chunk.blocks_missing == 0
            self._changed.notify()
        if complete:
            self._put(_URGENT, partial(self._read_baking_rights, chunk))

    def _read_attestation_rights(self, chunk: _Chunk) -> None:
        levels = range(chunk.first - 1, chunk.last)
        rights = self._read_rights(
            chunk,
            lambda block_id: paths.attestation_rights(block_id, levels, self._delegates),
            parse_attestation_rights,
        )
        with self._changed:
            chunk.attestation = rights
            self._changed.notify()

    def _read_baking_rights(self, chunk: _Chunk) -> None:
        levels = range(chunk.first, chunk.last + 1)
        rights = self._read_rights(
            chunk,
            lambda block_id: paths.baking_rights(block_id, levels, self._delegates, chunk.highest_round),
            parse_baking_rights,
        )
        with self._changed:
            chunk.baking = rights
            self._changed.notify()

    def _read_rights(
        self,
        chunk: _Chunk,
        address: Callable[[int | str], tuple[str, paths.Params]],
        parse: Callable[[object], tuple[Any, ...]],
    ) -> dict[int, list[Any]] | SourceError:
        """Rights by level, asked at the chunk's own last block: the node answers only for cycles near the block.

        A node that dropped that block's context may still answer at its head.
        """
        if not self._delegates:
            return {}
        failure: SourceError | None = None
        for block_id in (chunk.last, self._head):
            path, params = address(block_id)
            try:
                rights, _ = read_everywhere(self._client, path, params, parse, lambda _: None, self._exclude)
            except NoAnswer as error:
                return error
            except SourceError as error:
                failure = error
                continue
            by_level: dict[int, list[Any]] = {}
            for right in rights:
                by_level.setdefault(right.level, []).append(right)
            return by_level
        assert failure is not None
        return failure

    def _flaw(self, facts: BlockFacts, chunk: _Chunk) -> str | None:
        """What keeps the block from being judged. Its attestations matter to those who had a right to attest only."""
        rights = chunk.attestation
        if isinstance(rights, dict):
            holders = {right.delegate for right in rights.get(facts.head.level - 1, ())}
            if holders.isdisjoint(self._delegates):
                return facts.unreadable
        return _block_flaw(facts)

    def _assemble(self, level: int, block: tuple[BlockFacts, str] | SourceError, chunk: _Chunk) -> LevelRead:
        for part in (block, chunk.attestation, chunk.baking):
            if isinstance(part, NoAnswer):
                return LevelRead(level, None, part.endpoint, None, None, no_answer=part)
        facts, endpoint = block if not isinstance(block, SourceError) else (None, block.endpoint)
        flaws = [
            str(block) if isinstance(block, SourceError) else self._flaw(block[0], chunk),
            f"baking rights: {chunk.baking}" if isinstance(chunk.baking, SourceError) else None,
            f"attestation rights: {chunk.attestation}" if isinstance(chunk.attestation, SourceError) else None,
        ]
        return LevelRead(
            level,
            facts,
            endpoint,
            None
            if isinstance(chunk.baking, SourceError) or chunk.baking is None
            else tuple(chunk.baking.get(level, ())),
            None
            if isinstance(chunk.attestation, SourceError) or chunk.attestation is None
            else tuple(chunk.attestation.get(level - 1, ())),
            unreadable=next((flaw for flaw in flaws if flaw), None),
        )
