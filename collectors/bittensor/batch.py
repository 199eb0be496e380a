"""A JSON-RPC 2.0 batch as it is written and read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from collectors.bittensor.rpc_error import read_error
from collectors.errors import NoAnswer, SourceError, Unreadable


class RpcCall(NamedTuple):
    method: str
    params: tuple[Any, ...] = ()


class RpcReply(NamedTuple):
    """What became of one call."""

    value: Any = None
    """The result; null is one too (an unknown block's hash, a key with nothing stored)."""
    problem: SourceError | None = None

    def result(self) -> Any:
        """The value. Raises the problem, where there is one."""
        if self.problem is not None:
            raise self.problem
        return self.value


def write_batch(calls: Sequence[RpcCall], first_id: int) -> Any:
    """The request's JSON: ids count up from `first_id`. A single call is written without a list around it."""
    written = [
        {"jsonrpc": "2.0", "id": number, "method": call.method, "params": list(call.params)}
        for number, call in enumerate(calls, start=first_id)
    ]
    return written[0] if len(written) == 1 else written


def read_batch(body: Any, first_id: int, count: int) -> tuple[RpcReply, ...]:
    """One reply for each call, in the order of the calls, whatever the order of the answer.

    Raises the SourceError for which the batch as a whole was refused (one object, without one of its ids), and
    Unreadable for an answer that is no batch, or answers what was not asked.
    """
    if isinstance(body, Mapping):
        lone = count == 1 and body.get("id") == first_id
        if not lone and body.get("error") is not None:
            raise read_error(body["error"])
        body = [body]
    if not isinstance(body, list):
        raise Unreadable("not an answer to a JSON-RPC batch")
    found: dict[int, RpcReply] = {}
    unnamed: SourceError | None = None
    for entry in body:
        if not isinstance(entry, Mapping):
            raise Unreadable("not an answer to a JSON-RPC batch")
        number = entry.get("id")
        if number is None and entry.get("error") is not None:
            unnamed = read_error(entry["error"])
            continue
        if not isinstance(number, int) or isinstance(number, bool) or not first_id <= number < first_id + count:
            raise Unreadable("an answer to a call that was not made")
        twice = number in found
        found[number] = RpcReply(problem=Unreadable("a call was answered twice")) if twice else _reply(entry)
    if not found:
        raise unnamed or NoAnswer("no call of the batch was answered")
    left_out = RpcReply(problem=unnamed or NoAnswer("the call was left out of the answer"))
    return tuple(found.get(number, left_out) for number in range(first_id, first_id + count))


def _reply(entry: Mapping[str, Any]) -> RpcReply:
    if entry.get("error") is not None:
        return RpcReply(problem=read_error(entry["error"]))
    if "result" not in entry:
        return RpcReply(problem=Unreadable("neither a result nor an error"))
    return RpcReply(entry["result"])
