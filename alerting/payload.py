"""What an event says, as it is stored: everything the wording needs, filled by the checker from a verdict's evidence.

No secrets, no URLs, no hashes. A row written by an older version lacks fields; one by a newer version has more: both
are read. Times are UTC seconds, amounts mutez, shares 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Payload:
    """Every field may be missing; the wording says what it knows."""

    # who
    name: str | None = None
    """As in delegates.json; a short address is shown instead where there is none."""
    identifier: str | None = None
    """IDENTIFIER: which monitor is speaking. Never shown before the fault."""
    runbook: str | None = None
    """The first thing to do, per target."""

    # when
    reason: str | None = None
    """The verdict's short code: "streak", "window", …"""
    opened_at: int | None = None
    """Since when."""
    at: int | None = None
    """What the event speaks of: the block judged, or now. Falls back to the event's occurred_at."""
    ended_at: int | None = None
    """Resolved and missed incidents: when it was over."""
    close_reason: str | None = None
    """recovered | removed | new-cycle | …"""
    first_look: bool = False
    """It was so before the monitor looked for the first time."""
    again: bool = False
    """It came back soon after it was over: the same incident."""
    late_by: int | None = None
    """Seconds between the fact and its being judged."""

    # how much
    missed: int | None = None
    of: int | None = None
    first_level: int | None = None
    last_level: int | None = None
    levels: int | None = None
    """How many levels are affected: not judged, behind, to catch up."""
    attested: int | None = None
    """Of the last `attested_of` attestation rights; told with a missed bake."""
    attested_of: int | None = None
    round: int | None = None
    """The round the block came at in the end."""
    blocks_late: int | None = None
    """Of these levels, how many blocks came at a round above 0."""
    share_others: float | None = None
    """Of the committee's power that did attest these levels."""

    # what it costs
    bakes_lost: int | None = None
    allowance_share: float | None = None
    """Missed slots by the slots that may be missed in the cycle."""
    slots_left: int | None = None
    reward_lost_at: int | None = None
    next_right_at: int | None = None
    """The next baking right."""

    # the delegate
    cycle: int | None = None
    key: str | None = None
    """The consensus key that is, or will be, required; where a drain went. Shown short."""
    key_kind: str | None = None
    """"consensus" (where missing) or "companion"."""
    active_at: int | None = None
    """When a pending key becomes the required one."""
    misbehaviour: str | None = None
    """double baking, double attestation, …"""
    change: str | None = None
    """control_change: "consensus key", "companion key", "delegate parameters", "unstake", "drain" …"""
    amount: int | None = None
    minimum: int | None = None
    """The amount that is needed, or the number of peers."""
    drop: float | None = None
    """By which share the rights fall."""

    # Bittensor
    facts: Mapping[str, Any] | None = None
    """What its rule found, as the verdict's evidence has it: ages and counts in blocks, amounts in rao."""

    # the source
    endpoint: str | None = None
    """host#ordinal"""
    endpoints: int | None = None
    """How many the network has."""
    other_endpoints: int | None = None
    """How many others still answer."""
    peers: int | None = None
    behind_by: int | None = None
    """Levels behind the other endpoints."""
    head_age: int | None = None
    """Seconds since the newest block's timestamp."""
    detail: str | None = None
    """One redacted line: an error's class and status, the first configuration error."""

    # the monitor
    gap_seconds: int | None = None
    run: int | None = None
    ran_seconds: int | None = None
    errors: int | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    opens: int | None = None
    """Flapping: how often it opened within the hour. With ended_at: it is steady again."""
    channel: str | None = None
    count: int | None = None
    """Messages that were given up, or that a silence held back."""
    until: int | None = None
    """Silences: when they end at the latest."""
    by: str | None = None
    """Who did it."""
    host: str | None = None

    def to_value(self) -> dict[str, Any]:
        """A JSON object without the fields that say nothing."""
        value: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            item = getattr(self, name)
            if item is None or item is False or item == ():
                continue
            value[name] = list(item) if isinstance(item, tuple) else item
        return value

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Self:
        known = {name: item for name, item in value.items() if name in cls.__dataclass_fields__}
        for name in ("added", "removed", "changed"):
            if name in known:
                known[name] = tuple(known[name] or ())
        return cls(**known)
