"""Plans and clients for tests of the Bittensor collector against a simulated node."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from collectors.bittensor.collector import BittensorCollector
from collectors.bittensor.interface import BlocksRead, Snapshot
from collectors.bittensor.plan import BittensorPlan
from collectors.interface import Finished, Item, Probed
from monitor.model import Block, CoverageGap, Cursor
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import FINNEY
from tests.collectors.raw_node import client_for
from tests.collectors.tezos.plans import endpoints_of

NETWORK = "bittensor:finney"


class Collected:
    """Everything one collection handed over."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.probed = next((item for item in items if isinstance(item, Probed)), None)
        self.read = [item for item in items if isinstance(item, BlocksRead)]
        self.snapshots = [item for item in items if isinstance(item, Snapshot)]
        assert sum(isinstance(item, Finished) for item in items) == 1
        assert isinstance(items[-1], Finished)
        self.finished = items[-1]

    @property
    def snapshot(self) -> Snapshot:
        (found,) = self.snapshots
        return found

    @property
    def blocks(self) -> list[Block]:
        return [block for one in self.read for block in one.blocks]

    @property
    def gaps(self) -> list[CoverageGap]:
        return [gap for one in self.read for gap in one.gaps]

    @property
    def levels(self) -> list[int]:
        """What the cursor may move over."""
        return sorted(
            {block.level for block in self.blocks}
            | {level for gap in self.gaps for level in range(gap.from_level, gap.to_level + 1)}
        )

    @property
    def error(self) -> str:
        return self.finished.error or ""


def hash_of(chain: Chain, block: int) -> str:
    return f"0x{chain.hash(block).hex()}"


def cursor_at(chain: Chain, block: int) -> Cursor:
    return Cursor(NETWORK, block, hash_of(chain, block), block, block)


def plan_from(
    chain: Chain,
    block: int | None,
    now: int,
    hotkeys: Mapping[str, tuple[int, ...]] | None = None,
    **changes: Any,
) -> BittensorPlan:
    """What an earlier run that read up to `block` left; None: no run. `hotkeys`: by name."""
    hotkeys = {"alice": (1, 2, 3)} if hotkeys is None else hotkeys
    plan = BittensorPlan(
        network=None if block is None else NETWORK,
        name_override=None,
        expected_chain_id=None if block is None else FINNEY,
        cursor=None if block is None else cursor_at(chain, block),
        hotkeys={chain.plan.hotkey(name): netuids for name, netuids in hotkeys.items()},
        everywhere=frozenset(),
        subnets=frozenset(),
        coldkeys=frozenset(),
        discover=False,
        spec_version=None if block is None else chain.runtime_of(block).spec_version,
        max_catchup=250,
        block_time=None if block is None else chain.timestamp(block),
        stale_after=180,
        now=now,
    )
    return plan._replace(**changes)


def final_of(node: SubtensorNode, chain: Chain) -> int:
    """The newest block that the node holds for final."""
    return chain.finalized_of(chain.head_at(node.clock()))


def collect(
    plan: BittensorPlan,
    cache: Path,
    *urls: str,
    archive: str | None = None,
    seconds: float = 20,
    timeout: float = 2,
) -> Collected:
    """One whole collection from these endpoints. `seconds`: what is left of the run."""
    endpoints = endpoints_of(*urls)
    with ExitStack() as stack:
        client, dropped = (
            stack.enter_context(
                client_for(*some, timeout=timeout, max_body=64 << 20, seconds=seconds, now=plan.now, sleep=_briefly)
            )
            for some in (urls, urls if archive is None else (archive,))
        )
        stop_at = time.monotonic() + seconds
        collector = BittensorCollector(client, endpoints, cache, stop_at, dropped if archive is not None else None)
        return Collected(list(collector.collect(plan)))


def _briefly(seconds: float) -> None:
    time.sleep(min(seconds, 0.01))
