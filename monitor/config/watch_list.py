"""Who is watched, and how strictly: the contents of delegates.json as frozen values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from monitor.config.address import AddressError, check_address
from monitor.config.bittensor import Bittensor, RuleAlerts
from monitor.config.fault import fault
from monitor.config.fields import Channels, Frozen, Network, Runbook, Target, Text, Threshold, absent


def _address(value: str) -> str:
    try:
        check_address(value)
    except AddressError as error:
        fault(error.text, error.fix)
    return value


class AlertLimit(Frozen):
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


class DelegateAlerts(Frozen):
    """Limits of one delegate; None means those of .env."""

    baking: AlertLimit | None = None
    attestation: AlertLimit | None = None


class Delegate(Target):
    """One baker to watch."""

    address: Annotated[Text, AfterValidator(_address)]
    network: Network | None = None
    """None: the network RPC_URL speaks for; "shadownet": the one RPC_URL_SHADOWNET speaks for."""
    alerts: Annotated[DelegateAlerts, BeforeValidator(absent)] = DelegateAlerts.model_construct()

    @property
    def label(self) -> str:
        """The name, or the address cut short."""
        return self.name or f"{self.address[:7]}…{self.address[-4:]}"


class GroupAlerts(DelegateAlerts):
    """Limits of a group: of delegates, and by name of a rule those of Bittensor's targets."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, RuleAlerts]


class Group(Frozen):
    """What several targets share. What a target sets itself wins."""

    runbook: Runbook | None = None
    channels: Channels = None
    alerts: Annotated[GroupAlerts, BeforeValidator(absent)] = GroupAlerts.model_construct()


class WatchList(Frozen):
    """Everybody who is watched, with what is set for a group already in place in its members."""

    tezos: tuple[Delegate, ...] = ()
    bittensor: Bittensor | None = None
    groups: Annotated[Mapping[str, Group], BeforeValidator(absent)] = Field({})

    @model_validator(mode="after")
    def _somebody(self) -> WatchList:
        # Not min_length: that counts the valid entries only, and says so beside what is wrong with the others.
        if not self.tezos and self.bittensor is None:
            fault("watches nobody", 'add "tezos": [{"address": "tz1…", "name": "alice"}], or "bittensor"')
        return self

    @property
    def spellings(self) -> frozenset[str]:
        """Every name, address and number by which something on the list can be called, and its groups."""
        found = {delegate.address for delegate in self.tezos} | {f"group:{group}" for group in self.groups}
        if self.bittensor is not None:
            found |= {hotkey.hotkey for hotkey in self.bittensor.hotkeys}
            found |= {str(subnet.netuid) for subnet in self.bittensor.subnets}
            found |= {coldkey.coldkey for coldkey in self.bittensor.coldkeys}
        return frozenset(found | {target.name for target in self._targets() if target.name})

    @property
    def counted(self) -> str:
        """ "2 delegates, 1 hotkey"."""
        section = self.bittensor
        counts = {"delegate": len(self.tezos)}
        if section is not None:
            counts |= {"hotkey": len({hotkey.hotkey for hotkey in section.hotkeys})}
            counts |= {"subnet": len(section.subnets), "coldkey": len(section.coldkeys)}
        return ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count)

    def _targets(self) -> tuple[Target, ...]:
        return (*self.tezos, *(self.bittensor.targets() if self.bittensor else ()))

    @property
    def unused_groups(self) -> tuple[str, ...]:
        """Groups that nobody is in."""
        used = {target.group for target in self._targets()}
        return tuple(group for group in self.groups if group not in used)

    def to_json(self) -> str:
        """The list in its one canonical spelling; parse_watch_list reads it back to an equal value."""
        document = self.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of to_json(), in hex: equal lists have equal digests, whatever their spelling."""
        import hashlib

        return hashlib.sha256(self.to_json().encode()).hexdigest()


def object_form(value: Any) -> Any:
    """The object form of whatever was written; "$schema" is for editors."""
    if isinstance(value, list):
        return {"tezos": value}
    if isinstance(value, dict) and isinstance(value.get("$schema", ""), str):
        return {key: inner for key, inner in value.items() if key != "$schema"}
    return value
