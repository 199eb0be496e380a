from __future__ import annotations

import json
import time

import pytest
import requests

from simulator import faults
from simulator.chain import Chain
from simulator.plan import Chances, small_plan
from tests.simulator.conftest import Reader, Serve

CHAIN = Chain(small_plan(chances=Chances(attestation_missed=0.1)))
HEAD = 10_100
BLOCK = "/chains/main/blocks/10050"


@pytest.fixture
def reader(serve: Serve) -> Reader:
    return serve(CHAIN, head=HEAD)


def test_latency_delays_the_answer(reader: Reader) -> None:
    reader.node.faults.add(faults.latency(0.2))
    began = time.monotonic()
    assert reader.block("head/hash") == CHAIN.hash(HEAD)
    assert time.monotonic() - began >= 0.2


def test_a_lagging_member_is_404_and_knows_the_block_the_next_time(reader: Reader) -> None:
    reader.node.faults.add(faults.lagging(count=2))
    assert [reader.response(BLOCK).status_code for _ in range(3)] == [404, 404, 200]


def test_a_rate_limit_is_429_in_html_with_or_without_retry_after(reader: Reader) -> None:
    reader.node.faults.add(faults.rate_limited(count=1))
    bare = reader.response(BLOCK)
    reader.node.faults.add(faults.rate_limited(retry_after=7, count=1))
    polite = reader.response(BLOCK)
    assert (bare.status_code, bare.headers.get("Retry-After"), bare.headers["Content-Type"]) == (429, None, "text/html")
    assert "<html>" in bare.text
    assert (polite.status_code, polite.headers["Retry-After"]) == (429, "7")


def test_requests_beyond_a_rate_are_429(reader: Reader) -> None:
    reader.node.faults.add(faults.rate_limit(5))
    assert [reader.response(BLOCK).status_code for _ in range(7)] == [200] * 5 + [429] * 2


def test_any_status_can_be_answered(reader: Reader) -> None:
    reader.node.faults.add(faults.status(502, "bad gateway", count=1))
    response = reader.response(BLOCK)
    assert (response.status_code, response.text) == (502, "bad gateway")


def test_garbage_is_200_and_no_json(reader: Reader) -> None:
    reader.node.faults.add(faults.garbage())
    response = reader.response(BLOCK)
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.text)


def test_a_truncated_answer_is_well_framed_and_ends_too_early(reader: Reader) -> None:
    reader.node.faults.add(faults.truncated())
    response = reader.response(BLOCK)
    assert response.status_code == 200
    assert response.text.startswith('{"protocol"')
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.text)


def test_a_cut_answer_is_shorter_than_announced(reader: Reader) -> None:
    reader.node.faults.add(faults.cut(count=1))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        reader.response(BLOCK)
    assert reader.response(BLOCK).status_code == 200


@pytest.mark.parametrize("value", [None, [], {}, 5, "text", [{"level": "many"}]])
def test_any_json_can_be_answered(reader: Reader, value: object) -> None:
    reader.node.faults.add(faults.json_value(value, path="/helpers/"))
    assert reader.block("head/helpers/baking_rights") == value
    assert reader.block("head/hash") == CHAIN.hash(HEAD)


def test_a_hang_never_answers(reader: Reader) -> None:
    reader.node.faults.add(faults.hang(count=1))
    with pytest.raises(requests.ReadTimeout):
        reader.response(BLOCK, timeout=0.2)
    assert reader.response(BLOCK).status_code == 200


@pytest.mark.parametrize("part", ["headers", "body"])
def test_dribbling_outlasts_a_timeout_between_bytes(reader: Reader, part: str) -> None:
    reader.node.faults.add(faults.dribble(part, seconds=0.01, count=1))
    began = time.monotonic()
    assert reader.response("/chains/main/blocks/head/hash", timeout=0.3).json() == CHAIN.hash(HEAD)
    # 53 bytes of body, more of headers: longer than the timeout, which counts from byte to byte.
    assert time.monotonic() - began > 0.4


