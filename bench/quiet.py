"""A run with nothing new, against a process that only imports the libraries it stands on. Real processes, in turn."""

from __future__ import annotations

from statistics import median

from bench.checker import Checker
from bench.figure import Figure, Size, at_most
from bench.node import MANY_BAKERS, BenchNode
from bench.process import Done, run

BOUND = 1.7
RUNS = 25
LIBRARIES = "import requests, sqlalchemy, click, pydantic, dotenv"
WITH_MODELS = "import requests, sqlalchemy, click, dotenv; from pydantic import BaseModel"
"""pydantic imports what makes a model only when it is asked for it; every program that has one pays for this."""


def figures(size: Size) -> list[Figure]:
    runs = size.of(RUNS, least=2)
    with BenchNode(levels=120, bakers=MANY_BAKERS) as node:
        one, many = (_medians(node, number, runs) for number in (1, 300))
    return [
        at_most("nothing new over importing the libraries, 1 delegate", one["check"] / one["import"], BOUND, "x"),
        at_most("nothing new over importing the libraries, 300 delegates", many["check"] / many["import"], BOUND, "x"),
        Figure("nothing new over importing them with pydantic's models", one["check"] / one["models"], "x"),
        Figure("nothing new over importing the libraries, CPU time", one["check cpu"] / one["import cpu"], "x"),
        Figure("a process that imports the libraries", one["import"] * 1000, "ms"),
        Figure("a run with nothing new, 1 delegate", one["check"] * 1000, "ms"),
    ]


def _medians(node: BenchNode, delegates: int, runs: int) -> dict[str, float]:
    with Checker(node.url, node.addresses[:delegates]) as checker:
        checker.catch_up()
        checker.check()
        commands = {"import": ["-c", LIBRARIES], "check": checker.command, "models": ["-c", WITH_MODELS]}
        done: dict[str, list[Done]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                done[name].append(run(command))
    if any(one.code != 0 or one.output for one in done["check"]):
        raise RuntimeError(f"the runs were not quiet: {done['check'][0].output}{done['check'][0].errors}")
    seconds = {name: median(one.seconds for one in found) for name, found in done.items()}
    return seconds | {f"{name} cpu": median(one.cpu for one in found) for name, found in done.items()}
