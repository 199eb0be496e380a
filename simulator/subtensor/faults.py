"""What can be wrong with a subtensor node, besides what `simulator.faults` does to the transport.

    node.faults.add(faults.batch_limit(20))
    with node.faults.during(faults.rpc_error(-32004, "Storage work rate limit exceeded", path="state_call")): ...

The matcher `path` is a part of "/" and the names of the methods of a batch, `levels` of the highest block asked for.
`simulator.faults` has hang, reset, cut, truncated, dribble, garbage, status, latency, stale_head and behind.
"""

from __future__ import annotations

from typing import Any, Unpack

from simulator.faults import Fault, Matchers, status

UNKNOWN_BLOCK = "Client error: Api called for an unknown Block: "


def rpc_error(code: int, message: str, method: str = "", data: Any = None, **matchers: Unpack[Matchers]) -> Fault:
    """That error instead of each result of the method; of every method where none is named."""
    return Fault("rpc_error", number=code, text=method, value={"message": message, "data": data}, **matchers)


def work_limit(**matchers: Unpack[Matchers]) -> Fault:
    """-32004 for whatever reads storage, as public endpoints answer it."""
    return rpc_error(-32004, "Storage work rate limit exceeded", "state_", **matchers)


def batch_error(code: int, message: str, **matchers: Unpack[Matchers]) -> Fault:
    """One error object instead of the list."""
    return Fault("batch_error", number=code, text=message, **matchers)


def batch_limit(calls: int, **matchers: Unpack[Matchers]) -> Fault:
    """Batches of more calls are refused as one object."""
    return Fault("batch_limit", number=calls, **matchers)


def refused(code: int = 429, retry_after: int | None = 30, **matchers: Unpack[Matchers]) -> Fault:
    """403 or 429 with the headers of the public endpoints' policy."""
    fault = status(code, '{"error":"rate limited"}', **matchers)
    fault.headers = {"X-RateLimit-Policy": "per-ip", "X-RateLimit-Reason": "requests"}
    if retry_after is not None:
        fault.headers |= {"Retry-After": str(retry_after), "X-RateLimit-Reset": str(retry_after)}
    return fault


def other_ids(**matchers: Unpack[Matchers]) -> Fault:
    """Answers bear ids that were not asked."""
    return Fault("other_ids", **matchers)


def shuffled(**matchers: Unpack[Matchers]) -> Fault:
    """A batch's answers come in another order, as they may."""
    return Fault("shuffled", **matchers)


def unanswered(method: str = "", **matchers: Unpack[Matchers]) -> Fault:
    """The last call of a batch (of the method) has no answer in the list."""
    return Fault("unanswered", text=method, **matchers)


def no_state(**matchers: Unpack[Matchers]) -> Fault:
    """A balancer that answers as if nothing was ever stored: null, so that a reader takes defaults for values."""
    return Fault("no_state", **matchers)


def overwritten(key: str, value: str | None, **matchers: Unpack[Matchers]) -> Fault:
    """Another value under a storage key, both as 0x…"""
    return Fault("overwritten", text=key, value=value, **matchers)


def trailing(prefix: str = "0x", **matchers: Unpack[Matchers]) -> Fault:
    """A byte too many behind every stored value whose key begins so, and behind what `state_call` answers for "0x"."""
    return Fault("trailing", text=prefix, **matchers)


def stale_final(block: int) -> Fault:
    """The finalised head stands there while the head goes on."""
    return Fault("stale_final", level=block)


def syncing(peers: int = 0, **matchers: Unpack[Matchers]) -> Fault:
    """`system_health` says that the node is not there yet."""
    return Fault("syncing", number=peers, **matchers)
