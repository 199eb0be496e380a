"""Whole collections against a simulated subtensor chain: what is asked, and what is handed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collectors.bittensor.collector import BittensorCollector
from collectors.bittensor.plan import BittensorPlan
from collectors.interface import Finished
from monitor.model import CoverageGap
from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import FINNEY, large_plan, small_plan
from tests.collectors.bittensor.reading import NETWORK, Collected, collect, cursor_at, final_of, hash_of, plan_from
from tests.collectors.raw_node import client_for
from tests.collectors.tezos.plans import endpoints_of

CHAIN = Chain(small_plan())
FIRST = CHAIN.plan.first_block
QUIET, EPOCH = FIRST + 300, FIRST + 286
"""Heads behind whose five newest final blocks are no epoch, and one of subnet 1."""
TWENTY = (
    *("alice", "bob", "carol", "dave", "erin", "frank"),
    *(f"m{netuid}-{place}" for netuid in (1, 2) for place in range(1, 8)),
)


class Listening(SubtensorNode):
    """Keeps what it was asked."""

    def __init__(self, chain: Chain, head: int, **settings: Any) -> None:
        super().__init__(chain, clock=Clock(chain.timestamp(head)), **settings)
        self.bodies: list[bytes] = []

    def named(self, target: str, body: bytes) -> str:
        if not self.bodies or self.bodies[-1] is not body:
            self.bodies.append(body)
        return super().named(target, body)

    def calls(self) -> list[dict[str, Any]]:
        asked = [json.loads(body) for body in self.bodies]
        return [call for one in asked for call in (one if isinstance(one, list) else [one])]


@pytest.fixture
def node() -> Iterator[Listening]:
    with Listening(CHAIN, QUIET) as running:
        yield running


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Metadata that an earlier run fetched."""
    folder = tmp_path_factory.mktemp("cache")
    with Listening(CHAIN, QUIET) as running:
        collect(plan_from(CHAIN, None, CHAIN.timestamp(QUIET)), folder, running.url)
    return folder


def behind(node: SubtensorNode, blocks: int = 5, chain: Chain = CHAIN, **changes: Any) -> BittensorPlan:
    return plan_from(chain, final_of(node, chain) - blocks, int(node.clock()), **changes)


@pytest.mark.parametrize("head", [QUIET, EPOCH])
@pytest.mark.parametrize("names", [("alice",), TWENTY])
def test_five_new_blocks_and_three_subnets_cost_three_or_four_requests(
    cache: Path, names: tuple[str, ...], head: int
) -> None:
    with Listening(CHAIN, head) as node:
        plan = behind(node, hotkeys=dict.fromkeys(names, (1, 2, 3)))
        found = collect(plan, cache, node.url)
        final = final_of(node, CHAIN)
    assert (found.error, found.finished.caught_up) == ("", True)
    assert found.levels == list(range(final - 4, final + 1))
    assert len(found.snapshot.neurons) == 3 * len(names)
    assert found.finished.requests == node.requests.count <= 4


def test_as_many_requests_where_subnets_have_256_neurons_and_are_watched_themselves(tmp_path: Path) -> None:
    chain = Chain(large_plan())
    with Listening(chain, chain.plan.block_at(100)) as node:
        names = [f"v{place}" for place in range(20)]
        plan = behind(node, chain=chain, hotkeys=dict.fromkeys(names, (1, 2, 3)), subnets=frozenset({1, 2, 3}))
        collect(plan, tmp_path, node.url)
        node.requests.reset()
        found = collect(plan, tmp_path, node.url)
    assert found.error == ""
    assert found.finished.requests == node.requests.count <= 4
    assert [len(subnet.vectors.hotkeys or ()) for subnet in found.snapshot.subnets.values()] == [256, 256, 256]


def test_all_state_is_of_the_finalised_block_and_blocks_are_asked_by_their_hashes(node: Listening, cache: Path) -> None:
    found = collect(behind(node, coldkeys=frozenset({CHAIN.plan.coldkey("alice")})), cache, node.url)
    final = final_of(node, CHAIN)
    new = [hash_of(CHAIN, block) for block in range(final - 4, final + 1)]
    state = [call for call in node.calls() if call["method"].startswith("state_")]
    events = [call["params"][-1] for call in state if len(call["params"][0]) == 3]
    assert events == new
    assert {call["params"][-1] for call in state if len(call["params"][0]) != 3} == {new[-1]}
    assert [call["params"][0] for call in node.calls() if call["method"] == "chain_getBlock"] == new
    assert (found.snapshot.chain.hash, found.snapshot.chain.block) == (new[-1], final)
    assert found.snapshot.chain.timestamp == CHAIN.timestamp(final) == found.finished.source.head_timestamp
    assert found.snapshot.chain.head == QUIET == found.finished.source.head_level


def test_blocks_come_in_order_and_each_follows_the_one_before(node: Listening, cache: Path) -> None:
    plan = behind(node, 60)
    found = collect(plan, cache, node.url)
    assert plan.cursor is not None
    before = plan.cursor.hash
    for block in found.blocks:
        assert (block.predecessor, block.hash) == (before, hash_of(CHAIN, block.level))
        assert block.timestamp == CHAIN.timestamp(block.level)
        before = block.hash
    assert found.levels == list(range(plan.cursor.level + 1, plan.cursor.level + 61))
    assert [facts.block for one in found.read for facts in one.facts] == found.levels
    assert found.gaps == []


