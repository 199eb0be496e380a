"""Reading delegates.json: a WatchList, or everything that is wrong with the file at once.

Either a plain list of ``{"address", "name"?}``, or the object form, of which every key is optional but the ones that
say who is watched::

    {"tezos": [{"address", "name", "network", "runbook", "channels": [name, …], "group",
                "alerts": {"baking": {"threshold", "window"}, "attestation": {"threshold", "window"}}}],
     "bittensor": {"hotkeys": [{"hotkey", "name", "netuids", "role", "expected", "alerts": {rule: {…}}}],
                   "subnets": [{"netuid"}], "coldkeys": [{"coldkey"}], "alerts"},
     "groups": {name: {"runbook", "channels", "alerts"}}}
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from monitor.config.cross_check import duplicates, misnamed
from monitor.config.inheritance import inherited
from monitor.config.problem import ConfigError
from monitor.config.watch_list import WatchList, object_form


class NotPlain(ValueError):
    """The text is not JSON, or ambiguous; monitor.config.document tells where and why."""


def parse_watch_list(text: str, file: str) -> WatchList:
    """Read delegates.json. Raises ConfigError with every fault there is, named by `file`, line and path."""
    try:
        return _model(plain_value(text))
    except (NotPlain, ValidationError, _Contradictory):
        from monitor.config.delegates_faults import problems_of

        raise ConfigError(problems_of(text, file)) from None


class _Contradictory(Exception):
    """Values that are right by themselves and wrong together."""


def _model(value: Any) -> WatchList:
    value = object_form(value)
    watch_list = WatchList.model_validate(value)
    if duplicates(value) or misnamed(value):
        raise _Contradictory
    return inherited(watch_list)


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
