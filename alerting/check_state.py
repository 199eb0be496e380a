"""What is remembered of one check between runs: where it stands and the incident it may have open. A frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from monitor.model import Severity
from monitor.rules.interface import NO_EPISODE, Episode


class Phase(StrEnum):
    NEW = "new"
    """Never judged."""
    OK = "ok"
    SUSPECT = "suspect"
    """Bad, and not yet long or often enough to be told."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """Open, and good of late, but not yet for long enough."""


@dataclass(frozen=True, slots=True)
class CheckState:
    """Times are block time for duties, wall clock for polled conditions."""

    phase: Phase = Phase.NEW
    since: int = 0
    """When the phase began."""
    bad_since: int | None = None
    """The first BAD of what is suspect or open."""
    good_since: int | None = None
    good_streak: int = 0
    """OK verdicts in a row while recovering."""
    doublings: int = 0
    """How often the streak to resolve has doubled, by coming back soon after a resolution."""
    incident: str | None = None
    """The open incident, without '#'. While flapping it stays open whatever the phase."""
    last_incident: str | None = None
    """The one before, which may be reopened."""
    severity: Severity | None = None
    """The highest since the opening."""
    silent: bool = False
    """Everything told since the opening was told without sound."""
    opened_at: int | None = None
    opened_level: int | None = None
    resolved_at: int | None = None
    resolved_level: int | None = None
    missed: int = 0
    """Misses of the incident, its earlier openings included."""
    missed_before: int = 0
    """Those of its earlier openings."""
    told: int = 0
    """Transitions of the incident so far: the ordinal of the next."""
    openings: tuple[int, ...] = ()
    """Times of the latest openings, for flapping."""
    flapping: bool = False
    flaps: int = 0
    """Openings and ends that were not told since the flapping began."""
    changed_at: int | None = None
    """The last of them."""

    @property
    def is_open(self) -> bool:
        return self.incident is not None

    @property
    def is_bad(self) -> bool:
        """Firing, or recovering: the incident is open and its condition not yet over."""
        return self.phase is Phase.FIRING or self.phase is Phase.RECOVERING

    @property
    def episode(self) -> Episode:
        """What a rule is told of its own incident."""
        if self.incident is None and self.resolved_level is None:
            return NO_EPISODE
        return Episode(self.is_open, self.opened_level if self.is_open else None, self.resolved_level)

    def to_value(self) -> dict[str, Any]:
        """JSON-able; a field at its default is left out."""
        value: dict[str, Any] = {}
        for item in fields(self):
            mine = getattr(self, item.name)
            if mine != item.default:
                value[item.name] = list(mine) if isinstance(mine, tuple) else mine
        return value

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> Self:
        """Tolerates keys that are missing, and keys of a newer version."""
        known = {item.name: value[item.name] for item in fields(cls) if item.name in value}
        if "phase" in known:
            known["phase"] = Phase(known["phase"])
        if known.get("severity") is not None:
            known["severity"] = Severity(known["severity"])
        if "openings" in known:
            known["openings"] = tuple(known["openings"])
        return cls(**known)


NEW = CheckState()
