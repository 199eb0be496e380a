"""The JSON-RPC methods of a node: each with its parameters, as substrate's nodes answer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from simulator.subtensor.chain import Chain
from simulator.subtensor.hashing import blake2_256
from simulator.subtensor.runtime_calls import NoSuchMethod, RuntimeCalls, WrongArguments

Json = Any
UNKNOWN_BLOCK: Final = "Client error: Api called for an unknown Block: "
_MOST_KEYS: Final = 1000


class RpcError(Exception):
    """An error object instead of a result."""

    def __init__(self, code: int, message: str, data: Json = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def value(self) -> Json:
        found = {"code": self.code, "message": self.message}
        return found if self.data is None else {**found, "data": self.data}


class View(NamedTuple):
    """A node as it stands while it answers one request."""

    chain: Chain
    calls: RuntimeCalls
    head: int
    final: int
    oldest: int
    """The first block whose state is kept."""
    archive: bool
    empty: bool = False
    """Answers as if nothing was stored."""
    peers: int = 30
    is_syncing: bool = False


def answer(view: View, method: str, params: Sequence[Json]) -> Json:
    """Raises RpcError."""
    function = METHODS.get(method)
    if function is None:
        raise RpcError(-32601, "Method not found")
    try:
        return function(view, *params)
    except (TypeError, ValueError, AttributeError) as error:
        raise RpcError(-32602, "Invalid params", str(error)) from error


def raw(text: Json) -> bytes:
    if not isinstance(text, str) or not text.startswith("0x"):
        raise ValueError("invalid hex: expected a string that begins with 0x")
    return bytes.fromhex(text[2:])


def told(data: bytes) -> str:
    return f"0x{data.hex()}"


# Blocks -------------------------------------------------------------------------------------------------------------


def _known(view: View, block_hash: Json) -> int | None:
    """The block of a hash, the head for None; None for one that the node has not."""
    if block_hash is None:
        return view.head
    block = view.chain.block_of(raw(block_hash))
    return None if block is None or block > view.head else block


def _stored(view: View, block_hash: Json) -> int:
    """A block whose state the node has."""
    block = _known(view, block_hash)
    if block is None:
        raise RpcError(4003, f"{UNKNOWN_BLOCK}Header was not found in the database: {block_hash}")
    if block < max(view.oldest, view.chain.plan.first_block):
        raise RpcError(4003, f"{UNKNOWN_BLOCK}State already discarded for {told(view.chain.hash(block))}")
    return block


def _block_hash(view: View, number: Json = None) -> Json:
    if isinstance(number, list):
        return [_block_hash(view, one) for one in number]
    if number is None:
        return told(view.chain.hash(view.head))
    height = int(number, 16) if isinstance(number, str) else int(number)
    old = 0 < height < view.chain.plan.first_block and not view.archive
    return None if height < 0 or height > view.head or old else told(view.chain.hash(height))


def _final_head(view: View) -> Json:
    return told(view.chain.hash(view.final))


def _header(view: View, block_hash: Json = None) -> Json:
    block = _known(view, block_hash)
    return None if block is None else _header_of(view.chain, block)


def _header_of(chain: Chain, block: int) -> Json:
    own = chain.hash(block)
    slot = (chain.timestamp(block) // chain.plan.block_time).to_bytes(8, "little")
    return {
        "parentHash": told(chain.hash(block - 1)) if block > 0 else told(bytes(32)),
        "number": hex(block),
        "stateRoot": told(blake2_256(own + b"state")),
        "extrinsicsRoot": told(blake2_256(own + b"extrinsics")),
        "digest": {
            "logs": [
                told(b"\x06aura" + b"\x20" + slot),
                told(b"\x05aura" + b"\x01\x01" + blake2_256(own + b"seal") * 2),
            ]
        },
    }


def _block(view: View, block_hash: Json = None) -> Json:
    block = _known(view, block_hash)
    if block is None or block < view.chain.plan.first_block:
        return None
    code = view.chain.runtime_of(block)
    extrinsics = [told(one.encoded(code)) for one in view.chain.block(block).extrinsics]
    return {"block": {"header": _header_of(view.chain, block), "extrinsics": extrinsics}, "justifications": None}


# State --------------------------------------------------------------------------------------------------------------


def _value(view: View, key: bytes, block: int) -> Json:
    stored = None if view.empty else view.chain.raw(key, block)
    return None if stored is None else told(stored)


def _storage(view: View, key: Json, block_hash: Json = None) -> Json:
    return _value(view, raw(key), view.head if view.empty else _stored(view, block_hash))


def _query(view: View, keys: Json, block_hash: Json = None) -> Json:
    block = view.head if view.empty else _stored(view, block_hash)
    changes = [[key, _value(view, raw(key), block)] for key in keys]
    return [{"block": block_hash or told(view.chain.hash(block)), "changes": changes}]


def _keys_paged(view: View, prefix: Json, count: int, start: Json = None, block_hash: Json = None) -> Json:
    if count > _MOST_KEYS:
        raise RpcError(4002, f"count exceeds maximum value. value: {count}, max: {_MOST_KEYS}")
    block = _stored(view, block_hash)
    view.chain.advance(block)
    after = raw(start) if start else b""
    code = view.chain.runtime_of(block)
    found = [] if view.empty else view.chain.state.keys(raw(prefix or "0x"), block, code, after=after, count=count)
    return [told(key) for key in found]


def _call(view: View, method: str, data: Json = "0x", block_hash: Json = None) -> Json:
    block = _stored(view, block_hash)
    try:
        return told(view.calls.call(method, raw(data), block))
    except NoSuchMethod:
        raise RpcError(4003, f"Client error: Execution failed: Other: Exported method {method} is not found") from None
    except WrongArguments as error:
        raise RpcError(4003, f"Client error: Execution failed: Execution aborted due to trap: {error}") from None


def _metadata(view: View, block_hash: Json = None) -> Json:
    return told(view.chain.runtime_after(_stored(view, block_hash)).metadata(14))


def _runtime_version(view: View, block_hash: Json = None) -> Json:
    return view.chain.runtime_after(_stored(view, block_hash)).version()


# The node -----------------------------------------------------------------------------------------------------------


def _health(view: View) -> Json:
    return {"peers": view.peers, "isSyncing": view.is_syncing, "shouldHavePeers": True}


def _properties(view: View) -> Json:
    return {"isEthereum": False, "ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}


def _methods(view: View) -> Json:
    return {"methods": sorted(METHODS)}


METHODS: Final[dict[str, Callable[..., Json]]] = {
    "chain_getBlock": _block,
    "chain_getBlockHash": _block_hash,
    "chain_getFinalisedHead": _final_head,
    "chain_getFinalizedHead": _final_head,
    "chain_getHead": _block_hash,
    "chain_getHeader": _header,
    "rpc_methods": _methods,
    "state_call": _call,
    "state_getKeysPaged": _keys_paged,
    "state_getMetadata": _metadata,
    "state_getRuntimeVersion": _runtime_version,
    "state_getStorage": _storage,
    "state_getStorageAt": _storage,
    "state_queryStorageAt": _query,
    "system_chain": lambda view: view.chain.plan.chain,
    "system_chainType": lambda view: "Live",
    "system_health": _health,
    "system_name": lambda view: "subtensor",
    "system_properties": _properties,
    "system_version": lambda view: "4.0.0-dev-461",
}