def test_a_reset_ends_the_connection_without_an_answer(reader: Reader) -> None:
    reader.node.faults.add(faults.reset(count=1))
    with pytest.raises(requests.ConnectionError):
        reader.response(BLOCK)
    assert reader.response(BLOCK).status_code == 200


def test_a_stale_node_stands_still_and_knows_nothing_later(reader: Reader) -> None:
    with reader.node.faults.during(faults.stale_head(10_090)):
        assert reader.block("head/header")["level"] == 10_090
        assert reader.response("/chains/main/blocks/10091").status_code == 404
    assert reader.block("head/header")["level"] == HEAD


def test_a_node_behind_follows_late(reader: Reader) -> None:
    reader.node.faults.add(faults.behind(5))
    assert reader.block("head/header")["level"] == HEAD - 5


def test_the_node_can_be_unsynced_or_stuck(reader: Reader) -> None:
    path = "/chains/main/is_bootstrapped"
    assert reader.get(path) == {"bootstrapped": True, "sync_state": "synced"}
    with reader.node.faults.during(faults.not_bootstrapped()):
        assert reader.get(path) == {"bootstrapped": False, "sync_state": "unsynced"}
    with reader.node.faults.during(faults.not_bootstrapped("stuck")):
        assert reader.get(path) == {"bootstrapped": True, "sync_state": "stuck"}


def test_the_peers_are_as_many_as_wanted(reader: Reader) -> None:
    assert len(reader.get("/network/connections")) == 30
    reader.node.faults.add(faults.peers(2))
    assert len(reader.get("/network/connections")) == 2


def test_a_wrong_chain_id_stands_everywhere(reader: Reader) -> None:
    reader.node.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    assert reader.get("/chains/main/chain_id") == "NetXnHfVqm9iesp"
    assert reader.get(BLOCK)["chain_id"] == "NetXnHfVqm9iesp"
    assert reader.get(BLOCK + "/header")["chain_id"] == "NetXnHfVqm9iesp"


def test_one_missing_block_is_404_and_its_neighbours_are_there(reader: Reader) -> None:
    reader.node.faults.add(faults.missing_block(10_050))
    assert reader.response(BLOCK).status_code == 404
    assert reader.response(BLOCK + "/operations/0").status_code == 404
    assert reader.response(f"/chains/main/blocks/{CHAIN.hash(HEAD)}~50").status_code == 404
    assert reader.response("/chains/main/blocks/10051").status_code == 200


def test_a_pruned_level_is_410(reader: Reader) -> None:
    reader.node.faults.add(faults.pruned(levels=(10_001, 10_060)))
    assert reader.response(BLOCK).status_code == 410
    assert reader.response("/chains/main/blocks/10061").status_code == 200


def metadata_of_operations(reader: Reader) -> list[object]:
    return [
        content.get("metadata")
        for operations in reader.get(BLOCK)["operations"]
        for operation in operations
        for content in operation["contents"]
    ]


def test_metadata_can_be_absent_everywhere(reader: Reader) -> None:
    assert all(metadata_of_operations(reader))
    reader.node.faults.add(faults.no_metadata(levels=(10_050, 10_050)))
    assert "metadata" not in reader.get(BLOCK)
    assert not any(metadata_of_operations(reader))
    assert reader.response(BLOCK + "/metadata").status_code == 404
    assert "metadata" in reader.block("10051")


def test_metadata_can_be_absent_from_operations_alone(reader: Reader) -> None:
    reader.node.faults.add(faults.no_operation_metadata())
    assert reader.get(BLOCK)["metadata"]["baker"]
    assert not any(metadata_of_operations(reader))


def test_metadata_of_operations_can_be_too_large(reader: Reader) -> None:
    reader.node.faults.add(faults.too_large())
    assert not any(metadata_of_operations(reader))
    assert {operation["metadata"] for operation in reader.get(BLOCK + "/operations/0")} == {"too large"}


