"""What can be wrong with a node, switched on and off while it runs.

    node.faults.add(faults.rate_limited(count=3))                        # the next three requests
    node.faults.add(faults.no_metadata(levels=(120, 125)))               # until removed
    with node.faults.during(faults.hang(path="/helpers/")): ...

Every constructor takes the matchers `path` (a part of the request's target), `levels` (first and last level of the
block asked for, inclusive) and `count` (how often it strikes; None: until removed).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypedDict, Unpack

Json = Any

VIEW = frozenset({"stale_head", "behind", "head_reorganisation", "fork", "stale_final"})
"""Change which chain and head the node sees."""
CONTENT = frozenset(
    {
        "not_bootstrapped",
        "peers",
        "chain_id",
        "missing_block",
        "pruned",
        "no_metadata",
        "no_operation_metadata",
        "too_large",
        "unknown_operation",
        "stray_attestation",
        "json",
        # Of JSON-RPC, see simulator.subtensor.faults:
        "rpc_error",
        "batch_error",
        "batch_limit",
        "other_ids",
        "shuffled",
        "unanswered",
        "no_state",
        "overwritten",
        "trailing",
        "syncing",
    }
)
"""Change the answer's content. Everything else happens to the transport."""


class Matchers(TypedDict, total=False):
    path: str
    levels: tuple[int, int] | None
    count: int | None


@dataclass(slots=True)
class Fault:
    """One fault. Made by the functions below, or from JSON by `from_json`; which fields count depends on `kind`."""

    kind: str
    path: str = ""
    levels: tuple[int, int] | None = None
    count: int | None = None
    seconds: float = 0.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = "application/json"
    level: int = 0
    number: int = 0
    text: str = ""
    value: Json = None

    def strikes(self, target: str, level: int | None) -> bool:
        if self.count == 0 or self.path not in target:
            return False
        return self.levels is None or (level is not None and self.levels[0] <= level <= self.levels[1])


def from_json(value: dict[str, Json]) -> Fault:
    """A fault from its fields, e.g. {"kind": "status", "status": 503, "count": 2}. Raises TypeError on others."""
    levels = value.get("levels")
    return Fault(**{**value, "levels": tuple(levels) if levels else None})


class Faults:
    """The faults of one node. Safe to change from any thread while the node answers."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._active = [other for other in self._active if other is not fault]

    def clear(self) -> None:
        with self._lock:
            self._active = []

    @contextmanager
    def during(self, fault: Fault) -> Iterator[Fault]:
        self.add(fault)
        try:
            yield fault
        finally:
            self.remove(fault)

    def view(self) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._active if fault.kind in VIEW]

    def __bool__(self) -> bool:
        return bool(self._active)

    def strike(self, target: str, level: int | None) -> list[Fault]:
        """The faults that strike this request; each has been counted."""
        with self._lock:
            struck = [one for one in self._active if one.kind not in VIEW and one.strikes(target, level)]
            for fault in struck:
                if fault.count is not None:
                    fault.count -= 1
            self._active = [fault for fault in self._active if fault.count != 0]
            return struck


# Transport --------------------------------------------------------------------------------------------------------


def latency(seconds: float, **matchers: Unpack[Matchers]) -> Fault:
    """The answer comes that much later."""
    return Fault("latency", seconds=seconds, **matchers)


def status(code: int, body: str = "", **matchers: Unpack[Matchers]) -> Fault:
    return Fault("status", status=code, body=body, content_type="text/plain", **matchers)


def lagging(count: int = 1, path: str = "/blocks/") -> Fault:
    """A member of a pool that has not seen the block yet: 404 on the next `count` requests for blocks."""
    return Fault("status", status=404, path=path, count=count)


def rate_limited(retry_after: int | str | None = None, **matchers: Unpack[Matchers]) -> Fault:
    """429 with a page of HTML, as a front proxy answers; public nodes send no Retry-After."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    page = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>slow down</body>\r\n</html>\r\n"
    return Fault("status", status=429, headers=headers, body=page, content_type="text/html", **matchers)


def rate_limit(per_second: int, **matchers: Unpack[Matchers]) -> Fault:
    """429 for whatever exceeds so many requests within one second of real time."""
    page = "<html><body>429 Too Many Requests</body></html>"
    return Fault("rate_limit", status=429, number=per_second, body=page, content_type="text/html", **matchers)


