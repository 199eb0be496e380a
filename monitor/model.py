"""The shared words: frozen values that travel between collectors, rules, incidents and channels.

Nothing here imports anything of ours. Times are integer UTC seconds unless a name says otherwise; levels are
block heights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

Evidence = Mapping[str, Any]
"""JSON-serialisable facts that ride along to explain a judgement."""


class Outcome(StrEnum):
    """How a duty that came due ended. No right means no observation at all."""

    MET = "met"
    MISSED = "missed"
    REPROPOSED = "reproposed"
    """Tezos: the payload was the delegate's, the block at a later round somebody else's. Counts as met."""
    UNKNOWN = "unknown"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return ("info", "warning", "critical").index(self.value)


class Observation(NamedTuple):
    """One fact: what became of one right. Unique by (network, target, duty, level, round).

    A tuple because a catch-up makes hundreds per block and hands them to the database as they are.
    """

    network: str
    target: str
    duty: str
    level: int
    round: int
    outcome: Outcome
    evidence: Evidence | None = None
    """Only on rows that are not met."""


class Block(NamedTuple):
    """One finalised block, read whole."""

    network: str
    level: int
    hash: str
    predecessor: str
    timestamp: int
    round: int
    payload_round: int
    cycle: int | None
    cycle_position: int | None
    attested_power: int | None
    """Power of the committee of level - 1 that stands in this block; None when it could not be read."""
    committee_power: int | None


class Occurrence(NamedTuple):
    """Something that happened to a target in a block and is neither met nor missed: a denunciation, a key update."""

    network: str
    target: str
    kind: str
    level: int
    ordinal: int
    """Position among the occurrences of this kind and target at this level, from 0."""
    detail: Evidence


class Reading(NamedTuple):
    """The newest polled state of a target, e.g. kind "delegate". Replaces the one before it."""

    network: str
    target: str
    kind: str
    level: int
    """The level of the block the state was read at."""
    read_at: int
    value: Evidence


class CoverageGap(NamedTuple):
    """Levels that were passed without being judged, and why. Both ends inclusive."""

    network: str
    from_level: int
    to_level: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive levels and everything found in them: a block for each that could be read, a gap for each that was
    passed. Stored with the cursor in one transaction."""

    network: str
    blocks: tuple[Block, ...]
    observations: tuple[Observation, ...]
    occurrences: tuple[Occurrence, ...] = ()
    gaps: tuple[CoverageGap, ...] = ()
    readings: tuple[Reading, ...] = ()
    due: tuple[tuple[str, str], ...] = ()
    """(target, reason): whose state should be read before its turn, because a block named it or it missed."""

    @property
    def last_level(self) -> int:
        """The newest level read or passed."""
        return max(*(block.level for block in self.blocks[-1:]), *(gap.to_level for gap in self.gaps[-1:]), 0)


class Cursor(NamedTuple):
    """Per network: the last level read whole, its hash, and how far the rules have judged."""

    network: str
    level: int
    hash: str
    judged_level: int
    first_look_level: int
    """Levels up to this one belong to the first look: folded silently (one firing at its end)."""
    blocked_level: int | None = None
    """A level whose answer could not be judged, since when (wall clock) and why."""
    blocked_since: int | None = None
    blocked_reason: str | None = None


class CheckKey(NamedTuple):
    """network/target/rule: holds no number, threshold or text, so edited thresholds re-judge the open incident."""

    network: str
    target: str
    rule: str

    def __str__(self) -> str:
        return f"{self.network}/{self.target}/{self.rule}"


class Status(StrEnum):
    OK = "ok"
    BAD = "bad"
    UNKNOWN = "unknown"
    """Moves no counter, opens nothing, closes nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says at one moment."""

    status: Status
    reason: str = ""
    """A short code for render and explain, e.g. "streak", "window", "deactivated"."""
    severity: Severity = Severity.WARNING
    silent: bool = False
    """Tell without sound (a lone missed bake while attesting)."""
    reached: bool = True
    """BAD only: False while below the rule's threshold (opens nothing, but interrupts a recovery)."""
    missed: int = 0
    of: int = 0
    evidence: Evidence = field(default_factory=dict)


class EventKind(StrEnum):
    FIRING = "firing"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    MISSED_INCIDENT = "missed-incident"
    """It fired and ended before this channel could be told."""
    NOTICE = "notice"
    """Told once; there is nothing to wait for (a key change, an edited watch list)."""
    FLAPPING = "flapping"
    COVERAGE_GAP = "coverage-gap"
    MONITOR_GAP = "monitor-gap"
    CHANNEL_BROKEN = "channel-broken"
    TEST = "test"


OPENING = frozenset({EventKind.FIRING, EventKind.ESCALATED, EventKind.REMINDER})
ENDED = frozenset({EventKind.RESOLVED, EventKind.MISSED_INCIDENT})


class Event(NamedTuple):
    """Something to tell."""

    kind: EventKind
    dedupe_key: str
    """incident:kind:ordinal. Writing the same event twice writes one row."""
    key: CheckKey
    severity: Severity
    occurred_at: int
    """Block time for duties, wall clock otherwise."""
    payload: Evidence
    """What render needs: name, counts, levels, consequences. No secrets, no URLs of nodes."""
    incident: str | None = None
    """The id without '#', e.g. "a1f3c2"."""
    silent: bool = False


class Format(StrEnum):
    PLAIN = "plain"
    HTML = "html"
    JSON = "json"


class Message(NamedTuple):
    """What a channel is given: text in the format it asked for, and what a machine may want beside it."""

    text: str
    severity: Severity
    silent: bool
    events: tuple[Evidence, ...]
    """One flat JSON object per event: event_id, incident, kind, severity, network, target, rule, summary, ..."""
    format: Format = Format.PLAIN
    """Of the text. Not always the one the channel wants: a rejected message comes again as plain text."""
