"""The types that the values of delegates.json are made of: texts, numbers and names, with what is refused of each."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from monitor.config.fault import fault

LONGEST_NAME = 64
LONGEST_RUNBOOK = 300
LARGEST_WINDOW = 10_000_000
"""Blocks; about two years."""
NETWORK_PATTERN = "^[a-z][a-z0-9_]{0,31}$"


def _line(value: str) -> str:
    if not value.strip():
        fault("is empty", "write a text, or remove it")
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        fault("has a line break or control character in it", "write it in one line")
    return value


def whole(value: Any) -> Any:
    """3.0 is an integer in JSON, and to the JSON Schema that editors use."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def absent(value: Any) -> Any:
    """null is the same as an object that was left out."""
    return {} if value is None else value


def _channel(value: str) -> str:
    if len(value) > LONGEST_NAME or not re.fullmatch(r"[a-z]+(:[A-Za-z0-9][A-Za-z0-9_.-]*)?", value):
        fault("is not the name of a channel", 'write e.g. "telegram" or "telegram:night-shift"')
    return value


def _some_channel(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if names == ():
        fault("names no channel, so that nobody would be told", 'write e.g. ["telegram"], or remove it')
    return names


Text = Annotated[str, Strict()]
Number = Annotated[int, Strict(), BeforeValidator(whole)]
Name = Annotated[Text, Field(max_length=LONGEST_NAME), AfterValidator(_line)]
Runbook = Annotated[Text, Field(max_length=LONGEST_RUNBOOK), AfterValidator(_line)]
Network = Annotated[Text, Field(pattern=NETWORK_PATTERN)]
Channels = Annotated[tuple[Annotated[Text, AfterValidator(_channel)], ...] | None, AfterValidator(_some_channel)]
Threshold = Annotated[Number, Field(ge=1, le=LARGEST_WINDOW)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Target(Frozen):
    """What can be said of whatever is watched."""

    name: Name | None = None
    runbook: Runbook | None = None
    """The first action, told with an alert, e.g. "ssh bkr1"."""
    channels: Channels = None
    """Who is told of it, e.g. ("telegram:night-shift",); None: every channel."""
    group: Text | None = None
    """One of the list's groups: what is not set here is taken from there."""
