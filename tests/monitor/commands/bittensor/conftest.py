"""A simulated chain of 300 blocks, with a setter by the owner and one by root, weights that fail, and an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import Plan, small_plan
from simulator.subtensor.runtime import Release
from tests.monitor.commands.bittensor.looker import Looker

pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")

OFFSET = 300
"""Of the head; the finalised block is a few before it."""
BY_OWNER, BY_ROOT, FAILING, UPGRADE = 250, 251, (230, 290), 295


def scripted() -> Plan:
    plan = small_plan(full=True)
    at = plan.block_at
    plan = plan.set_parameter(1, at(BY_OWNER), "immunity_period", 100, wrapped="batch")
    plan = plan.set_parameter(2, at(BY_ROOT), "max_validators", 32, by="root")
    plan = plan.failing_weights(1, "bob", at(FAILING[0]), at(FAILING[1]))
    return plan.upgrade(at(UPGRADE), Release(462, gone=("SubtensorModule.ValidatorTrust",)))


@pytest.fixture(scope="session")
def chain() -> Chain:
    return Chain(scripted())


@pytest.fixture(scope="session")
def nodes(chain: Chain) -> Iterator[tuple[SubtensorNode, SubtensorNode]]:
    """(one that keeps the state of a hundred blocks, an archive)"""
    clock = Clock(chain.timestamp(chain.plan.block_at(OFFSET)))
    with ExitStack() as stack:
        lite = stack.enter_context(SubtensorNode(chain, clock=clock, state_blocks=100))
        yield lite, stack.enter_context(SubtensorNode(chain, clock=clock, archive=True))


@pytest.fixture
def lite(nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path) -> Looker:
    """Without an archive node."""
    return Looker(tmp_path, nodes[0].url)


@pytest.fixture
def archived(nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path) -> Looker:
    return Looker(tmp_path, nodes[0].url, nodes[1].url)
