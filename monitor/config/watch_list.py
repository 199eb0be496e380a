"""Who is watched, and how strictly: the contents of delegates.json as frozen values."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
)

from monitor.config.address import AddressError, check_address
from monitor.config.fault import fault

LONGEST_NAME = 64
LONGEST_RUNBOOK = 300
LARGEST_WINDOW = 10_000_000
"""Blocks; about two years."""
NETWORK_PATTERN = "^[a-z][a-z0-9_]{0,31}$"


def _address(value: str) -> str:
    try:
        check_address(value)
    except AddressError as error:
        fault(error.text, error.fix)
    return value


def _line(value: str) -> str:
    if not value.strip():
        fault("is empty", "write a text, or remove it")
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        fault("has a line break or control character in it", "write it in one line")
    return value


def _whole(value: Any) -> Any:
    """3.0 is an integer in JSON, and to the JSON Schema that editors use."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _channel(value: str) -> str:
    import re

    if len(value) > LONGEST_NAME or not re.fullmatch(r"[a-z]+(:[A-Za-z0-9][A-Za-z0-9_.-]*)?", value):
        fault("is not the name of a channel", 'write e.g. "telegram" or "telegram:night-shift"')
    return value


def _some_channel(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if names == ():
        fault("names no channel, so that nobody would be told", 'write e.g. ["telegram"], or remove it')
    return names


_Text = Annotated[str, Strict()]
_Number = Annotated[int, Strict(), BeforeValidator(_whole)]
Name = Annotated[_Text, Field(max_length=LONGEST_NAME), AfterValidator(_line)]
Runbook = Annotated[_Text, Field(max_length=LONGEST_RUNBOOK), AfterValidator(_line)]
Network = Annotated[_Text, Field(pattern=NETWORK_PATTERN)]
Channels = Annotated[tuple[Annotated[_Text, AfterValidator(_channel)], ...] | None, AfterValidator(_some_channel)]
Threshold = Annotated[_Number, Field(ge=1, le=LARGEST_WINDOW)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class AlertLimit(_Frozen):
    """Tell from `threshold` misses within the last `window` blocks. What is None is taken from .env."""

    threshold: Threshold | None = None
    window: Threshold | None = None

    @field_validator("window")
    @classmethod
    def _reachable(cls, window: int | None, fields: ValidationInfo) -> int | None:
        threshold = fields.data.get("threshold")
        if threshold is not None and window is not None and window < threshold:
            fault(
                f"a window of {window} blocks can never hold {threshold} misses",
                f"write {threshold} or more, or a smaller threshold",
            )
        return window


class DelegateAlerts(_Frozen):
    """Limits of one delegate; None means those of .env."""

    baking: AlertLimit | None = None
    attestation: AlertLimit | None = None


def _absent(value: Any) -> Any:
    return {} if value is None else value


class Delegate(_Frozen):
    """One baker to watch."""

    address: Annotated[_Text, AfterValidator(_address)]
    name: Name | None = None
    network: Network | None = None
    """None: the network RPC_URL speaks for; "shadownet": the one RPC_URL_SHADOWNET speaks for."""
    runbook: Runbook | None = None
    """The first action, told with an alert, e.g. "ssh bkr1"."""
    channels: Channels = None
    """Who is told of it, e.g. ("telegram:night-shift",); None: every channel."""
    alerts: Annotated[DelegateAlerts, BeforeValidator(_absent)] = DelegateAlerts()

    @property
    def label(self) -> str:
        """The name, or the address cut short."""
        return self.name or f"{self.address[:7]}…{self.address[-4:]}"


def _somebody(delegates: tuple[Delegate, ...]) -> tuple[Delegate, ...]:
    # Not min_length: that counts the valid entries only, and says so beside what is wrong with the others.
    if not delegates:
        fault("watches nobody", 'add {"address": "tz1…", "name": "alice"}')
    return delegates


class WatchList(_Frozen):
    """Everybody who is watched."""

    tezos: Annotated[tuple[Delegate, ...], AfterValidator(_somebody)]

    def to_json(self) -> str:
        """The list in its one canonical spelling; parse_watch_list reads it back to an equal value."""
        document = self.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of to_json(), in hex: equal lists have equal digests, whatever their spelling."""
        import hashlib

        return hashlib.sha256(self.to_json().encode()).hexdigest()
