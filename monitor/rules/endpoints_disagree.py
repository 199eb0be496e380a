"""endpoints_disagree: two endpoints know different blocks for one finalised level, so one of them is wrong.

Opens at once; the level is unknown meanwhile. Severity: critical. Closes when they agree, or only one is configured.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import NOT_READ, SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy(flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    found = reading.disagreement
    if found is not None:
        detail = " and ".join(found.endpoints)
        return (Judged(SOURCE, critical("hashes", first_level=found.level, detail=detail), POLICY),)
    answering = sum(1 for endpoint in reading.endpoints if endpoint.answered)
    compared = answering >= 2 or len(reading.endpoints) < 2
    return (Judged(SOURCE, ok() if compared else NOT_READ, POLICY),)


RULE = SourceRule(
    Card(
        name="endpoints_disagree",
        title="Endpoints disagree",
        kind="source",
        default="two endpoints tell different hashes for a finalised level",
        severity="critical",
        recovery="they agree, or only one endpoint is configured",
    ),
    judge,
)
