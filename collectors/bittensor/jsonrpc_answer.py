"""What one answer to a JSON-RPC batch means for each of its calls. Pure: parsed JSON in, values and errors out.

Codes: those of JSON-RPC 2.0; of substrate nodes (jsonrpsee, sc-rpc-server: -32999 rate limit, -32008 … -32011 sizes);
of public subtensor endpoints (-32004 and -32005 rate limits, -32010 more than 50 calls); 4003 for a block the node
does not know or has dropped. Some nodes give no code at all, so the known phrases of messages decide too. Messages are
never told: they quote what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from collectors.errors import (
    CallError,
    Lagging,
    NoAnswer,
    NoMethod,
    Pruned,
    Refused,
    SourceError,
    Throttled,
    Unreadable,
)

THROTTLED_PAUSE: Final = 60.0
"""Seconds: the public endpoints count requests by the minute and do not tell in JSON when the next one is welcome."""

_RATE_LIMITS = frozenset({-32004, -32005, -32009, -32999})
_TOO_LARGE = frozenset({-32010, -32011})
_METHOD_NOT_FOUND = -32601
_UNKNOWN_BLOCK = 4003
_DROPPED = ("state already discarded", "state has been pruned", "state is pruned", "missing trie node")
_ABSENT = ("unknown block", "unknownblock", "header was not found", "header not found", "block not found")
_NO_METHOD = ("exported method", "function to start was not found")
_LONGEST_MESSAGE = 2_000

Outcome = tuple[Any, SourceError | None]
"""A value and no error, or None and the error."""


class BatchTooLarge(Unreadable):
    """The endpoint takes `limit` calls at once and no more. None where it does not tell how many."""

    def __init__(self, limit: int | None) -> None:
        super().__init__("the batch is larger than the endpoint allows", status=200)
        self.limit = limit


def read_batch(answer: Any, count: int) -> list[Outcome]:
    """The outcomes of the calls with ids 1 to `count`, in that order, whatever the order of the answers.

    Raises the SourceError that the whole batch was answered with (one object instead of a list), and Unreadable where
    the answers are not to these calls.
    """
    if isinstance(answer, Mapping):
        raise _refusal(answer, count)
    if not isinstance(answer, list):
        raise Unreadable("answer to a batch is no list", status=200)
    found: dict[int, Outcome] = {}
    unassigned: SourceError | None = None
    for entry in answer:
        if not isinstance(entry, Mapping):
            raise Unreadable("answer to a batch holds what is no answer", status=200)
        number = entry.get("id")
        if number is None and entry.get("error") is not None:
            unassigned = error_of(entry["error"])  # of a call the node could not even read the id of
            continue
        if type(number) is not int or not 1 <= number <= count:
            raise Unreadable("answer to a call that was not made", status=200)
        found[number] = _outcome(entry) if number not in found else (None, Unreadable("answered twice", status=200))
    missing: Outcome = (None, unassigned or NoAnswer("call was not answered", status=200))
    return [found.get(number, missing) for number in range(1, count + 1)]


def _outcome(entry: Mapping[str, Any]) -> Outcome:
    if entry.get("error") is not None:
        if entry.get("result") is not None:
            return None, Unreadable("both a result and an error", status=200)
        return None, error_of(entry["error"])
    if "result" not in entry:
        return None, Unreadable("neither a result nor an error", status=200)
    return entry["result"], None


def _refusal(answer: Mapping[str, Any], count: int) -> SourceError:
    error = answer.get("error")
    if error is None:
        return Unreadable("answer to a batch is no list", status=200)
    code, message = _code(error), _message(error)
    if code in _TOO_LARGE or "batch request was too large" in message or "batch response was too large" in message:
        told = re.search(r"limit of (\d{1,6})$", message)
        limit = int(told[1]) if told else 0
        return BatchTooLarge(limit if 0 < limit < count else None)
    if "batch" in message and "not supported" in message:
        return BatchTooLarge(1 if count > 1 else None)
    return error_of(error)


def error_of(error: Any) -> SourceError:
    """The error that a JSON-RPC error object stands for."""
    code, message = _code(error), _message(error)
    if any(phrase in message for phrase in _DROPPED):
        return Pruned("state of this block was dropped", status=200)
    if any(phrase in message for phrase in _NO_METHOD):
        return NoMethod("the runtime has no such method", code=code)
    if any(phrase in message for phrase in _ABSENT) or code == _UNKNOWN_BLOCK:
        return Lagging("the node does not know this block", status=200)
    if code in _RATE_LIMITS or "rate limit" in message:
        return Throttled(THROTTLED_PAUSE, 200)
    if code == _METHOD_NOT_FOUND or message.startswith("method not found"):
        return Refused("the node does not serve this method", status=200)
    return CallError("call failed", code=code)


def _code(error: Any) -> int | None:
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if type(code) is int and -(2**31) <= code < 2**31 else None


def _message(error: Any) -> str:
    """In lower case, with its data where they are a text."""
    if isinstance(error, Mapping):
        parts = (error.get("message"), error.get("data"))
        return " ".join(part[:_LONGEST_MESSAGE].lower() for part in parts if isinstance(part, str))
    return error[:_LONGEST_MESSAGE].lower() if isinstance(error, str) else ""
