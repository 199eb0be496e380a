"""reorganisation: finalised blocks that had been read are no longer part of the chain.

Opens at once; the levels are read and judged again. Severity: critical. Closes when a later run reads on without one.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import NOT_READ, SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy(flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    found = reading.reorganisation
    if found is None:
        return (Judged(SOURCE, NOT_READ if reading.head_level is None else ok(), POLICY),)
    verdict = critical(
        "replaced",
        first_level=found.common_level + 1,
        last_level=found.read_level,
        levels=found.read_level - found.common_level,
    )
    return (Judged(SOURCE, verdict, POLICY),)


RULE = SourceRule(
    Card(
        name="reorganisation",
        title="Finalised blocks replaced",
        kind="source",
        default="a block that was final is no longer part of the chain",
        severity="critical",
        recovery="a later run reads on without another",
    ),
    judge,
)
