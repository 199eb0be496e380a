"""not_bootstrapped: a node answers, and says itself that it is not in sync with the chain.

Opens after 120 seconds. Severity: warning. Closes when it says that it is in sync.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import Card, Judged, Policy, SourceRule, SourceSettings, ok, warning
from monitor.source_model import SourceReading

POLICY = Policy(fire_after=120, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    for endpoint in reading.endpoints:
        if endpoint.bootstrapped is None:
            continue
        if endpoint.bootstrapped and endpoint.sync_state not in ("unsynced", "stuck"):
            yield Judged(endpoint.label, ok(), POLICY)
        else:
            state = endpoint.sync_state if endpoint.bootstrapped else "not bootstrapped"
            yield Judged(endpoint.label, warning("not-in-sync", detail=state), POLICY)


RULE = SourceRule(
    Card(
        name="not_bootstrapped",
        title="Node not in sync",
        kind="source",
        default="a node said for 120 seconds that it is not bootstrapped, unsynced or stuck",
        severity="warning",
        recovery="it says that it is in sync",
    ),
    judge,
)
