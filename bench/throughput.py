"""Blocks per second of a catch-up from a node of 50 ms latency, against what its connections allow and a plain script.

The whole check is measured: reading, judging, storing, telling. Its start-up is what a run with nothing new takes.
"""

from __future__ import annotations

import time
from statistics import median

from bench import straightforward
from bench.checker import Checker
from bench.figure import Figure, Size, at_least, at_most, delegates
from bench.node import BenchNode

LATENCY = 0.05
CONNECTIONS = 8
"""RPC_MAX_CONNECTIONS, the default."""
SHARE = 0.8
FASTER = {1: 15.0, 10: 60.0}
"""Delegates -> how many times the speed of the straightforward client."""
PLAIN_LEVELS = {1: 60, 10: 12}
STARTS = 3


def figures(size: Size) -> list[Figure]:
    found = []
    levels = size.of(2000, least=60)
    for number, times in FASTER.items():
        with (
            BenchNode(levels=levels + 10, latency=LATENCY) as node,
            Checker(node.url, node.addresses[:number], first_look=levels) as checker,
        ):
            node.reset()
            seconds = sum(run.process.seconds for run in checker.catch_up())
            counts = node.requests()
            seconds -= median(checker.check().process.seconds for _ in range(STARTS))
            speed = levels / seconds
            plain = plain_speed(node, checker, number, size.of(PLAIN_LEVELS[number], least=2))
        several = delegates(number)
        found += [
            at_least(f"catch-up, {several}", speed, SHARE * CONNECTIONS / LATENCY, "blocks/s"),
            at_most(f"requests at once, {several}", counts["max_concurrent"], CONNECTIONS),
            at_most(f"connections open at once, {several}", counts["max_connections"], CONNECTIONS),
            Figure(f"straightforward client, {several}", plain, "blocks/s"),
            at_least(f"catch-up over straightforward, {several}", speed / plain, times, "x"),
        ]
    return found


def plain_speed(node: BenchNode, checker: Checker, number: int, levels: int) -> float:
    """Blocks per second of the straightforward client, which has to conclude what the checker did."""
    watched = node.addresses[:number]
    recorded = {
        (row["target"], row["duty"], row["level"], row["round"], row["outcome"])
        for delegate in watched
        for row in checker.history(delegate)
    }
    newest = max(level for _, _, level, _, _ in recorded)
    blocks = range(newest - levels + 1, newest + 1)
    started = time.perf_counter()
    concluded = straightforward.observe(node.url, blocks, watched)
    seconds = time.perf_counter() - started
    if not concluded <= recorded:
        raise RuntimeError(f"the two clients disagree: {sorted(concluded - recorded)[:5]}")
    return levels / seconds
