"""The shapes of Bittensor's rules: thresholds with names and units, what a rule needs to mean anything, its verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from monitor.model import Evidence, Occurrence, Severity, Status, Verdict
from monitor.rules.bittensor.context import BittensorContext, Scope
from monitor.rules.interface import NOT_READ, Card, Episode, Policy, ok, told, unknown

__all__ = ["NOT_READ", "Card", "Condition", "Episode", "Limits", "Notice", "Policy", "Threshold", "bad", "graded"]


AT_ONCE = Policy()
TOLD_ONCE = Policy(notice=True)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a rule that `alerts` may change for a target: `{"weights_stale": {"warning": 1200}}`."""

    name: str
    default: float | None
    """None: the rule derives it from the chain, as `meaning` says."""
    unit: str
    meaning: str


class Limits(Mapping[str, float]):
    """A rule's thresholds with a target's own in place of the defaults. Derived ones are absent unless set."""

    __slots__ = ("_values",)

    def __init__(self, thresholds: Iterable[Threshold], own: Mapping[str, float] | None = None) -> None:
        self._values = {threshold.name: threshold.default for threshold in thresholds if threshold.default is not None}
        self._values |= own or {}

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


Need = Callable[[BittensorContext], str | None]
"""Why a rule means nothing for this target (a code that render words), or None where it does."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Judged in every run that read a new finalised block."""

    id: str
    """As V1: how the rule is numbered in the documentation."""
    card: Card
    about: str
    """What it watches for, as a sentence."""
    read: str
    """What it is judged from."""
    scopes: tuple[Scope, ...]
    assess: Callable[[BittensorContext, Limits, Episode], Verdict]
    """Called through `judge`, which says first whether it means anything."""
    thresholds: tuple[Threshold, ...] = ()
    needs: tuple[Need, ...] = ()
    policy: Policy = AT_ONCE

    def limits(self, context: BittensorContext) -> Limits:
        return Limits(self.thresholds, context.alerts.get(self.card.name))

    def skipped(self, context: BittensorContext) -> str | None:
        """Why it is not judged for this target now, as a code; None where it is."""
        if self.card.name in context.off:
            return "off"
        return next((reason for need in self.needs if (reason := need(context)) is not None), None)

    def judge(self, context: BittensorContext, episode: Episode) -> Verdict:
        """UNKNOWN where it is skipped; an incident that is open then is over, for that reason."""
        reason = self.skipped(context)
        if reason is None:
            return self.assess(context, self.limits(context), episode)
        return ok(reason) if episode.open else unknown(reason)


@dataclass(frozen=True, slots=True)
class Notice:
    """Told once for each occurrence of its kinds."""

    id: str
    card: Card
    about: str
    read: str
    kinds: tuple[str, ...]
    assess: Callable[[Occurrence, Limits], Verdict | None]
    thresholds: tuple[Threshold, ...] = ()
    policy: Policy = TOLD_ONCE

    def judge(self, occurrence: Occurrence, own: Mapping[str, float] | None = None) -> Verdict | None:
        """None where the occurrence is not this rule's. `own`: the target's `alerts` of this rule."""
        if occurrence.kind not in self.kinds:
            return None
        return self.assess(occurrence, Limits(self.thresholds, own))


def bad(severity: Severity, reason: str, evidence: Evidence | None = None, /, *, reached: bool = True) -> Verdict:
    """`reached` False: bad, but not long enough to be told."""
    return Verdict(Status.BAD, reason, severity, reached=reached, evidence=told(evidence))


def graded(
    value: float,
    limits: Limits,
    episode: Episode,
    reason: str,
    /,
    *,
    above: bool = True,
    recovery: float | None = None,
    evidence: Evidence | None = None,
) -> Verdict:
    """Bad beyond "warning", critical beyond "critical"; an open incident stays so until the value is past "recovery".

    `above` False: low is bad. `recovery` wins over the limit of that name; without either it is "warning" itself.
    """
    sign = 1 if above else -1
    warning, critical = limits.get("warning"), limits.get("critical")
    if critical is not None and sign * (value - critical) > 0:
        return bad(Severity.CRITICAL, reason, evidence)
    if warning is not None and sign * (value - warning) > 0:
        return bad(Severity.WARNING, reason, evidence)
    calm = recovery if recovery is not None else limits.get("recovery", warning if warning is not None else critical)
    if episode.open and calm is not None and sign * (value - calm) > 0:
        return bad(Severity.WARNING, reason, evidence)
    return ok("", **told(evidence))
