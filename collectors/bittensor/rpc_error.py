"""What a JSON-RPC error object stands for, in the tree of collectors/errors.py.

Nodes agree neither on codes nor on words: the same "State already discarded" comes with code 4003, another one or
none, and a node behind a proxy says what the proxy says. The text decides first, then the code. It is never quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.errors import Lagging, NoAnswer, Refused, SourceError, Unreadable

# jsonrpsee, types/src/error.rs; -32004 and "too many" of -32005 are the public endpoints' own (docs.onfinality.io).
METHOD_NOT_FOUND = -32601
RATE_LIMITED = (-32004, -32005, 429)
TOO_LARGE = (-32010, -32011, -32007, -32008)
_READ = 2_000
"""Characters of an error's text that are looked at."""


class StateDiscarded(Refused):
    """The node keeps no state of a block this old; an archive node does."""

    def __init__(self) -> None:
        super().__init__("the block's state is already discarded")


class UnknownBlock(Lagging):
    """The node does not know the block, or not yet."""

    def __init__(self) -> None:
        super().__init__("unknown block")


class RateLimited(NoAnswer):
    """A limit told inside of an answer. Not to be asked again in this run."""

    def __init__(self) -> None:
        super().__init__("rate limit of the node")


class BatchTooLarge(Refused):
    """More calls or bytes at once than the node takes. `limit`: calls, where it says."""

    def __init__(self, limit: int | None = None) -> None:
        super().__init__("batch too large for the node")
        self.limit = limit


class MethodMissing(Refused):
    """The node does not have the JSON-RPC method, or does not let everybody call it."""

    def __init__(self) -> None:
        super().__init__("the node does not offer the method")


class RuntimeMethodMissing(Unreadable):
    """The runtime of the block does not have the method of `state_call`."""

    def __init__(self) -> None:
        super().__init__("the runtime does not have the method")


class RpcFailed(Unreadable):
    """Any other error. `code` is the node's, None where it told none."""

    def __init__(self, code: int | None) -> None:
        super().__init__("JSON-RPC error without a code" if code is None else f"JSON-RPC error {code}")
        self.code = code


def read_error(error: Any) -> SourceError:
    """Never raises."""
    told: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    code = told.get("code")
    code = code if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 10**9 else None
    text = " ".join(str(told[name])[:_READ] for name in ("message", "data") if isinstance(told.get(name), str)).lower()
    if "state already discarded" in text or "state is pruned" in text:
        return StateDiscarded()
    if ("exported method" in text and "not found" in text) or "function to start was not found" in text:
        return RuntimeMethodMissing()
    if code == METHOD_NOT_FOUND or text.startswith("method not found") or "rpc call is unsafe" in text:
        return MethodMissing()
    if code in TOO_LARGE or "batch request was too large" in text:
        return BatchTooLarge(_limit(text))
    if "batch" in text and "not supported" in text:
        return BatchTooLarge(1)
    if code in RATE_LIMITED or "rate limit" in text or "too many requests" in text:
        return RateLimited()
    if "unknownblock" in text or "unknown block" in text or "header was not found" in text:
        return UnknownBlock()
    return RpcFailed(code)


def _limit(text: str) -> int | None:
    """ "Exceeded max limit of 50" """
    _, found, rest = text.partition("max limit of ")
    number = rest.split(" ")[0].rstrip(".") if found else ""
    return int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else None
