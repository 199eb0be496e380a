from __future__ import annotations

import pytest

from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.plan import mainnet_sized_plan
from simulator.prerendered import Prerendered
from tests.simulator.conftest import Serve

NOW = 2_000_000_000
FIRST = 15_000_001


@pytest.fixture(scope="module")
def prerendered() -> Prerendered:
    return Prerendered(Chain(mainnet_sized_plan()), levels=1000, now=NOW)


def test_bodies_weigh_what_mainnet_bodies_weigh(serve: Serve, prerendered: Prerendered) -> None:
    assert 110_000 < len(serve(prerendered).response("/chains/main/blocks/head").content) < 160_000


def test_blocks_chain_on_and_tell_their_own_level_cycle_and_time(serve: Serve, prerendered: Prerendered) -> None:
    reader = serve(prerendered)
    for level in range(FIRST + 500, FIRST + 540):
        block = reader.block(str(level))
        assert block["header"]["level"] == level == int(block["header"]["fitness"][1], 16)
        assert block["hash"] == reader.block(f"{level}/hash")
        assert block["header"]["predecessor"] == reader.block(f"{level - 1}/hash")
        info = block["metadata"]["level_info"]
        assert (info["cycle"] * 14400 + info["cycle_position"], info["level"]) == (level - 1, level)
        kinds = [content for operation in block["operations"][0] for content in operation["contents"]]
        assert {one.get("level", level - 1) for one in kinds if one["kind"].startswith("attestation")} == {level - 1}


def test_the_head_follows_the_clock(serve: Serve, prerendered: Prerendered) -> None:
    reader = serve(prerendered)
    assert reader.block("head/header")["level"] == FIRST + 999
    clock = reader.node.clock
    assert isinstance(clock, Clock)
    clock.advance(60)
    assert reader.block("head/header")["level"] == FIRST + 1009
    assert reader.block(f"{prerendered.hash(FIRST + 900)}~2/header")["level"] == FIRST + 898


def test_rights_are_filtered_by_delegate_and_round(serve: Serve, prerendered: Prerendered) -> None:
    reader = serve(prerendered)
    whole = reader.block(f"head/helpers/baking_rights?level={FIRST + 50}&all=true&max_round=9")
    assert [right["round"] for right in whole] == list(range(10))
    who = whole[0]["delegate"]
    own = reader.block(f"head/helpers/baking_rights?level={FIRST + 50}&all=true&max_round=9&delegate={who}")
    assert own == [right for right in whole if right["delegate"] == who]
    (entry,) = reader.block(f"head/helpers/attestation_rights?level={FIRST + 50}&delegate={who}")
    assert [right["delegate"] for right in entry["delegates"]] == [who]


def test_what_is_no_body_is_answered_like_anywhere(serve: Serve, prerendered: Prerendered) -> None:
    reader = serve(prerendered)
    baker = prerendered.chain.plan.bakers[0]
    assert reader.get("/chains/main/is_bootstrapped")["bootstrapped"] is True
    assert reader.block("head/context/constants")["blocks_per_cycle"] == 14400
    assert reader.block(f"head/context/delegates/{baker.address}")["deactivated"] is False
    assert reader.response(f"/chains/main/blocks/{FIRST + 1000}").status_code == 404
    reader.node.faults.add(faults.stale_head(FIRST + 900))
    assert reader.block("head/header")["level"] == FIRST + 900
