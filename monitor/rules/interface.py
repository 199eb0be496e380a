"""The shapes every rule shares: its card, how its verdicts become incidents, and what it is told.

A rule is one file with a constant `RULE`. Duty rules (`attestation`, `baking`) fold one right at a time over a window
of their own; delegate rules look at what is known of one delegate; source rules look at what one run saw of a
network's nodes; notices turn one occurrence into one message. All are pure: time and facts are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from monitor.model import Occurrence, Severity, Status, Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.source_model import SourceReading

HOUR = 3600

Kind = Literal["duty", "delegate", "source", "notice", "monitor", "validator", "miner", "subnet", "wallet", "chain"]


class Card(NamedTuple):
    """A rule in words. The documentation is tested against these, and each stands in its module's docstring."""

    name: str
    """As in `CheckKey.rule` and in `incidents --json`; scripts rely on it."""
    title: str
    kind: Kind
    default: str
    """When it opens if nothing is configured."""
    severity: str
    recovery: str
    """What closes it."""


class Policy(NamedTuple):
    """How a rule's verdicts become an incident. Seconds are block time for duties and wall clock otherwise."""

    fire_after: int = 0
    """Seconds from the first BAD to the opening."""
    resolve_after: int = 0
    """Seconds of OK, without a BAD between, before it resolves."""
    resolve_streak: int = 1
    """OK verdicts in a row before it resolves (met rights, for duties)."""
    reopen_within: int = 0
    """Seconds after a resolution in which a new opening continues the same incident with twice the streak."""
    streak_cap: int = 160
    escalate_after: int = 0
    """Seconds after which what is still a warning becomes critical, told once; 0: never. Not what is told silently."""
    flapping: bool = False
    """Quieten after more than four openings in an hour. Never for duties."""
    notice: bool = False
    """Told once, never open."""


class Episode(NamedTuple):
    """What a rule may know of its own incident: whether one is open, and when the last ones opened and closed."""

    open: bool = False
    opened_level: int | None = None
    closed_level: int | None = None


NO_EPISODE = Episode()


class Judged(NamedTuple):
    """A source rule's verdict on one target: an endpoint's label, or "source" for the whole network."""

    target: str
    verdict: Verdict
    policy: Policy


class SourceSettings(NamedTuple):
    """What is configured about sources. Seconds, and a count of peers."""

    stale_after: int = 180
    """ALERT_INACTIVE_STATE_THRESHOLD"""
    min_peers: int = 0
    """MIN_PEERS; 0 turns the rule off."""


class DutyRule(NamedTuple):
    card: Card
    policy: Callable[[int], Policy]
    """From the number of met rights in a row that resolve."""


class DelegateRule(NamedTuple):
    card: Card
    policy: Policy
    judge: Callable[[DelegateContext, Episode], Verdict]


class SourceRule(NamedTuple):
    card: Card
    judge: Callable[[SourceReading, SourceSettings, int], Iterable[Judged]]
    """(what the run saw, settings, now in UTC seconds) -> one verdict per target it has something to say about."""


class NoticeRule(NamedTuple):
    card: Card
    policy: Policy
    judge: Callable[[Occurrence], Verdict | None]
    """None where the occurrence is not this rule's."""


class MonitorRule(NamedTuple):
    """About the checker itself, on the network "monitor". What it is given is its own: see its module's `judge`."""

    card: Card
    policy: Policy


Rule = DutyRule | DelegateRule | SourceRule | NoticeRule | MonitorRule

MONITOR = "monitor"
"""The network of an incident of the checker itself."""

SOURCE = "source"
"""The target of an incident of a network's source as a whole."""


def ok(reason: str = "", /, **evidence: Any) -> Verdict:
    """`reason` says how an open incident ended ("new-cycle"); empty means it recovered."""
    return Verdict(Status.OK, reason, evidence=evidence)


def warning(reason: str, /, **evidence: Any) -> Verdict:
    return Verdict(Status.BAD, reason, Severity.WARNING, evidence=evidence)


def critical(reason: str, /, **evidence: Any) -> Verdict:
    return Verdict(Status.BAD, reason, Severity.CRITICAL, evidence=evidence)


def unknown(reason: str, /, **evidence: Any) -> Verdict:
    return Verdict(Status.UNKNOWN, reason, evidence=evidence)


NOT_APPLICABLE = unknown("not-applicable")
"""Not registered, no rights yet, or the network lacks what the rule is about. Opens and closes nothing."""

NOT_READ = unknown("not-read")
"""The fact has not been read, or the node does not tell it."""


def told(evidence: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Evidence that may be absent, as a mapping."""
    return {} if evidence is None else evidence
