"""wrong_chain: a node answers for another chain than the one pinned at the first contact.

Opens at once: for the endpoint, or for the source as a whole when no endpoint is on the right chain.
Severity: critical. Closes when it is on the right chain.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.rules.interface import SOURCE, Card, Judged, Policy, SourceRule, SourceSettings, critical, ok
from monitor.source_model import SourceReading

POLICY = Policy()


def judge(reading: SourceReading, settings: SourceSettings, now: int) -> Iterable[Judged]:
    expected = reading.expected_chain_id
    known = [endpoint for endpoint in reading.endpoints if endpoint.chain_id is not None]
    if expected is None or not known:
        return
    if all(endpoint.chain_id != expected for endpoint in known):
        only = known[0].label if len(reading.endpoints) == 1 else None
        detail = f"{known[0].chain_id}, not {expected}"
        yield Judged(SOURCE, critical("chain-id", endpoint=only, detail=detail), POLICY)
        return
    yield Judged(SOURCE, ok(), POLICY)
    for endpoint in known:
        right = endpoint.chain_id == expected
        verdict = ok() if right else critical("chain-id", detail=f"{endpoint.chain_id}, not {expected}")
        yield Judged(endpoint.label, verdict, POLICY)


RULE = SourceRule(
    Card(
        name="wrong_chain",
        title="Wrong chain",
        kind="source",
        default="an endpoint's chain id is not the one pinned at the first contact",
        severity="critical",
        recovery="the endpoint is on the right chain",
    ),
    judge,
)
