"""A node that answers 429: the catch-up gets slower, and everything is read and judged as it was."""

from __future__ import annotations

from bench.checker import Checker
from bench.figure import Figure, Size, at_least, at_most
from bench.node import BenchNode, Fact

PER_SECOND = 60
DELEGATES = 3


def figures(size: Size) -> list[Figure]:
    levels = size.of(400, least=100)
    with (
        BenchNode(levels=levels + 10, latency=0.01) as node,
        Checker(node.url, node.addresses[:DELEGATES], first_look=levels) as checker,
    ):
        node.trouble([{"kind": "rate_limit", "status": 429, "number": PER_SECOND, "headers": {"Retry-After": "1"}}])
        node.reset()
        runs = checker.catch_up()
        seconds = sum(run.process.seconds for run in runs)
        refused = node.requests()["statuses"].get("429", 0)
        recorded = {delegate: _recorded(checker, delegate) for delegate in node.addresses[:DELEGATES]}
        wrong = sum(len(facts ^ _true(node, delegate, facts)) for delegate, facts in recorded.items())
    return [
        at_least("429: requests refused", refused, 1),
        at_least("429: levels read", sum(run.levels for run in runs), levels),
        at_most("429: observations that differ from the truth", wrong, 0),
        Figure("429: blocks per second under a limit of 60 requests", levels / seconds, "blocks/s"),
    ]


def _recorded(checker: Checker, delegate: str) -> set[Fact]:
    return {(row["duty"], row["level"], row["round"], row["outcome"]) for row in checker.history(delegate)}


def _true(node: BenchNode, delegate: str, recorded: set[Fact]) -> set[Fact]:
    """Blocks first..last tell the bakes of first..last and the attestations of first - 1..last - 1."""
    attested = [level for duty, level, _, _ in recorded if duty == "attestation"]
    first, last = min(attested) + 1, max(attested) + 1
    left_out = {("baking", first - 1), ("attestation", last)}
    return {fact for fact in node.truth(delegate, first - 1, last) if fact[:2] not in left_out}
