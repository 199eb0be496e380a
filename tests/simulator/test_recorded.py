from __future__ import annotations

from typing import Any

import pytest

from simulator import faults
from simulator.recorded import RecordedAnswers
from tests.recorded import recorded_json
from tests.simulator.conftest import Serve

PYROMETER = "tezos/pyrometer/"
HOLDER = "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"


def block(level: int) -> Any:
    return recorded_json(f"{PYROMETER}i_block{level}.json")


def rights(level: int) -> Any:
    return recorded_json(f"{PYROMETER}i_block{level}rights.json")


def attestation_rights(level: int, *delegates: str) -> Any:
    held = [
        {"delegate": who, "first_slot": place, "attestation_power": 5, "consensus_key": who}
        for place, who in enumerate(delegates)
    ]
    return {"level": level, "delegates": held}


@pytest.mark.parametrize("level", [93416, 93516])
def test_a_recorded_block_is_served_as_it_is_between_neighbours_that_chain_on(serve: Serve, level: int) -> None:
    reader = serve(RecordedAnswers([block(level)], baking_rights=rights(level), before=5, after=3))
    assert reader.block(str(level)) == block(level)
    told = [reader.block(str(one)) for one in range(level - 5, level + 4)]
    assert [one["header"]["predecessor"] for one in told[1:]] == [one["hash"] for one in told[:-1]]
    assert [one["header"]["level"] for one in told] == list(range(level - 5, level + 4))
    assert reader.block("head/header")["level"] == level + 3
    assert reader.block(f"{told[-1]['hash']}~3/hash") == block(level)["hash"]
    assert reader.response(f"/chains/main/blocks/{level + 4}").status_code == 404
    stamps = [one["header"]["timestamp"] for one in told]
    assert stamps == sorted(stamps)


def test_only_the_recorded_rights_are_told(serve: Serve) -> None:
    reader = serve(RecordedAnswers([block(93516)], baking_rights=rights(93516)))
    path = "head/helpers/baking_rights?level=93515&level=93516&level=93517&all=true"
    assert reader.block(path + "&max_round=1") == rights(93516)
    assert reader.block(path + "&max_round=0") == rights(93516)[:1]
    assert reader.block("head/helpers/baking_rights?level=93515") == []
    assert reader.block("head/helpers/attestation_rights?level=93516") == []


def test_the_next_block_attests_everybody_who_is_not_absent_in_the_shape_of_the_time(serve: Serve) -> None:
    other = "tz1RuHDSj9P7mNNhfKxsyLGRDahTX5QD1DdP"
    held = attestation_rights(93416, HOLDER, other)
    reader = serve(RecordedAnswers([block(93416)], attestation_rights=[held], absent={93416: {other}}))
    assert reader.block("head/helpers/attestation_rights?level=93416") == [held]
    (operation,) = reader.block("93417/operations/0")
    (content,) = operation["contents"]
    assert (content["kind"], content["level"], content["metadata"]["delegate"]) == ("endorsement", 93416, HOLDER)
    assert content["metadata"].keys() == block(93416)["operations"][0][0]["contents"][0]["metadata"].keys()


def test_the_chain_is_the_recorded_one_and_its_node_well(serve: Serve) -> None:
    reader = serve(RecordedAnswers([block(93416)], numbers={"blocks_per_cycle": 4096}))
    assert reader.get("/chains/main/chain_id") == block(93416)["chain_id"]
    assert reader.get("/chains/main/is_bootstrapped")["bootstrapped"] is True
    assert reader.block("head/context/constants")["blocks_per_cycle"] == 4096
    assert reader.block(f"head/context/delegates/{HOLDER}")["consensus_key"]["active"]["pkh"] == HOLDER


def test_faults_strike_a_recorded_node_too(serve: Serve) -> None:
    reader = serve(RecordedAnswers([block(93416)]))
    reader.node.faults.add(faults.no_metadata(levels=(93416, 93416)))
    assert "metadata" not in reader.block("93416")
    assert "metadata" in reader.block("93417")
