"""How often a node is asked for one block: catching up, and in a minute of ten blocks."""

from __future__ import annotations

from bench.checker import Checker
from bench.figure import Figure, Size, at_most, delegates
from bench.node import MANY_BAKERS, BenchNode

CATCH_UP, STEADY = 1.2, 1.6
DELEGATES = (1, 10, 80, 300)
"""80 is the longest list that a request for rights can name, which leaves the least room for levels."""
BLOCKS_PER_MINUTE = 10
MINUTES = 5


def figures(size: Size) -> list[Figure]:
    """Counted by the node. The steady minute is the costliest of several."""
    levels = size.of(1000, least=100)
    found = []
    for number in DELEGATES:
        with (
            BenchNode(levels=levels + 10, bakers=MANY_BAKERS) as node,
            Checker(node.url, node.addresses[:number], first_look=levels) as checker,
        ):
            node.reset()
            read = sum(run.levels for run in checker.catch_up())
            per_block = node.requests()["count"] / read
            found.append(at_most(f"requests per block, catching up, {delegates(number)}", per_block, CATCH_UP))
            costliest = 0.0
            for _ in range(size.of(MINUTES)):
                node.advance(BLOCKS_PER_MINUTE * node.block_delay)
                node.reset()
                minute = checker.check()
                costliest = max(costliest, node.requests()["count"] / minute.levels)
            found.append(at_most(f"requests per block, steady minute, {delegates(number)}", costliest, STEADY))
    return found
