"""What a minute costs a node: counted per block, never per delegate."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.plan import Plan, small_plan
from tests.truth.scene import START, scene

MINUTE = 16
"""Requests in a minute of ten blocks: 1.6 per block."""


def _plan(bakers: int) -> Plan:
    return small_plan(seed=9, bakers=max(16, bakers + 10))


@pytest.mark.parametrize("bakers", [1, 10, 300])
def test_a_steady_minute_costs_as_much_for_one_delegate_as_for_hundreds(bakers: int, tmp_path: Path) -> None:
    plan = _plan(bakers)
    with scene(tmp_path, plan, [baker.name for baker in plan.bakers[:bakers]], BLOCK_SLIDING_WINDOW_SIZE=10) as here:
        here.node.requests.reset()
        for _ in range(3):
            before, cursor = here.node.requests.count, here.station.cursor()
            report = here.station.minutes(1)
            assert here.station.cursor() == (cursor or 0) + 10
            assert here.node.requests.count - before <= MINUTE
            assert report.networks[0].requests == here.node.requests.count - before
        assert here.node.requests.statuses == {200: here.node.requests.count}


@pytest.mark.parametrize("bakers", [1, 300])
def test_a_catch_up_costs_little_more_than_a_request_per_block(bakers: int, tmp_path: Path) -> None:
    plan = _plan(bakers)
    with scene(tmp_path, plan, [baker.name for baker in plan.bakers[:bakers]], BLOCK_SLIDING_WINDOW_SIZE=10) as here:
        here.node.requests.reset()
        here.go_to(START + 120)
        here.station.run()

        assert here.station.cursor() == here.final
        assert here.node.requests.count <= 120 * 1.2
        assert max(len(target) for target in here.node.requests.matching()) <= 4096
        assert here.node.requests.max_concurrent <= 8


def test_a_minute_without_a_new_block_asks_for_no_delegate(tmp_path: Path) -> None:
    plan = _plan(10)
    with scene(tmp_path, plan, [baker.name for baker in plan.bakers[:10]]) as here:
        here.station.minutes(1)
        here.node.requests.reset()
        here.station.run()

        assert here.node.requests.matching("/context/") == []
        assert here.node.requests.matching("/helpers/") == []
        assert here.node.requests.count <= 2


def test_no_block_is_asked_for_twice(tmp_path: Path) -> None:
    plan = _plan(10)
    with scene(tmp_path, plan, [baker.name for baker in plan.bakers[:10]]) as here:
        here.station.minutes(3)
        blocks = here.node.requests.matching("metadata=always")
        assert len(blocks) == len(set(blocks)) == 130
