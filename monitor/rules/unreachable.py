"""unreachable: no endpoint of a network answers, or none gives a level, so nothing of it can be judged.

Opens after 120 seconds. Severity: critical. Closes as soon as one answers.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import NOT_READ, SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy(fire_after=120, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    asked = [endpoint for endpoint in reading.endpoints if endpoint.answered is not None]
    if reading.failure is not None:
        return (Judged(SOURCE, critical("no-level", detail=reading.failure), POLICY),)
    if any(endpoint.answered for endpoint in asked):
        return (Judged(SOURCE, ok(), POLICY),)
    if not asked:
        return (Judged(SOURCE, NOT_READ, POLICY),)
    only = asked[0].label if len(reading.endpoints) == 1 else None
    verdict = critical("no-answer", endpoint=only, endpoints=len(reading.endpoints), detail=asked[0].error)
    return (Judged(SOURCE, verdict, POLICY),)


RULE = SourceRule(
    Card(
        name="unreachable",
        title="Source unreachable",
        kind="source",
        default="no endpoint answered, or none gave a level, for 120 seconds",
        severity="critical",
        recovery="one answers",
    ),
    judge,
)
