"""unreadable: a level's answer has a shape that cannot be judged, on every endpoint.

Opens after 120 seconds; a minute later the level is passed as unknown. Severity: critical, since duties go unjudged.
Closes after 5 minutes in which everything could be read.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import NOT_READ, SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy(fire_after=120, resolve_after=300, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    found = reading.unreadable
    if found is not None:
        return (Judged(SOURCE, critical("shape", first_level=found.level, detail=found.reason), POLICY),)
    return (Judged(SOURCE, NOT_READ if reading.head_level is None else ok(), POLICY),)


RULE = SourceRule(
    Card(
        name="unreadable",
        title="Blocks cannot be judged",
        kind="source",
        default="a level could not be judged on any endpoint for 120 seconds",
        severity="critical",
        recovery="5 minutes in which everything could be read",
    ),
    judge,
)
