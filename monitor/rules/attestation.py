"""missed_attestation: a delegate's attestations are missing from the chain.

Opens (default, "auto") at 5 rights missed in a row or 10 of the last 100 rights; with a threshold and window set, at
that many missed within the last window blocks. Both count only what came after the last resolution.
Severity: warning; critical from 20 in a row or half of the window.
Closes after 10 met rights in a row; twice as many, up to 160, each time it comes back within the hour.

The window is folded right by right, oldest first, and is never loaded from stored observations. When everything is met
and nothing is open the same object comes back: 300 delegates times a hundred levels a second pass through here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from monitor.model import Evidence, Outcome, Severity, Status, Verdict
from monitor.rules.attestation_tally import NO_MISSES, Tally
from monitor.rules.delegate_context import RecentRights
from monitor.rules.interface import HOUR, Card, DutyRule, Policy, told

IN_A_ROW = 5
OF_RECENT = 10
CRITICAL_IN_A_ROW = 20
RECENT_RIGHTS = 100

_RING = (1 << RECENT_RIGHTS) - 1
_RETAINED_BLOCKS = 500
"""How far back missed levels are kept while no window is set, so that setting one later does not start from nothing."""


@dataclass(frozen=True, slots=True)
class AttestationLimit:
    """When it opens: both None for "auto", else `threshold` missed within the last `window` blocks."""

    threshold: int | None = None
    window: int | None = None

    def __post_init__(self) -> None:
        if (self.threshold is None) != (self.window is None):
            raise ValueError("an attestation threshold and its window are set together")


class AttestationWindow(NamedTuple):
    """What the rule remembers of one delegate since the last resolution. A tuple, since most rights make a new one."""

    ring: int = 0
    """The latest rights, newest in bit 0; a set bit is a missed one."""
    rights: int = 0
    """How many of the ring's bits are rights."""
    tally: Tally = NO_MISSES

    def to_value(self) -> dict[str, object]:
        """JSON-able and short: what is empty is left out."""
        value: dict[str, object] = {}
        if self.ring:
            value["ring"] = f"{self.ring:x}"
        if self.rights:
            value["rights"] = self.rights
        if self.tally != NO_MISSES:
            value["tally"] = self.tally.to_value()
        return value

    @classmethod
    def from_value(cls, value: Evidence) -> AttestationWindow:
        """Tolerates missing keys."""
        tally = value.get("tally")
        return cls(
            int(value.get("ring", "0"), 16),
            value.get("rights", 0),
            NO_MISSES if tally is None else Tally.from_value(tally),
        )


EMPTY = AttestationWindow()
"""The window of a delegate at its first right, and after a resolution."""

_MET = Verdict(Status.OK)


def settled(window: AttestationWindow) -> bool:
    """Whether a met right changes nothing: the ring is full of met ones."""
    return window.ring == 0 and window.rights == RECENT_RIGHTS


def judge(
    window: AttestationWindow,
    level: int,
    at: int,
    outcome: Outcome,
    evidence: Evidence | None,
    limit: AttestationLimit,
    firing: bool,
) -> tuple[AttestationWindow, Verdict]:
    """One right at `level`, whose block came at `at`. `firing`: an incident is open (recovering included).

    A missed right is BAD, and reached where the limit is; a met one is OK, whatever the window holds.
    """
    if outcome is Outcome.MISSED:
        return _missed(window, level, at, told(evidence), limit, firing)
    if outcome is Outcome.UNKNOWN:
        return window, Verdict(Status.UNKNOWN, str(told(evidence).get("reason", "unknown")))
    if firing:
        tally = window.tally.met_while_open()
        window = AttestationWindow(window.ring << 1 & _RING, min(window.rights + 1, RECENT_RIGHTS), tally)
        return window, Verdict(Status.OK, missed=tally.missed, of=tally.of, evidence=_evidence(window, limit))
    ring, rights, tally = window
    if ring == 0 and rights == RECENT_RIGHTS:
        return window, _MET
    if tally.streak:
        tally = tally.met()
    return AttestationWindow(ring << 1 & _RING, rights + 1 if rights < RECENT_RIGHTS else rights, tally), _MET


def _missed(
    window: AttestationWindow, level: int, at: int, evidence: Evidence, limit: AttestationLimit, firing: bool
) -> tuple[AttestationWindow, Verdict]:
    ring = (window.ring << 1 | 1) & _RING
    rights = min(window.rights + 1, RECENT_RIGHTS)
    retained = max(limit.window or 0, _RETAINED_BLOCKS)
    tally = window.tally.missed_at(level, at, evidence, retained)
    if limit.threshold is None or limit.window is None:
        in_window, span = ring.bit_count(), RECENT_RIGHTS
        reached = tally.streak >= IN_A_ROW or in_window >= OF_RECENT
    else:
        in_window, span = tally.within(limit.window), limit.window
        reached = in_window >= limit.threshold
    by_streak = tally.streak >= IN_A_ROW and limit.threshold is None
    if firing:
        tally = tally.one_more_while_open(level, at)
    elif by_streak:
        tally = tally.counted(missed=tally.streak, of=tally.streak, first_level=tally.nth_newest(tally.streak))
    elif limit.window is None:
        tally = tally.counted(missed=in_window, of=ring.bit_length(), first_level=tally.nth_newest(in_window))
    else:
        first_level = tally.oldest_within(limit.window)
        tally = tally.counted(missed=in_window, of=level - first_level + 1, first_level=first_level)
    grave = tally.streak >= CRITICAL_IN_A_ROW or in_window * 2 >= span
    window = AttestationWindow(ring, rights, tally)
    verdict = Verdict(
        Status.BAD,
        "streak" if by_streak else "window",
        Severity.CRITICAL if grave else Severity.WARNING,
        reached=reached,
        missed=tally.missed,
        of=tally.of,
        evidence=_evidence(window, limit),
    )
    return window, verdict


def _evidence(window: AttestationWindow, limit: AttestationLimit) -> Evidence:
    return {**window.tally.evidence(), "threshold": limit.threshold, "window": limit.window}


def standing(window: AttestationWindow, limit: AttestationLimit) -> Verdict:
    """What an open incident says now, without a new right: for the end of the first look."""
    reason = "streak" if window.tally.streak >= IN_A_ROW else "window"
    return Verdict(
        Status.BAD, reason, missed=window.tally.missed, of=window.tally.of, evidence=_evidence(window, limit)
    )


def recent(window: AttestationWindow) -> RecentRights:
    """The ring's figures, for the rules that look at a delegate as a whole."""
    return RecentRights(window.rights, window.ring.bit_count(), window.tally.streak)


def policy(recovery: int = 10) -> Policy:
    """`recovery`: met rights in a row that resolve (RECOVERY_ATTESTATIONS)."""
    return Policy(resolve_streak=recovery, reopen_within=HOUR)


RULE = DutyRule(
    Card(
        name="missed_attestation",
        title="Attestations missed",
        kind="duty",
        default="5 rights missed in a row, or 10 of the last 100 rights",
        severity="warning; critical from 20 in a row or half of the window",
        recovery="10 met rights in a row; twice as many, up to 160, each time it comes back within an hour",
    ),
    policy,
)
