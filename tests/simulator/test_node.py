from __future__ import annotations

import threading
import time

import pytest
import requests

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.simulator.conftest import Serve

CHAIN = Chain(small_plan())
HEAD = 10_100


@pytest.mark.parametrize(
    ("block_id", "level"),
    [("head", HEAD), ("head~2", HEAD - 2), ("head-2", HEAD - 2), ("10050", 10_050), ("checkpoint", HEAD - 2)],
)
def test_a_block_is_found_by_head_distance_and_level(serve: Serve, block_id: str, level: int) -> None:
    assert serve(CHAIN, head=HEAD).block(f"{block_id}/header")["level"] == level


def test_a_block_is_found_by_hash_and_distance_from_a_hash(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    assert reader.block(f"{CHAIN.hash(10_050)}/header")["level"] == 10_050
    assert reader.block(f"{CHAIN.hash(HEAD)}~3/hash") == CHAIN.hash(HEAD - 3)


@pytest.mark.parametrize("block_id", ["10101", "10000", "head~200", CHAIN.hash(10_101), "B" + "L" * 50])
def test_a_block_that_is_not_there_is_404(serve: Serve, block_id: str) -> None:
    assert serve(CHAIN, head=HEAD).response(f"/chains/main/blocks/{block_id}/header").status_code == 404


def test_a_block_id_that_is_none_is_400(serve: Serve) -> None:
    assert serve(CHAIN, head=HEAD).response("/chains/main/blocks/tomorrow").status_code == 400


def test_the_head_moves_with_the_clock(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    clock = reader.node.clock
    assert isinstance(clock, Clock)
    clock.advance(60)
    assert reader.block("head/header")["level"] == HEAD + 10


def test_every_block_names_its_predecessor_and_the_parts_are_the_whole(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    block = reader.block("10050?metadata=always")
    assert block["header"]["predecessor"] == reader.block("10049/hash")
    header = reader.block("10050/header")
    assert header == {key: block[key] for key in ("protocol", "chain_id", "hash")} | block["header"]
    assert reader.block("10050/metadata") == block["metadata"]
    assert reader.block("10050/operations") == block["operations"]
    assert [reader.block(f"10050/operations/{place}") for place in range(4)] == block["operations"]


def test_a_target_above_8_kb_is_414(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    path = "/chains/main/blocks/head/helpers/baking_rights?"
    assert reader.response(path + "level=10050&" * 670).status_code == 200
    assert reader.response(path + "level=10050&" * 690).status_code == 414


def test_one_connection_carries_many_requests(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    for _ in range(10):
        reader.block("head/hash")
    assert (reader.node.requests.count, reader.node.requests.connections) == (10, 1)


def test_requests_are_counted_by_target_and_status(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    reader.response("/chains/main/blocks/head")
    reader.response("/chains/main/blocks/99999/header")
    assert reader.node.requests.matching("/header") == ["/chains/main/blocks/99999/header"]
    assert reader.node.requests.statuses == {200: 1, 404: 1}
    reader.node.requests.reset()
    assert reader.node.requests.count == 0


def test_the_most_requests_at_once_are_known() -> None:
    with Node(CHAIN, clock=Clock(CHAIN.timestamp(HEAD)), latency=0.2) as node:
        url = node.url + "/chains/main/blocks/head/hash"
        threads = [threading.Thread(target=requests.get, args=(url,), kwargs={"timeout": 5}) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert node.requests.max_concurrent == 5
        assert node.requests.max_connections == 5


def test_a_stopped_node_refuses_and_comes_back_on_the_same_port() -> None:
    node = Node(CHAIN, clock=Clock(CHAIN.timestamp(HEAD)))
    node.start()
    url = node.url + "/chains/main/blocks/head/hash"
    assert requests.get(url, timeout=5).status_code == 200
    node.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    node.start()
    assert requests.get(url, timeout=5).json() == CHAIN.hash(HEAD)
    node.stop()


def test_two_nodes_of_one_chain_tell_the_same(serve: Serve) -> None:
    one, other = serve(CHAIN, head=HEAD), serve(CHAIN, head=HEAD)
    assert one.node.url != other.node.url
    assert one.block("head") == other.block("head")


def test_following_a_fork_is_a_reorganisation_below_finality(serve: Serve) -> None:
    reader = serve(CHAIN, head=HEAD)
    fork = CHAIN.forked(10_090)
    before = [reader.block(f"{level}/hash") for level in (10_089, 10_090)]
    reader.node.follow(fork)
    assert reader.block("10089/hash") == before[0]
    assert reader.block("10090/hash") == fork.hash(10_090) != before[1]


def test_a_level_is_rendered_and_served_within_milliseconds(serve: Serve) -> None:
    chain = Chain(small_plan(bakers=20))
    reader = serve(chain, head=10_400)
    began = time.process_time()
    for level in range(10_001, 10_401):
        reader.response(f"/chains/main/blocks/{level}")
    assert (time.process_time() - began) / 400 < 0.01
