"""missed_baking: a block the delegate had the right to bake was baked by somebody else, at a later round.

Opens at 1 miss of a round-0 right in 14400 blocks, counted since the last resolution; misses at later rounds are shown
as evidence and count only with rounds "all".
Severity: a lone miss while attesting is a warning told silently, more of them a warning; critical at 2 missed of the
last 10 rights or while the delegate's attestation incident is open.
Closes with the next baked or reproposed block, at any round; twice as many, up to 160, each time it comes back within
the hour.

Rounds of one level are judged in ascending order, and a block's attestations (of the level below) before its bake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple

from monitor.model import Evidence, Outcome, Severity, Status, Verdict
from monitor.rules.interface import HOUR, Card, DutyRule, Policy, told

RECENT_RIGHTS = 10
CRITICAL_OF_RECENT = 2

_RING = (1 << RECENT_RIGHTS) - 1
_SHOWN = 20


class BakingLimit(NamedTuple):
    threshold: int = 1
    window: int = 14400
    """Blocks."""
    rounds: Literal["0", "all"] = "0"
    """Which rounds' rights count (ALERT_BAKING_ROUNDS)."""


@dataclass(frozen=True, slots=True)
class BakingWindow:
    """What the rule remembers of one delegate."""

    ring: int = 0
    """The latest counted rights, newest in bit 0; a set bit is a missed one. Survives a resolution."""
    rights: int = 0
    """How many of the ring's bits are rights."""
    misses: tuple[tuple[int, int], ...] = ()
    """(level, block time) of the counted misses since the last resolution, oldest first: as many as the threshold
    needs, at least the newest 20. (While nothing is open they are fewer than the threshold: none that matters is
    forgotten.)"""
    later_rounds: int = 0
    """Misses at rounds above 0 since the last resolution that are evidence only."""
    missed: int = 0
    """Misses of the incident if one is open, else those in the window."""
    of: int = 0
    """Counted rights since the first of them."""
    first: tuple[int, int] | None = None
    """Level and block time of the first of them."""
    last: Mapping[str, Any] = field(default_factory=dict)
    """The newest miss: the round of the right, the round of the block and of its payload, and who baked."""

    def to_value(self) -> dict[str, Any]:
        """JSON-able and short: what is empty is left out."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_value(cls, value: Evidence) -> BakingWindow:
        """Tolerates missing keys."""
        known = {item.name: value[item.name] for item in fields(cls) if item.name in value}
        known["misses"] = tuple((level, at) for level, at in known.get("misses", ()))
        if known.get("first") is not None:
            known["first"] = tuple(known["first"])
        return cls(**known)


EMPTY = BakingWindow()

_BAKED = Verdict(Status.OK)


def judge(
    window: BakingWindow,
    level: int,
    at: int,
    round: int,
    outcome: Outcome,
    evidence: Evidence | None,
    limit: BakingLimit,
    firing: bool,
    attesting_stopped: bool,
) -> tuple[BakingWindow, Verdict]:
    """One right at `level` and `round`. `firing`: an incident of this rule is open; `attesting_stopped`: one of
    missed_attestation is, for the same delegate."""
    if outcome is Outcome.UNKNOWN:
        return window, Verdict(Status.UNKNOWN, str(told(evidence).get("reason", "unknown")))
    counts = round == 0 or limit.rounds == "all"
    if outcome is not Outcome.MISSED:
        if counts:
            window = _baked(window)
        if not firing:
            return window, _BAKED
        return window, Verdict(Status.OK, missed=window.missed, of=window.of, evidence=_evidence(window, limit))
    if not counts:
        return replace(window, later_rounds=window.later_rounds + 1), Verdict(Status.UNKNOWN, "later-round")
    window = _missed(window, level, at, round, told(evidence), limit, firing)
    in_window = len(window.misses)
    repeated = window.ring.bit_count() >= CRITICAL_OF_RECENT
    grave = repeated or attesting_stopped
    if attesting_stopped:
        reason = "attestation-stopped"
    elif repeated:
        reason = "repeated"
    else:
        reason = "lone" if in_window == 1 else "window"
    return window, Verdict(
        Status.BAD,
        reason,
        Severity.CRITICAL if grave else Severity.WARNING,
        silent=reason == "lone",
        reached=in_window >= limit.threshold,
        missed=window.missed,
        of=window.of,
        evidence=_evidence(window, limit),
    )


def _baked(window: BakingWindow) -> BakingWindow:
    if window.ring == 0 and window.rights == RECENT_RIGHTS and not window.missed:
        return window
    return replace(
        window,
        ring=window.ring << 1 & _RING,
        rights=min(window.rights + 1, RECENT_RIGHTS),
        of=window.of + 1 if window.missed else 0,
    )


def _missed(
    window: BakingWindow, level: int, at: int, round: int, evidence: Evidence, limit: BakingLimit, firing: bool
) -> BakingWindow:
    kept = max(limit.threshold, _SHOWN)
    misses = (*(miss for miss in window.misses if miss[0] > level - limit.window), (level, at))[-kept:]
    alone = len(misses) == 1 and not firing
    return replace(
        window,
        ring=(window.ring << 1 | 1) & _RING,
        rights=min(window.rights + 1, RECENT_RIGHTS),
        misses=misses,
        missed=window.missed + 1 if firing else len(misses),
        of=1 if alone else window.of + 1,
        first=window.first if firing and window.first else misses[0],
        last={
            "right_round": round,
            "round": evidence.get("block_round"),
            "payload_round": evidence.get("payload_round"),
            "baker": evidence.get("baker"),
        },
    )


def cleared(window: BakingWindow) -> BakingWindow:
    """After a resolution: misses start from nothing; how the latest rights went is not forgotten."""
    return BakingWindow(ring=window.ring, rights=window.rights)


def standing(window: BakingWindow, limit: BakingLimit) -> Verdict:
    """What an open incident says now, without a new right: for the end of the first look."""
    return Verdict(Status.BAD, "standing", missed=window.missed, of=window.of, evidence=_evidence(window, limit))


def _evidence(window: BakingWindow, limit: BakingLimit) -> Evidence:
    first_level, first_at = window.first or (None, None)
    last_level, last_at = window.misses[-1] if window.misses else (None, None)
    return {
        "first_level": first_level,
        "first_at": first_at,
        "last_level": last_level,
        "last_at": last_at,
        "missed_levels": [level for level, _ in window.misses[-_SHOWN:]],
        "recent_missed": window.ring.bit_count(),
        "recent_rights": window.rights,
        "later_rounds_missed": window.later_rounds,
        **window.last,
        "threshold": limit.threshold,
        "window": limit.window,
    }


def policy(recovery: int = 1) -> Policy:
    """`recovery`: bakes in a row that resolve."""
    return Policy(resolve_streak=recovery, reopen_within=HOUR)


RULE = DutyRule(
    Card(
        name="missed_baking",
        title="Bake missed",
        kind="duty",
        default="1 round-0 right missed in 14400 blocks",
        severity="a lone miss while attesting: silent warning; critical at 2 missed of the last 10 rights "
        "or while attestations are missing too",
        recovery="the next baked or reproposed block, at any round; "
        "twice as many, up to 160, each time it comes back within an hour",
    ),
    policy,
)