def test_a_block_s_calls_and_events_are_those_of_the_chain(node: Listening, cache: Path) -> None:
    for facts in collect(behind(node), cache, node.url).read[0].facts:
        made = CHAIN.block(facts.block)
        written = [one.call for one in made.extrinsics]
        assert [call.name for call in facts.calls] == [f"{pallet}.{name}" for pallet, name, _ in written]
        assert len(facts.events) == len(made.records)


def test_at_the_first_contact_the_newest_final_block_is_read_and_the_chain_named(node: Listening, cache: Path) -> None:
    plan = plan_from(CHAIN, None, int(node.clock()))
    found = collect(plan, cache, node.url)
    final = final_of(node, CHAIN)
    assert found.probed is not None
    assert (found.probed.network, found.probed.chain_id) == (NETWORK, FINNEY)
    assert (found.probed.first_level, found.probed.final_level, found.levels) == (final, final, [final])
    assert found.snapshot.chain.previous_spec_version is None


def test_metadata_is_fetched_once_and_read_from_disk_by_the_next_run(node: Listening, tmp_path: Path) -> None:
    plan = plan_from(CHAIN, None, int(node.clock()))
    collect(plan, tmp_path, node.url)
    collect(plan, tmp_path, node.url)
    asked = [call for call in node.calls() if call["params"][:1] == ["Metadata_metadata_at_version"]]
    assert len(asked) == 1
    assert "state_getMetadata" not in {call["method"] for call in node.calls()}


def test_with_nothing_new_only_the_head_is_asked_for_a_minute(node: Listening, cache: Path) -> None:
    final = final_of(node, CHAIN)
    soon = behind(node, 0)._replace(now=CHAIN.timestamp(final) + 59)
    found = collect(soon, cache, node.url)
    assert (found.items[:-1], found.finished.caught_up, found.error) == ([], True, "")
    assert found.finished.requests == 1


def test_a_head_that_stays_for_more_than_a_minute_is_read_again_so_that_a_standstill_is_seen(
    node: Listening, cache: Path
) -> None:
    final = final_of(node, CHAIN)
    found = collect(behind(node, 0)._replace(now=CHAIN.timestamp(final) + 61), cache, node.url)
    assert (found.snapshot.chain.block, found.levels, found.finished.caught_up) == (final, [], True)


def test_what_is_too_far_behind_is_a_gap_and_the_newest_blocks_are_read(node: Listening, cache: Path) -> None:
    found = collect(behind(node, 80, max_catchup=30), cache, node.url)
    final = final_of(node, CHAIN)
    passed = CoverageGap(NETWORK, final - 79, final - 30, "further behind than BITTENSOR_MAX_CATCHUP_BLOCKS")
    assert found.gaps == [passed]
    assert [block.level for block in found.blocks] == list(range(final - 29, final + 1))
    assert found.levels == list(range(final - 79, final + 1))


def test_a_run_whose_time_is_over_stops_between_blocks_without_an_error(node: Listening, cache: Path) -> None:
    plan = behind(node, 60)
    assert plan.cursor is not None
    with client_for(node.url, max_body=64 << 20) as client:
        items = list(BittensorCollector(client, endpoints_of(node.url), cache, 0.0).collect(plan))
    finished = items[-1]
    assert isinstance(finished, Finished)
    assert (finished.error, finished.caught_up) == (None, False)
    assert Collected(items).levels == [plan.cursor.level + 1]


def test_a_chain_that_nobody_knows_is_named_by_the_setting_or_by_its_genesis(tmp_path: Path) -> None:
    chain = Chain(replace(small_plan(), genesis="0x" + "ab" * 32))
    with Listening(chain, chain.plan.block_at(100)) as node:
        plan = plan_from(chain, None, int(node.clock()))
        plain = collect(plan, tmp_path, node.url)
        named = collect(plan._replace(name_override="local"), tmp_path, node.url)
        wrong = collect(plan._replace(name_override="finney"), tmp_path, node.url)
    assert plain.finished.network == "bittensor:abababab"
    assert named.finished.network == "bittensor:local"
    assert wrong.items == [wrong.finished]
    assert wrong.error == "the node's genesis is 0xabababab…, which is not finney's"
    assert wrong.finished.source.failure == wrong.error


def test_the_same_block_under_another_hash_is_told_and_nothing_after_it_taken(node: Listening, cache: Path) -> None:
    plan = behind(node)
    final = final_of(node, CHAIN)
    other = cursor_at(CHAIN, final - 5)._replace(hash="0x" + "cd" * 32)
    found = collect(plan._replace(cursor=other), cache, node.url)
    assert found.levels == []
    assert found.error == f"127.0.0.1#1: block {final - 4} does not follow block {final - 5} as it was read before"
    assert found.finished.source.disagreement is not None
    assert (found.finished.caught_up, found.snapshots) == (False, [])
