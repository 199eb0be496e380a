"""A value beside what it usually is: for quantities that change once per epoch and have no limit of their own."""

from __future__ import annotations

from statistics import median

from monitor.bittensor.history import Samples
from monitor.model import Severity, Verdict
from monitor.rules.bittensor.interface import Limits, bad
from monitor.rules.interface import Episode, ok, unknown

WINDOW = 20
"""Epochs that a median is taken of: one day at the usual tempo."""
LEAST = 5
"""Epochs without which nothing is usual yet."""


def usual(samples: Samples, episode: Episode, epochs: int) -> float | None:
    """The median of the 20 samples before the newest `epochs`; of an open incident, before those that opened it.

    None where fewer than 5 are known.
    """
    values = samples.values
    if episode.open and episode.opened_level is not None:
        values = tuple(sample for sample in values if sample.block <= (episode.opened_level or 0))
    before = values[: max(0, len(values) - epochs)][-WINDOW:]
    return median(sample.value for sample in before) if len(before) >= LEAST else None


def drop(samples: Samples, limits: Limits, episode: Episode, reason: str, /, **evidence: object) -> Verdict:
    """Bad where each of the newest "epochs" samples is below "warning" of the usual; critical below "critical".

    Open until as many are at "recovery" of the usual again, or until what was usual before is forgotten: the lower
    value is the usual one then ("new-usual"). The first bad epoch of several is not told yet.
    """
    epochs = max(1, round(limits["epochs"]))
    newest = samples.last(epochs)
    if not newest:
        return unknown("not-read")
    before = usual(samples, episode, epochs)
    if before is None or before <= 0:
        if episode.open and len(samples) >= LEAST + epochs:
            return ok("new-usual")
        return unknown("few-epochs")
    facts = {**evidence, "value": newest[-1], "usual": before, "drop": max(0.0, 1 - newest[-1] / before)}
    shares = [round(value / before, 9) for value in newest]
    enough = len(shares) >= epochs
    if max(shares) <= limits["critical"]:
        return bad(Severity.CRITICAL, reason, facts, reached=enough)
    if max(shares) < limits["warning"]:
        return bad(Severity.WARNING, reason, facts, reached=enough)
    if episode.open and min(shares) < limits["recovery"]:
        return bad(Severity.WARNING, reason, facts)
    if shares[-1] < limits["warning"] and not episode.open:
        return bad(Severity.WARNING, reason, facts, reached=False)
    return ok("", **facts)


def in_a_row(samples: Samples, epochs: int) -> tuple[float, ...]:
    """The newest so many values, newest first; empty where there are fewer."""
    values = samples.last(epochs)
    return tuple(reversed(values)) if len(values) == epochs else ()
