"""How a node is, in one request: for whoever examines it, not for judging the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.bittensor.batch import RpcCall
from collectors.bittensor.block_facts import header_of
from collectors.bittensor.hexadecimal import to_bytes
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.rpc_error import StateDiscarded, UnknownBlock
from collectors.errors import Unreadable

NOW_KEY = "0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb"
"""Of `Timestamp.Now`: hashes of names, the same in every runtime. Its value: a u64 of milliseconds, low byte first."""
OLD = 5_000
"""Blocks, 17 hours: what a lite node has dropped long ago (256 blocks) and an archive node keeps."""


@dataclass(frozen=True, slots=True)
class NodeHealth:
    genesis: str
    best: int
    timestamp: int
    """Of the best block, UTC seconds."""
    syncing: bool | None
    peers: int | None
    """None where it does not tell (`system_health` may be closed to strangers)."""


def node_health(rpc: JsonRpc, label: str) -> NodeHealth:
    """Raises SourceError."""
    calls = [
        RpcCall("chain_getBlockHash", (0,)),
        RpcCall("chain_getHeader"),
        RpcCall("state_getStorage", (NOW_KEY,)),
        RpcCall("system_health"),
    ]
    genesis, header, now, health = rpc.ask(calls, endpoint=label).replies
    told = genesis.result()
    if not isinstance(told, str):
        raise Unreadable("does not tell its genesis: is it a subtensor node?")
    raw = to_bytes(now.result())
    if len(raw) != 8:
        raise Unreadable("not a time: is it a subtensor node?")
    said: Mapping[str, Any] = health.value if isinstance(health.value, Mapping) else {}
    syncing, peers = said.get("isSyncing"), said.get("peers")
    return NodeHealth(
        told,
        header_of(header.result()).number,
        int.from_bytes(raw, "little") // 1000,
        syncing if isinstance(syncing, bool) else None,
        peers if isinstance(peers, int) else None,
    )


def keeps_old_state(rpc: JsonRpc, label: str, best: int) -> bool:
    """Whether it answers for a block of 17 hours ago. Raises SourceError for what says nothing about that."""
    try:
        block_hash = rpc.one("chain_getBlockHash", max(1, best - OLD), endpoint=label).value
        if not isinstance(block_hash, str):
            return False
        return rpc.one("state_getStorage", NOW_KEY, block_hash, endpoint=label).value is not None
    except (StateDiscarded, UnknownBlock):
        return False
