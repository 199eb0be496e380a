"""What three hundred delegates cost beside one, catching up on the same blocks."""

from __future__ import annotations

from bench.checker import Checker
from bench.figure import Figure, Size, at_most
from bench.node import MANY_BAKERS, BenchNode
from bench.throughput import LATENCY

BOUND = 1.5


def figures(size: Size) -> list[Figure]:
    levels = size.of(1500, least=60)
    seconds, cpu = {}, {}
    for number in (1, 300):
        with (
            BenchNode(levels=levels + 10, latency=LATENCY, bakers=MANY_BAKERS) as node,
            Checker(node.url, node.addresses[:number], first_look=levels) as checker,
        ):
            runs = checker.catch_up()
            seconds[number] = sum(run.process.seconds for run in runs)
            cpu[number] = sum(run.process.cpu for run in runs)
    return [
        at_most("catch-up time, 300 delegates over 1", seconds[300] / seconds[1], BOUND, "x"),
        Figure("CPU time per block, 1 delegate", cpu[1] / levels * 1000, "ms"),
        Figure("CPU time per block, 300 delegates", cpu[300] / levels * 1000, "ms"),
    ]