@pytest.mark.parametrize(("added", "difference"), [(False, 0), (True, 1)])
def test_an_operation_can_be_of_an_unknown_kind(reader: Reader, added: bool, difference: int) -> None:
    before = reader.get(BLOCK + "/operations/0")
    reader.node.faults.add(faults.unknown_operation(added=added))
    for operations in (reader.get(BLOCK + "/operations/0"), reader.get(BLOCK)["operations"][0]):
        kinds = [operation["contents"][0]["kind"] for operation in operations]
        assert kinds.count("attestation_of_tomorrow") == 1
        assert len(kinds) == len(before) + difference


def test_an_attestation_of_an_earlier_level_can_stand_among_the_others(reader: Reader) -> None:
    who = CHAIN.plan.bakers[0].address
    before = reader.get(BLOCK + "/operations/0")
    reader.node.faults.add(faults.stray_attestation(who))
    *others, stray = reader.get(BLOCK)["operations"][0]
    assert others == before
    assert (stray["contents"][0]["level"], stray["contents"][0]["metadata"]["delegate"]) == (10_048, who)


def test_the_head_and_its_predecessor_reorganise_at_every_request_and_nothing_final_does(reader: Reader) -> None:
    reader.node.faults.add(faults.head_reorganisation())
    assert len({reader.block("head/hash") for _ in range(4)}) == 4
    assert len({reader.block("head~1/hash") for _ in range(4)}) == 4
    assert {reader.block("head~2/hash") for _ in range(4)} == {CHAIN.hash(HEAD - 2)}
    pinned = reader.block("head/hash")
    assert reader.block(f"{pinned}~2/hash") == CHAIN.hash(HEAD - 2)
    assert reader.block("head/header")["level"] == HEAD


def test_a_fork_below_finality_is_another_history_with_its_own_truth(reader: Reader) -> None:
    fork = CHAIN.forked(10_040, "other")
    reader.node.faults.add(faults.fork(10_040, "other"))
    assert reader.block("10039/hash") == CHAIN.hash(10_039)
    assert reader.block("10040/hash") == fork.hash(10_040)
    assert reader.block("head/hash") == fork.hash(HEAD)
    (aggregate,) = [one for one in reader.block("10061/operations/0") if "committee" in one["contents"][0]]
    told = {member["delegate"] for member in aggregate["contents"][0]["metadata"]["committee"]}
    assert told <= fork.attestations(10_060).attested
    assert reader.block(f"{CHAIN.hash(10_040)}/header")["level"] == 10_040, "the abandoned branch is still known"


def test_one_of_two_endpoints_can_disagree(serve: Serve) -> None:
    one, other = serve(CHAIN, head=HEAD), serve(CHAIN, head=HEAD)
    other.node.faults.add(faults.fork(HEAD - 5))
    assert one.block("head~6/hash") == other.block("head~6/hash")
    assert one.block("head~2/hash") != other.block("head~2/hash")


def test_a_fault_strikes_where_and_as_often_as_told(reader: Reader) -> None:
    reader.node.faults.add(faults.status(503, path="/operations/0", levels=(10_050, 10_051), count=1))
    assert reader.response(BLOCK).status_code == 200
    assert reader.response("/chains/main/blocks/10052/operations/0").status_code == 200
    assert reader.response("/chains/main/blocks/10051/operations/0").status_code == 503
    assert reader.response("/chains/main/blocks/10051/operations/0").status_code == 200
    assert not reader.node.faults


def test_faults_of_different_kinds_add_up_until_cleared(reader: Reader) -> None:
    reader.node.faults.add(faults.stale_head(10_060))
    reader.node.faults.add(faults.no_operation_metadata())
    reader.node.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    block = reader.block("head")
    assert (block["header"]["level"], block["chain_id"]) == (10_060, "NetXnHfVqm9iesp")
    assert "metadata" not in block["operations"][0][0]["contents"][0]
    reader.node.faults.clear()
    assert reader.block("head")["header"]["level"] == HEAD
