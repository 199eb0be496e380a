"""Values of a Tezos network that its collector reads and its rules judge. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Constants:
    """`/context/constants`: read, never hard-coded. Durations in seconds, amounts in mutez."""

    protocol: str
    blocks_per_cycle: int
    minimal_block_delay: int
    delay_increment_per_round: int
    consensus_committee_size: int
    nonce_revelation_threshold: int | None
    blocks_per_commitment: int | None
    minimal_stake: int | None
    tolerated_inactivity_period: int | None
    consensus_rights_delay: int | None
    dal_enabled: bool

    def to_value(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Self:
        return cls(**value)


@dataclass(frozen=True, slots=True)
class PendingKey:
    """A key that becomes the active one at the start of `cycle`."""

    cycle: int
    pkh: str


@dataclass(frozen=True, slots=True)
class DelegateState:
    """`/context/delegates/<pkh>`.

    Fields that a protocol does not have are None. `registered` is False where the node answers "not_registered".
    """

    delegate: str
    registered: bool
    deactivated: bool | None = None
    forbidden: bool | None = None
    grace_period: int | None = None
    """The last cycle in which it stays active without further activity."""
    baking_power: int | None = None
    expected_cycle_activity: int | None = None
    missed_slots: int | None = None
    remaining_allowed_missed_slots: int | None = None
    expected_attesting_rewards: int | None = None
    dal_sufficient: bool | None = None
    dal_attestable_slots: int | None = None
    dal_denounced: bool | None = None
    denunciations: int | None = None
    consensus_key: str | None = None
    pending_consensus_keys: tuple[PendingKey, ...] = ()
    companion_key: str | None = None
    pending_companion_keys: tuple[PendingKey, ...] = ()

    def to_value(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Self:
        fields = dict(value)
        for name in ("pending_consensus_keys", "pending_companion_keys"):
            fields[name] = tuple(PendingKey(**item) for item in fields.get(name, ()))
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class CycleRights:
    """How much a delegate has to do in a cycle."""

    delegate: str
    cycle: int
    attesting_power: int | None
    """Sum of its slots over the cycle; None when not asked yet or not answered."""
