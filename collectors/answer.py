"""What one HTTP answer means: a value, or the error it stands for. Pure: bytes in, value or SourceError out."""

from __future__ import annotations

import json
from collections.abc import Collection
from math import isfinite
from typing import Any, NoReturn

from collectors.errors import Lagging, NoAnswer, NodeError, Refused, SourceError, Unreadable

_ID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_ID_LONGEST = 120


def read(status: int, body: bytes, secrets: Collection[str] = ()) -> Any:
    """The parsed JSON of a 200; raises the SourceError that any other answer is (errors.py has the tree).

    `secrets` are parts of the endpoint's URL that must not come back through an error id. The error carries no
    endpoint yet. 429 is the caller's: how long to wait stands in a header. Octez' own statuses: 404 unknown block (or
    one a lagging node does not have yet), 410 pruned, 500 with a list of {"kind", "id", ...}, 401/403 by access list,
    400 plain text.
    """
    if status == 200:
        return parse(body)
    raise _error(status, body, secrets)


def parse(body: bytes) -> Any:
    """JSON in UTF-8 with finite numbers. Raises NoAnswer where it is none (or cut short), Unreadable if nested too
    deep for the interpreter."""
    problem: SourceError
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except RecursionError:
        problem = Unreadable("answer is nested too deep", status=200)
    except ValueError:  # JSONDecodeError, UnicodeDecodeError, integers beyond the interpreter's limit
        problem = NoAnswer("answer is not JSON", status=200)
    raise problem


def _error(status: int, body: bytes, secrets: Collection[str]) -> SourceError:
    said = f"HTTP {status}"
    if status == 404:
        return Lagging(f"{said} not found", status=status)
    if status == 410:
        return Unreadable(f"{said} pruned", status=status)
    if status >= 500:
        return _node_error(said, status, body, secrets)
    if 300 <= status < 400:
        return NoAnswer(f"{said} redirect: configure the address it leads to", status=status)
    if status == 408 or status < 400:
        return NoAnswer(f"{said} unexpected", status=status)
    return Refused(f"{said} refused", status=status)


def _node_error(said: str, status: int, body: bytes, secrets: Collection[str]) -> SourceError:
    """A list of Octez errors is the node's answer; anything else is a proxy or a node in trouble."""
    entries: Any
    try:
        entries = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list) or not entries:
        return NoAnswer(said, status=status)
    kinds = [entry.get("kind") if isinstance(entry, dict) else None for entry in entries]
    ids = tuple(_id(entry.get("id"), secrets) for entry in entries if isinstance(entry, dict))
    if "temporary" in kinds:
        return Lagging(f"{said} temporary node error", ids=ids, status=status)
    if not all(kind in ("permanent", "branch") for kind in kinds):
        return NoAnswer(said, status=status)
    return NodeError(f"{said} {', '.join(dict.fromkeys(ids))}"[:240], ids=ids, status=status)


def _id(value: Any, secrets: Collection[str]) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _ID_LONGEST or not _ID_CHARACTERS.issuperset(value):
        return "?"
    return "?" if any(secret in value for secret in secrets) else value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN, Infinity: not JSON


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):  # 1e999
        raise ValueError
    return value


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
