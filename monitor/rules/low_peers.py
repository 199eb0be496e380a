"""low_peers: a node has few peers, and may soon fall behind.

Opens when it told fewer than MIN_PEERS for 5 minutes, where the node tells at all. Severity: warning. Closes after 5
minutes with enough.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import Card, Judged, Policy, SourceRule, SourceSettings, ok, warning
from monitor.source_model import SourceReading

POLICY = Policy(fire_after=300, resolve_after=300, flapping=True)
OFF = Policy()


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    for endpoint in reading.endpoints:
        if settings.min_peers == 0:
            yield Judged(endpoint.label, ok("switched-off"), OFF)
        elif endpoint.peers is not None:
            few = endpoint.peers < settings.min_peers
            evidence = {"peers": endpoint.peers, "minimum": settings.min_peers}
            yield Judged(endpoint.label, warning("few", **evidence) if few else ok("", **evidence), POLICY)


RULE = SourceRule(
    Card(
        name="low_peers",
        title="Few peers",
        kind="source",
        default="a node told fewer than MIN_PEERS peers for 5 minutes",
        severity="warning",
        recovery="5 minutes with enough",
    ),
    judge,
)
