"""Peak memory of the runs of a catch-up, and whether it grows with the number of blocks."""

from __future__ import annotations

from bench.checker import Checker
from bench.figure import Figure, Size, at_most
from bench.node import MANY_BAKERS, BenchNode

BOUND = 150.0
"""MB (10^6 bytes) of resident set."""
FLAT = 1.15
SHORT, LONG = 2_000, 10_000
DELEGATES = (10, 300)
STEP = 4_000
"""Blocks that are there for one run, so that the long catch-up takes several."""


def figures(size: Size) -> list[Figure]:
    found = []
    for number in DELEGATES:
        short, long = (_peak(number, size.of(levels, least=100), size.of(STEP, least=100)) for levels in (SHORT, LONG))
        found += [
            at_most(f"peak memory, 10,000 blocks, {number} delegates", long, BOUND, "MB"),
            at_most(f"peak memory, 10,000 blocks over 2,000, {number} delegates", long / short, FLAT, "x"),
        ]
    return found


def _peak(delegates: int, levels: int, step: int) -> float:
    first = min(levels, step)
    with (
        BenchNode(levels=first + 10, bakers=MANY_BAKERS) as node,
        Checker(node.url, node.addresses[:delegates], first_look=first) as checker,
    ):
        runs = checker.catch_up()
        while (read := sum(run.levels for run in runs)) < levels:
            node.advance(min(step, levels - read) * node.block_delay)
            runs += checker.catch_up()
    return max(run.process.peak for run in runs)
