"""node_behind: an own node lags behind the best head, though it answers.

Opens when it was more than 3 levels behind for 60 seconds. Severity: warning. Closes after a minute within 3 levels.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import Card, Judged, Policy, SourceRule, SourceSettings, ok, warning
from monitor.source_model import SourceReading

LEVELS = 3

POLICY = Policy(fire_after=60, resolve_after=60, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    heads = {
        endpoint: endpoint.head_level
        for endpoint in reading.endpoints
        if endpoint.head_level is not None and endpoint.chain_id in (None, reading.expected_chain_id)
    }
    # An own node is asked first and may be the one that was read: the others' heads count all the same.
    best = max([*heads.values(), *([] if reading.head_level is None else [reading.head_level])], default=0)
    for endpoint, head in heads.items():
        if endpoint.kind == "own":
            behind = best - head
            yield Judged(endpoint.label, warning("behind", behind_by=behind) if behind > LEVELS else ok(), POLICY)


RULE = SourceRule(
    Card(
        name="node_behind",
        title="Own node behind",
        kind="source",
        default="an own node was more than 3 levels behind the best head for 60 seconds",
        severity="warning",
        recovery="a minute within 3 levels of the best head",
    ),
    judge,
)
