"""endpoint_behind: one endpoint's chain lags behind the others'.

Severity: warning; critical from 50 blocks. Opens after two minutes, closes within 3 blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import Card, Judged, Policy, SourceRule, SourceSettings, critical, ok, unknown, warning
from monitor.source_model import SourceReading

ABOUT = "One endpoint's chain lags behind the others'."
READ = "the finalised head that each endpoint names"
WARNING, CRITICAL, RECOVERY = 10, 50, 3
POLICY = Policy(fire_after=120, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    heads = {endpoint.label: endpoint.head_level for endpoint in reading.endpoints if endpoint.head_level is not None}
    best = max([*heads.values(), *([] if reading.head_level is None else [reading.head_level])], default=0)
    for label, head in heads.items():
        behind = best - head
        if behind > CRITICAL:
            yield Judged(label, critical("behind", behind_by=behind), POLICY)
        elif behind > WARNING:
            yield Judged(label, warning("behind", behind_by=behind), POLICY)
        else:
            yield Judged(label, ok() if behind <= RECOVERY else unknown("in-between"), POLICY)


RULE = SourceRule(
    Card(
        name="endpoint_behind",
        title="Endpoint behind",
        kind="chain",
        default="an endpoint's finalised head is more than 10 blocks behind the best one, for two minutes",
        severity="warning; critical from 50 blocks",
        recovery="within 3 blocks",
    ),
    judge,
)