def garbage(body: str = "<html><body>Welcome to nginx!</body></html>", **matchers: Unpack[Matchers]) -> Fault:
    """200 with a body that is no JSON."""
    return Fault("status", status=200, body=body, content_type="text/html", **matchers)


def json_value(value: Json, **matchers: Unpack[Matchers]) -> Fault:
    """200 with any JSON instead of the answer."""
    return Fault("json", value=value, **matchers)


def truncated(**matchers: Unpack[Matchers]) -> Fault:
    """200 and half of the answer, well framed: JSON that ends too early."""
    return Fault("truncated", **matchers)


def cut(**matchers: Unpack[Matchers]) -> Fault:
    """The connection closes in the middle of the body that Content-Length announced."""
    return Fault("cut", **matchers)


def hang(**matchers: Unpack[Matchers]) -> Fault:
    """The request is read and never answered."""
    return Fault("hang", **matchers)


def dribble(part: str, seconds: float = 1.0, **matchers: Unpack[Matchers]) -> Fault:
    """The "headers" or the "body" come byte by byte, one each so many seconds."""
    return Fault("dribble", text=part, seconds=seconds, **matchers)


def reset(**matchers: Unpack[Matchers]) -> Fault:
    """The connection is reset instead of an answer."""
    return Fault("reset", **matchers)


def lost_answer(**matchers: Unpack[Matchers]) -> Fault:
    """Receivers only: the request is taken and acted upon, and the connection is reset instead of the answer."""
    return Fault("lost_answer", **matchers)


def late_answer(**matchers: Unpack[Matchers]) -> Fault:
    """Receivers only: the request is taken and acted upon, and never answered."""
    return Fault("late_answer", **matchers)


def huge(size: int, code: int = 200, **matchers: Unpack[Matchers]) -> Fault:
    """Receivers only: a body of so many bytes."""
    return Fault("huge", number=size, status=code, **matchers)


# Which chain and head ---------------------------------------------------------------------------------------------


def stale_head(level: int) -> Fault:
    """The node stands at this level, whatever the time."""
    return Fault("stale_head", level=level)


def behind(levels: int) -> Fault:
    """The node follows so many levels after everybody else."""
    return Fault("behind", number=levels)


def head_reorganisation() -> Fault:
    """The head and the block before it have other hashes at every request; what is final stays."""
    return Fault("head_reorganisation")


def fork(level: int, salt: str = "fork") -> Fault:
    """From this level on the node follows another history, hashes and accidents: `chain.forked(level, salt)`."""
    return Fault("fork", level=level, text=salt)


# Content ----------------------------------------------------------------------------------------------------------


def not_bootstrapped(sync_state: str = "unsynced") -> Fault:
    """`sync_state`: "unsynced" (bootstrapped is false) or "stuck" (bootstrapped, but nothing moves)."""
    return Fault("not_bootstrapped", path="/is_bootstrapped", text=sync_state)


def peers(number: int) -> Fault:
    return Fault("peers", path="/network/connections", number=number)


def chain_id(other: str) -> Fault:
    """Another chain's id in /chain_id, headers and blocks."""
    return Fault("chain_id", path="/chains/", text=other)


def missing_block(level: int, count: int | None = None) -> Fault:
    """404 for that one block and everything under it."""
    return Fault("missing_block", levels=(level, level), count=count)


def pruned(**matchers: Unpack[Matchers]) -> Fault:
    """410: the node has thrown the block's data away."""
    return Fault("pruned", **matchers)


def no_metadata(**matchers: Unpack[Matchers]) -> Fault:
    """Blocks without metadata, operations without theirs; `/metadata` is 404."""
    return Fault("no_metadata", **matchers)


def no_operation_metadata(**matchers: Unpack[Matchers]) -> Fault:
    """The block's metadata is there, the operations' is not."""
    return Fault("no_operation_metadata", **matchers)


def too_large(**matchers: Unpack[Matchers]) -> Fault:
    """Every operation says `"metadata": "too large"` and carries none in its contents."""
    return Fault("too_large", **matchers)


def unknown_operation(
    kind: str = "attestation_of_tomorrow", *, added: bool = False, **matchers: Unpack[Matchers]
) -> Fault:
    """The first attestation of the block is of a kind nobody knows; or, `added`, stands beside the others."""
    return Fault("unknown_operation", text=kind, number=int(added), **matchers)


def stray_attestation(delegate: str, **matchers: Unpack[Matchers]) -> Fault:
    """The block also carries an attestation by the delegate for the level before the one it attests."""
    return Fault("stray_attestation", text=delegate, **matchers)
