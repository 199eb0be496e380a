"""endpoint_unreachable: one endpoint does not answer while others do, so judging goes on through those.

Opens after 120 seconds for an own node, after 600 for any other. Severity: warning, silent unless it is an own node.
Closes after a minute of answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monitor.rules.interface import Card, Judged, Policy, SourceRule, SourceSettings, ok, warning
from monitor.source_model import EndpointReading, SourceReading

OWN = Policy(fire_after=120, resolve_after=60, flapping=True)
OTHER = Policy(fire_after=600, resolve_after=60, flapping=True)


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    answering = sum(1 for endpoint in reading.endpoints if endpoint.answered)
    for endpoint in reading.endpoints:
        if endpoint.answered:
            yield Judged(endpoint.label, ok(), _policy(endpoint))
        elif endpoint.answered is False and answering:
            down = warning("no-answer", other_endpoints=answering, detail=endpoint.error)
            yield Judged(endpoint.label, replace(down, silent=endpoint.kind != "own"), _policy(endpoint))


def _policy(endpoint: EndpointReading) -> Policy:
    return OWN if endpoint.kind == "own" else OTHER


RULE = SourceRule(
    Card(
        name="endpoint_unreachable",
        title="Endpoint unreachable",
        kind="source",
        default="an own node did not answer for 120 seconds, any other for 600, while another endpoint does",
        severity="warning; silent unless it is an own node",
        recovery="a minute of answers",
    ),
    judge,
)
