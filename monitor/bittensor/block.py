"""What happened in one finalised block: its calls, taken out of their wrappers, and its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ChainEvent:
    name: str
    """Pallet and variant: "SubtensorModule.NeuronRegistered"."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """By name, or by position ("0", "1", …) where metadata has no names."""
    extrinsic: int | None = None
    """The extrinsic it belongs to; None for what the block itself did."""

    def value(self, name: str, position: int) -> Any:
        """A field by its name or by where it stands; None where it has neither. Runtimes go from one to the other."""
        return self.fields.get(name, self.fields.get(str(position)))

    def text(self, name: str, position: int) -> str | None:
        """An account or another text; None where the field is none."""
        value = self.value(name, position)
        return value if isinstance(value, str) else None

    def number(self, name: str, position: int) -> int | None:
        """A netuid, an amount, a block; None where the field is no whole number."""
        value = self.value(name, position)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class ChainCall:
    """A call somebody made, directly or wrapped."""

    name: str
    """Pallet and call: "AdminUtils.sudo_set_tempo"."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    extrinsic: int = 0
    signer: str | None = None
    """Who signed the extrinsic; None for an inherent. Behind a proxy: the proxy, not the one it acted for."""
    origin: str | None = None
    """For whom it acted: the signer, or the `real` of a proxy call; "root" behind Sudo."""
    success: bool = True
    error: str | None = None
    """The decoded error's name, "SubtensorModule.SettingWeightsTooFast"."""
    path: tuple[str, ...] = ()
    """Wrappers from the outermost in: ("Sudo.sudo", "Utility.batch_all")."""


@dataclass(frozen=True, slots=True)
class BlockFacts:
    block: int
    hash: str
    timestamp: int
    spec_version: int
    events: tuple[ChainEvent, ...] = ()
    calls: tuple[ChainCall, ...] = ()
