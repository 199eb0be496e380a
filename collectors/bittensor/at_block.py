"""One block, looked at closer than the minute run does: any state, whole maps, runtime calls, its calls and events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from collectors.bittensor.batch import RpcCall
from collectors.bittensor.block_facts import Header
from collectors.bittensor.codec import Runtime
from collectors.bittensor.items import PALLET
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.runtime_calls import decode_result, encode_arguments, has_method
from collectors.bittensor.runtimes import Runtimes
from collectors.bittensor.state import State, read_values
from collectors.errors import Unreadable

if TYPE_CHECKING:
    from collectors.bittensor.blocks import ReadBlock

KEYS_PER_CALL = 1_000
"""Keys of one `state_queryStorageAt`, and of one page of `state_getKeysPaged`, which nodes cap at that."""
Method = tuple[str, str, tuple[Any, ...]]
"""(runtime API, method, arguments)"""


class AtBlock:
    """One block of one endpoint. Every method that asks raises SourceError."""

    def __init__(
        self,
        rpc: JsonRpc,
        endpoint: str,
        runtimes: Runtimes,
        network: str,
        header: Header,
        block_hash: str,
        timestamp: int,
        runtime: Runtime,
        holds: int | None,
    ) -> None:
        """`timestamp`: UTC seconds. `runtime`: the one that wrote the block. `holds`: the spec version of the one that
        answers calls at it, which is the next one's in the block of an upgrade."""
        self.network, self.endpoint, self.runtime = network, endpoint, runtime
        self.number, self.parent, self.hash, self.timestamp = header.number, header.parent, block_hash, timestamp
        self.state = State(runtime)
        self.holds = holds
        self._rpc, self._runtimes = rpc, runtimes
        self._results: dict[Method, Any] = {}

    @property
    def upgrades(self) -> bool:
        """Whether it is the block of an upgrade: written by one runtime, and holding the next."""
        return self.holds is not None and self.holds != self.runtime.spec_version

    def has_method(self, api: str, method: str) -> bool:
        """Whether `read` can tell its result: not in the block of an upgrade, whose calls the next runtime answers."""
        return self.holds == self.runtime.spec_version and has_method(self.runtime, api, method)

    def read(self, *methods: Method) -> None:
        """Asks for what `self.state` wants, and for what the runtime's methods answer. Those that it does not have,
        that fail or cannot be decoded, are not known; storage that does not come raises."""
        keys = self.state.keys()
        parts = [keys[start : start + KEYS_PER_CALL] for start in range(0, len(keys), KEYS_PER_CALL)]
        asked = [one for one in methods if one not in self._results and self.has_method(*one[:2])]
        calls = [RpcCall("state_queryStorageAt", (part, self.hash)) for part in parts]
        for api, name, arguments in asked:
            data = encode_arguments(self.runtime, api, name, *(_listed(one) for one in arguments))
            calls.append(RpcCall("state_call", (f"{api}_{name}", data, self.hash)))
        if not calls:
            return
        replies = self._rpc.ask(calls, endpoint=self.endpoint).replies
        for part, reply in zip(parts, replies, strict=False):
            self.state.take(reply.result(), self.hash, part)
        for method, reply in zip(asked, replies[len(parts) :], strict=True):
            try:
                self._results[method] = decode_result(self.runtime, *method[:2], reply.result())
            except Unreadable:
                continue

    def result(self, api: str, method: str, *arguments: Any) -> Any:
        """What `read` was told; None where it is not known."""
        return self._results.get((api, method, arguments))

    def map(self, item: str, *parts: Any) -> dict[tuple[Any, ...], Any]:
        """Every entry of a storage map ("Uids", or "Proxy.Proxies") below the leading key `parts`: all its key parts
        -> value. Raises Unreadable where the runtime does not have it."""
        return self.maps((item,), *parts)[item]

    def maps(self, items: Sequence[str], *parts: Any) -> dict[str, dict[tuple[Any, ...], Any]]:
        """Several of them below the same `parts`, a page of each in one question."""
        named = {item: _place(item) for item in items}
        prefixes = {item: self.runtime.prefix(*named[item], *parts) for item in items}
        found: dict[str, dict[tuple[Any, ...], Any]] = {item: {} for item in items}
        starts = dict(prefixes)
        while starts:
            asked = [(prefixes[item], KEYS_PER_CALL, start, self.hash) for item, start in starts.items()]
            pages = dict(zip(starts, self._ask_all("state_getKeysPaged", asked), strict=True))
            pages = {item: keys for item, keys in pages.items() if _keys(keys, prefixes[item])}
            told = self._ask_all("state_queryStorageAt", [(keys, self.hash) for keys in pages.values()])
            for (item, keys), values in zip(pages.items(), told, strict=True):
                found[item] |= self.runtime.decode_map(*named[item], read_values(values, self.hash, keys).items())
                if len(keys) == KEYS_PER_CALL and keys[-1] <= starts[item]:
                    raise Unreadable("keys of a storage map that do not end")
            starts = {item: keys[-1] for item, keys in pages.items() if len(keys) == KEYS_PER_CALL}
        return found

    def block(self) -> ReadBlock:
        """Its calls and events."""
        from collectors.bittensor.blocks import BlockReader

        blocks = BlockReader(self.network, self._rpc, self._runtimes, self.endpoint, self.runtime, None)
        return next(blocks.read([(self.number, self.hash)]))

    def _ask_all(self, method: str, params: Sequence[tuple[Any, ...]]) -> list[Any]:
        calls = [RpcCall(method, one) for one in params]
        return [reply.result() for reply in self._rpc.ask(calls, endpoint=self.endpoint).replies] if calls else []


def _place(item: str) -> tuple[str, str]:
    """(pallet, name)"""
    pallet, dot, name = item.partition(".")
    return (pallet, name) if dot else (PALLET, item)


def _keys(page: Any, prefix: str) -> bool:
    """Whether there are any. Raises Unreadable for what are no keys below `prefix`."""
    if not isinstance(page, list) or not all(isinstance(key, str) and key.startswith(prefix) for key in page):
        raise Unreadable("not the keys of a storage map")
    return bool(page)


def _listed(argument: Any) -> Any:
    return list(argument) if isinstance(argument, tuple) else argument
