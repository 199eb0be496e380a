"""One chain, one plan, and a node that a test tells what to say: how `collect` takes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from collectors.bittensor.interface import Snapshot
from simulator.subtensor.chain import Chain
from simulator.subtensor.plan import small_plan
from tests.collectors.bittensor.reading import Collected, collect, plan_from
from tests.collectors.bittensor.tampering import Json, Tamper, TamperedNode, truly

HEAD = small_plan().block_at(300)
CHAIN = Chain(
    small_plan()
    .announce_coldkey_swap("alice", "thief", HEAD - 50)
    .set_children(1, "alice", HEAD - 120, [("bob", 0.3)])
    .set_children(2, "bob", HEAD - 120, [("alice", 0.5)])
)
PLAN = plan_from(
    CHAIN,
    CHAIN.finalized_of(HEAD) - 3,
    CHAIN.timestamp(HEAD),
    {"alice": (1, 2), "m1-1": (1,)},
    subnets=frozenset({2, 3}),
    coldkeys=frozenset({CHAIN.plan.coldkey("alice")}),
)
SECONDS = 5.0
"""What is left of a run; one that is told the truth takes a hundredth of a second."""
STORAGE = "state_queryStorageAt"
OF_A_BLOCK = 3
"""Keys that are asked for with each block."""


class Scene:
    """`true`: what is read of the true answers. `keys`: of the state under which something is stored."""

    def __init__(self, node: TamperedNode, cache: Path) -> None:
        self._node, self._cache = node, cache
        told: list[str] = []

        def listen(method: str, params: list[Json], result: Json) -> Json:
            if of_the_state(method, params):
                told.extend(key for key, raw in result[0]["changes"] if raw is not None)
            return result

        self.true = self.collect(listen)
        assert (self.true.error, self.true.snapshot.chain.undecoded) == ("", ())
        assert [neuron.registered for neuron in self.true.snapshot.neurons.values()] == [True] * 3
        self.keys = tuple(dict.fromkeys(told))

    def __repr__(self) -> str:  # Hypothesis shows it
        return "Scene"

    def collect(self, tamper: Tamper = truly, *, body: bytes | None = None, cache: Path | None = None) -> Collected:
        """A whole collection, which has to end in exactly one Finished: Collected sees to that."""
        self._node.tell(tamper, body)
        return collect(PLAN, cache or self._cache, self._node.url, seconds=SECONDS)


def of_the_state(method: str, params: list[Json]) -> bool:
    return method == STORAGE and len(params[0]) != OF_A_BLOCK


def known(found: Collected) -> Snapshot:
    """Apart from what it says was not."""
    return replace(found.snapshot, chain=replace(found.snapshot.chain, undecoded=()))
