"""A simulated chain, the nodes that serve it and a checker that reads them, on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import Plan
from tests.running import Station

START = 10_250
"""The head at the first run, unless a test says otherwise."""
FINAL = START - 2


@dataclass(frozen=True)
class Scene:
    chain: Chain
    clock: Clock
    nodes: tuple[Node, ...]
    station: Station

    @property
    def node(self) -> Node:
        return self.nodes[0]

    @property
    def final(self) -> int:
        """The newest finalised level."""
        return self.chain.head_at(self.clock()) - 2

    def address(self, name: str) -> str:
        return self.chain.plan.baker(name).address

    def go_to(self, head: int) -> None:
        """Sets the clock to when that level came."""
        self.clock.set(self.chain.timestamp(head))

    def outcomes(self, name: str, duty: str, from_level: int, to_level: int) -> dict[int, str]:
        """What is stored, level -> outcome (of the highest round)."""
        rows = self.station.history(self.address(name), from_level, to_level)
        return {row["level"]: row["outcome"] for row in rows if row["duty"] == duty}

    def true_outcomes(self, name: str, duty: str, from_level: int, to_level: int) -> dict[int, str]:
        """What happened, in the same form."""
        facts = self.chain.truth(self.address(name), from_level, to_level)
        return {fact.level: fact.outcome.value for fact in facts if fact.duty == duty}


@contextmanager
def scene(
    home: Path,
    plan: Plan,
    watched: Sequence[Any] = ("alice", "bob"),
    *,
    nodes: int = 1,
    marks: Sequence[str] = (),
    head: int = START,
    first_run: bool = True,
    **settings: object,
) -> Iterator[Scene]:
    """`watched`: names, or objects whose address is a name. `marks`: "own=" or "public=", by node."""
    chain = Chain(plan)
    clock = Clock(chain.timestamp(head))
    delegates = [
        plan.baker(item).address if isinstance(item, str) else {**item, "address": plan.baker(item["address"]).address}
        for item in watched
    ]
    with ExitStack() as stack:
        serving = tuple(stack.enter_context(Node(chain, clock=clock)) for _ in range(nodes))
        urls = [f"{mark}{node.url}" for node, mark in zip(serving, [*marks, *[""] * nodes], strict=False)]
        station = Station(home, clock, urls, delegates)
        station.configure(**settings)
        if first_run:
            station.run()
        yield Scene(chain, clock, serving, station)
