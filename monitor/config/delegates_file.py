"""Reading delegates.json: a WatchList, or everything that is wrong with the file at once.

Either a plain list of ``{"address", "name"?}``, or the object form, with the "alerts" of a delegate as needed::

    {"tezos": [{"address", "name", "network", "runbook", "channels": [name, …],
                "alerts": {"baking": {"threshold", "window"}, "attestation": {"threshold", "window"}}}]}
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from monitor.config.problem import ConfigError
from monitor.config.watch_list import WatchList


class NotPlain(ValueError):
    """The text is not JSON, or ambiguous; monitor.config.document tells where and why."""


def parse_watch_list(text: str, file: str) -> WatchList:
    """Read delegates.json. Raises ConfigError with every fault there is, named by `file`, line and path."""
    try:
        return _model(plain_value(text))
    except (NotPlain, ValidationError, _Repeated):
        from monitor.config.delegates_faults import problems_of

        raise ConfigError(problems_of(text, file)) from None


class _Repeated(Exception):
    """A delegate is on the list twice."""


def _model(value: Any) -> WatchList:
    watch_list = WatchList.model_validate(object_form(value))
    if duplicates(object_form(value)):
        raise _Repeated
    return watch_list


def object_form(value: Any) -> Any:
    """The object form of whatever was written; "$schema" is for editors."""
    if isinstance(value, list):
        return {"tezos": value}
    if isinstance(value, dict) and isinstance(value.get("$schema", ""), str):
        return {key: inner for key, inner in value.items() if key != "$schema"}
    return value


def duplicates(value: Any) -> list[tuple[int, int]]:
    """Positions of the delegates that are on the list already, found in the raw value: some entries may be invalid."""
    entries = value.get("tezos") if isinstance(value, dict) else None
    seen: dict[tuple[str, str | None], int] = {}
    found = []
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, dict) or not isinstance(entry.get("address"), str):
            continue
        network = entry.get("network")
        key = (entry["address"], network if isinstance(network, str) else None)
        if key in seen:
            found.append((seen[key], position))
        else:
            seen[key] = position
    return found


def plain_value(text: str) -> Any:
    """The value of a faultless document, without positions: what a run reads each minute. Raises NotPlain.

    Agrees with read_document, which is some thirty times slower.
    """
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_distinct, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotPlain from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlain
    return found


def _refuse(constant: str) -> Any:
    raise NotPlain(constant)
