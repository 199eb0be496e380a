"""stale_head: the newest block that any endpoint knows is old. The chain stands still, or every node does.

Opens at once when it is older than ALERT_INACTIVE_STATE_THRESHOLD (180 seconds). Severity: critical. Closes with a
newer block.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import NOT_READ, SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy(flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    if reading.head_timestamp is None:
        return (Judged(SOURCE, NOT_READ, POLICY),)
    age = now - reading.head_timestamp
    if age <= settings.stale_after:
        return (Judged(SOURCE, ok(), POLICY),)
    return (Judged(SOURCE, critical("old", head_age=age, first_level=reading.head_level), POLICY),)


RULE = SourceRule(
    Card(
        name="stale_head",
        title="No new block",
        kind="source",
        default="the best head is older than ALERT_INACTIVE_STATE_THRESHOLD (180 seconds)",
        severity="critical",
        recovery="a newer block",
    ),
    judge,
)
