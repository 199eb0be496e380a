"""A simulated chain, a node that serves it and a clock that stands at one of its levels, for tests of whole runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alerting.channels.interface import Channel
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import Plan
from tests.running import Station

FIRST_LOOK = 20
NETWORK = "tezos:mainnet"


@dataclass(frozen=True, slots=True)
class Scene:
    chain: Chain
    clock: Clock
    node: Node
    home: Path

    def station(self, *delegates: object, channels: Mapping[str, Channel] | None = None, **settings: object) -> Station:
        """A checker of this node; addresses or objects as in delegates.json."""
        look = {"BLOCK_SLIDING_WINDOW_SIZE": FIRST_LOOK, **settings}
        return Station(self.home, self.clock, [self.node.url], delegates, channels, **look)

    def named(self, *names: str) -> list[dict[str, str]]:
        """Delegates of the plan as delegates.json has them."""
        return [{"address": self.chain.plan.baker(name).address, "name": name} for name in names]

    def at(self, level: int) -> None:
        """Moves the clock to where this level is the head."""
        self.clock.advance(self.chain.timestamp(level) - int(self.clock()))


@contextmanager
def play(plan: Plan, level: int, home: Path) -> Iterator[Scene]:
    """The chain with `level` as its head, and its node."""
    chain = Chain(plan)
    clock = Clock(chain.timestamp(level))
    with Node(chain, clock=clock) as node:
        yield Scene(chain, clock, node, home)
