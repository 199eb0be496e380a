from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.plan import BittensorPlan
from collectors.bittensor.probe import AHEAD, Probe, probe
from simulator import faults
from simulator.clock import Clock
from simulator.faults import Fault
from simulator.subtensor.chain import Chain
from simulator.subtensor.faults import batch_limit, refused, rpc_error, stale_final
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import FINNEY, small_plan
from tests.collectors.bittensor.reading import final_of, hash_of, plan_from
from tests.collectors.raw_node import client_for
from tests.collectors.tezos.plans import endpoints_of

CHAIN = Chain(small_plan())
HEAD = CHAIN.plan.block_at(300)
OTHER = Chain(replace(small_plan(seed=7), genesis="0x" + "ab" * 32))


@pytest.fixture
def nodes() -> Iterator[tuple[SubtensorNode, SubtensorNode]]:
    clock = Clock(CHAIN.timestamp(HEAD))
    with SubtensorNode(CHAIN, clock=clock) as a, SubtensorNode(CHAIN, clock=clock) as b:
        yield a, b


def plan(behind: int | None = 5, **changes: Any) -> BittensorPlan:
    final = CHAIN.finalized_of(HEAD)
    return plan_from(CHAIN, None if behind is None else final - behind, CHAIN.timestamp(HEAD), **changes)


def ask(what: BittensorPlan, *nodes: SubtensorNode) -> Probe:
    urls = [node.url for node in nodes]
    with client_for(*urls, timeout=0.5) as client:
        return probe(JsonRpc(client), what, endpoints_of(*urls), client.preferred())


def test_one_request_tells_the_chain_the_head_and_the_hashes_after_the_cursor(
    nodes: tuple[SubtensorNode, SubtensorNode],
) -> None:
    found = ask(plan(), nodes[0])
    (head,) = found.heads
    final = final_of(nodes[0], CHAIN)
    assert (head.genesis, found.genesis, head.best, head.finalised) == (FINNEY, FINNEY, HEAD, hash_of(CHAIN, final))
    assert (head.first, head.final) == (final - 4, final)
    assert head.hashes[: HEAD - final + 5] == tuple(hash_of(CHAIN, block) for block in range(final - 4, HEAD + 1))
    assert set(head.hashes[HEAD - final + 5 :]) == {None}
    assert nodes[0].requests.count == 1


def test_what_an_endpoint_says_becomes_its_reading(nodes: tuple[SubtensorNode, SubtensorNode]) -> None:
    nodes[1].stop()
    found = ask(plan(), *nodes)
    first, second = found.readings
    assert (first.answered, first.head_level, first.chain_id, first.error) == (True, HEAD, FINNEY, None)
    assert (second.answered, second.head_level, second.error) == (False, None, "connection refused")
    assert (len(found.heads), found.error) == (1, None)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.status(503), "HTTP 503"),
        (faults.hang(), "timed out"),
        (faults.dribble("body", 0.2), "timed out"),
        (faults.garbage(), "not JSON"),
        (faults.truncated(), "not JSON"),
        (refused(429), "HTTP 429 too many requests"),
        (refused(403), "HTTP 403 too many requests"),
        (rpc_error(-32005, "too many requests"), "rate limit of the node"),
        (rpc_error(-32000, "https://secret@node"), "JSON-RPC error -32000"),
        (rpc_error(4003, "Client error: UnknownBlock"), "unknown block"),
        (faults.json_value([]), "no call of the batch was answered"),
        (faults.json_value({"jsonrpc": "2.0", "id": None, "error": {"code": -1}}), "JSON-RPC error -1"),
    ],
    ids=lambda value: value.kind + str(value.status) if isinstance(value, Fault) else "",
)
def test_an_endpoint_that_does_not_tell_says_why_and_the_other_one_is_there(
    nodes: tuple[SubtensorNode, SubtensorNode], fault: Fault, told: str
) -> None:
    nodes[0].faults.add(fault)
    found = ask(plan(), *nodes)
    assert [head.endpoint for head in found.heads] == ["127.0.0.1#2"]
    assert found.readings[0].answered is False
    assert told in (found.readings[0].error or "")
    assert found.error is None
    assert "secret" not in repr(found)


def test_a_batch_limit_is_kept_to(nodes: tuple[SubtensorNode, SubtensorNode]) -> None:
    nodes[0].faults.add(batch_limit(2))
    found = ask(plan(), nodes[0])
    assert [head.best for head in found.heads] == [HEAD]


def test_an_endpoint_of_another_chain_is_told_and_not_used() -> None:
    clock = Clock(CHAIN.timestamp(HEAD))
    with SubtensorNode(OTHER, clock=clock) as wrong, SubtensorNode(CHAIN, clock=clock) as right:
        both, alone = ask(plan(), wrong, right), ask(plan(), wrong)
    assert [head.endpoint for head in both.heads] == ["127.0.0.1#2"]
    assert both.readings[0].chain_id == OTHER.plan.genesis
    assert (alone.heads, alone.error) == ((), "127.0.0.1#1: on another chain than the one pinned")


def test_an_endpoint_whose_finalised_head_stands_still_is_asked_last(
    nodes: tuple[SubtensorNode, SubtensorNode],
) -> None:
    final = CHAIN.finalized_of(HEAD)
    nodes[0].faults.add(stale_final(final - 30))
    found = ask(plan(30), *nodes)
    assert [head.endpoint for head in found.heads] == ["127.0.0.1#2", "127.0.0.1#1"]
    assert [reading.head_level for reading in found.readings] == [final - 30, HEAD]


def test_so_it_is_where_the_other_one_is_farther_ahead_than_hashes_are_asked_for(
    nodes: tuple[SubtensorNode, SubtensorNode],
) -> None:
    nodes[0].faults.add(stale_final(CHAIN.finalized_of(HEAD) - 3 * AHEAD))
    found = ask(plan(3 * AHEAD), *nodes)
    assert [head.endpoint for head in found.heads] == ["127.0.0.1#2", "127.0.0.1#1"]


def test_a_few_blocks_between_endpoints_do_not_change_who_is_asked_first(
    nodes: tuple[SubtensorNode, SubtensorNode],
) -> None:
    nodes[0].faults.add(faults.behind(4))
    found = ask(plan(), *nodes)
    assert [head.endpoint for head in found.heads] == ["127.0.0.1#1", "127.0.0.1#2"]


def test_before_the_first_contact_no_hashes_are_asked_for(nodes: tuple[SubtensorNode, SubtensorNode]) -> None:
    (head,) = ask(plan(None), nodes[0]).heads
    assert (head.hashes, head.final, head.best) == ((), None, HEAD)


@pytest.mark.parametrize("genesis", ["0x", "0x" + "zz" * 32, "\n" * 66, 7, None, ["0x" + "ab" * 32]])
def test_a_genesis_that_is_no_hash_is_no_chain(nodes: tuple[SubtensorNode, SubtensorNode], genesis: Any) -> None:
    answers = [{"jsonrpc": "2.0", "id": 1, "result": hash_of(CHAIN, HEAD)}, {"jsonrpc": "2.0", "id": 3}]
    answers[1]["result"] = genesis
    answers.append({"jsonrpc": "2.0", "id": 2, "result": {"parentHash": "0x", "number": "0x1"}})
    nodes[0].faults.add(faults.json_value(answers))
    found = ask(plan(None), nodes[0])
    assert (found.heads, found.genesis) == ((), None)
    assert found.readings[0].answered is False
