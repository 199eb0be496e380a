"""Opens a block to be looked at: the newest finalised one, or one by number.

Where a node has dropped a block's state an archive node is asked. All that an `AtBlock` reads comes from one endpoint
at one hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.batch import RpcCall, RpcReply
from collectors.bittensor.block_facts import Header, header_of
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.networks import network_name
from collectors.bittensor.rpc_error import StateDiscarded, UnknownBlock
from collectors.bittensor.runtimes import LAST_RUNTIME_UPGRADE, Runtimes, spec_of
from collectors.bittensor.state import read_values
from collectors.errors import Refused, SourceError, Unreadable
from collectors.rpc import RpcClient

_NUMBER = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac"
_NOW = "0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb"
"""Keys of `System.Number` and `Timestamp.Now`: hashes of names, the same in every runtime."""


class NoArchive(Refused):
    """The block's state is dropped and no archive node is configured."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the state of block {number} is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set")


class NoSuchBlock(SourceError):
    """Nobody has finalised a block of this number."""


class BlockOpener:
    """Of one network. `archive` is asked for what the network's nodes have dropped."""

    def __init__(
        self, client: RpcClient, archive: RpcClient | None, cache: Path, name_override: str | None = None
    ) -> None:
        """`cache`: the folder of metadata files. `name_override`: what a chain that nobody knows is called."""
        self._main, self._archive, self._cache, self._name = client, archive, cache, name_override
        self._sources: dict[bool, _Source] = {}

    @property
    def endpoint(self) -> str | None:
        """The label of the one that is asked; None before one answered."""
        return self._sources[False].label if False in self._sources else None

    def open(self, number: int | None = None) -> AtBlock:
        """Raises SourceError: NoSuchBlock and NoArchive are about the number."""
        main = self._source(archive=False)
        if number is not None and number > main.final:
            raise NoSuchBlock(f"block {number} is not final yet: the newest one is {main.final}")
        try:
            return main.open(number)
        except (StateDiscarded, UnknownBlock):
            pass
        if self._archive is None:
            raise NoArchive(main.final if number is None else number)
        return self._source(archive=True).open(number)

    def _source(self, *, archive: bool) -> _Source:
        if archive not in self._sources:
            client = self._archive if archive else self._main
            assert client is not None
            found = _first_that_answers(client, self._cache, self._name)
            if archive and found.genesis != self._source(archive=False).genesis:
                raise Refused("BITTENSOR_ARCHIVE_NETWORK is on another chain")
            self._sources[archive] = found
        return self._sources[archive]


class _Begun(NamedTuple):
    """What is asked of every block first."""

    hash: str
    header: Header
    stored: RpcReply
    version: Any
    """Of the runtime that the block holds."""


_KEYS = (LAST_RUNTIME_UPGRADE, _NUMBER, _NOW)


class _Source:
    """One endpoint, and the newest block it holds for final."""

    def __init__(self, rpc: JsonRpc, label: str, cache: Path, name_override: str | None) -> None:
        calls = [RpcCall("chain_getFinalizedHead"), RpcCall("chain_getBlockHash", (0,))]
        head, genesis = (reply.result() for reply in rpc.ask(calls, endpoint=label).replies)
        if not isinstance(head, str) or not isinstance(genesis, str):
            raise Unreadable("not a block's hash")
        self.genesis, self._network = genesis, _name(genesis, name_override)
        self._rpc, self.label, self._runtimes = rpc, label, Runtimes(rpc, cache, genesis)
        self._head = self._begin(head)

    @property
    def final(self) -> int:
        return self._head.header.number

    def open(self, number: int | None) -> AtBlock:
        begun = self._head
        if number is not None and number != self.final:
            block_hash = self._rpc.one("chain_getBlockHash", number, endpoint=self.label).value
            if not isinstance(block_hash, str):
                raise UnknownBlock
            begun = self._begin(block_hash)
            if begun.header.number != number:
                raise Unreadable(f"block {number} is told with another number")
        return self._at(begun)

    def _begin(self, block_hash: str) -> _Begun:
        calls = [
            RpcCall("chain_getHeader", (block_hash,)),
            RpcCall("state_queryStorageAt", (list(_KEYS), block_hash)),
            RpcCall("state_getRuntimeVersion", (block_hash,)),
        ]
        header, stored, version = self._rpc.ask(calls, endpoint=self.label).replies
        told = header.result()
        if told is None:
            raise UnknownBlock
        return _Begun(block_hash, header_of(told), stored, version.value)

    def _at(self, begun: _Begun) -> AtBlock:
        raw = read_values(begun.stored.result(), begun.hash, _KEYS)
        runtime = self._runtimes.of(spec_of(raw[LAST_RUNTIME_UPGRADE]), begun.hash, self.label)
        number = runtime.decode("System", "Number", raw[_NUMBER])
        now = runtime.decode("Timestamp", "Now", raw[_NOW])
        if number != begun.header.number or not isinstance(now, int) or not now:
            raise Unreadable("state that is not this block's (System.Number, Timestamp.Now)")
        told = begun.version.get("specVersion") if isinstance(begun.version, Mapping) else None
        return AtBlock(
            self._rpc,
            self.label,
            self._runtimes,
            self._network,
            begun.header,
            begun.hash,
            now // 1000,
            runtime,
            told if isinstance(told, int) else None,
        )


def _first_that_answers(client: RpcClient, cache: Path, name_override: str | None) -> _Source:
    rpc = JsonRpc(client)
    failure: SourceError | None = None
    for label in client.preferred():
        try:
            return _Source(rpc, label, cache, name_override)
        except SourceError as error:
            failure = failure or error
    raise failure or Refused("no endpoint to ask")


def _name(genesis: str, override: str | None) -> str:
    try:
        return network_name(genesis, override)
    except ValueError as error:
        problem = str(error)
    raise Refused(f"BITTENSOR_NETWORK: {problem}")
