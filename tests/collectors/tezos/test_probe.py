from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from collectors.endpoint import EndpointHealth
from collectors.tezos.probe import Probe, probe
from monitor.model import Cursor
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.collectors.tezos.plans import CHAIN_ID, client_of, cursor_at, endpoints_of, make_plan

HEAD = 10_100
CHAIN = Chain(small_plan(seed=3))
NOW = CHAIN.timestamp(HEAD) + 2
A, B, C = "127.0.0.1#1", "localhost#2", "127.0.0.1#3"


class Nodes:
    """Three nodes of one chain, under names that tell them apart."""

    def __init__(self) -> None:
        self.clock = Clock(NOW)
        self.a, self.b, self.c = (Node(CHAIN, clock=self.clock) for _ in range(3))

    def urls(self, *kinds: str) -> list[str]:
        urls = [self.a.url, self.b.url.replace("127.0.0.1", "localhost"), self.c.url]
        return [f"{kind}{url}" for kind, url in zip(kinds, urls, strict=False)]

    def ask(
        self,
        *kinds: str,
        now: int = NOW,
        cursor: Cursor | None = None,
        health: dict[str, EndpointHealth] | None = None,
        **changes: object,
    ) -> Probe:
        """As RPC_URL lists them: "" or "own=" for each that is configured."""
        endpoints = endpoints_of(*self.urls(*kinds))
        plan = make_plan(CHAIN, now, {}, cursor or cursor_at(CHAIN, HEAD - 20), **changes)
        with client_of(endpoints, now, health=health) as client:
            return probe(client, plan, endpoints)


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    made = Nodes()
    with ExitStack() as stack:
        for node in (made.a, made.b, made.c):
            stack.enter_context(node)
        yield made


def answered(found: Probe) -> dict[str, bool | None]:
    return {reading.label: reading.answered for reading in found.readings}


def test_the_first_endpoint_is_asked_and_says_how_it_is(nodes: Nodes) -> None:
    found = nodes.ask("")
    assert found.head is not None
    assert (found.head.level, found.endpoint, found.chain_id, found.error) == (HEAD, A, CHAIN_ID, None)
    (reading,) = found.readings
    assert (reading.answered, reading.bootstrapped, reading.sync_state) == (True, True, "synced")
    assert found.witness is None


def test_a_second_endpoint_is_asked_for_the_hash_of_the_finalised_head(nodes: Nodes) -> None:
    found = nodes.ask("", "")
    assert found.witness is not None
    assert found.witness.endpoint == B
    assert not found.witness.contradicts(HEAD - 2, CHAIN.hash(HEAD - 2))
    assert found.witness.contradicts(HEAD - 2, "another hash")
    assert not found.witness.contradicts(HEAD - 50, "another hash")


def test_a_witness_ahead_by_a_block_still_speaks_of_our_level(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.behind(1))
    found = nodes.ask("", "")
    assert found.head is not None
    assert found.witness is not None
    assert found.head.level == HEAD - 1
    assert found.witness.contradicts(HEAD - 3, "another hash")


def test_the_level_that_was_in_dispute_is_asked_again(nodes: Nodes) -> None:
    blocked = cursor_at(CHAIN, HEAD - 20, blocked_level=HEAD - 19, blocked_since=NOW - 60, blocked_reason="dispute")
    found = nodes.ask("", "", cursor=blocked)
    assert found.witness is not None
    assert found.witness.contradicts(HEAD - 19, "another hash")


def test_witnesses_take_turns(nodes: Nodes) -> None:
    witnesses = [nodes.ask("", "", "", now=NOW + 60 * minute).witness for minute in range(2)]
    assert {witness.endpoint for witness in witnesses if witness} == {B, C}


def test_the_next_endpoint_answers_for_one_that_does_not(nodes: Nodes) -> None:
    nodes.a.stop()
    found = nodes.ask("", "")
    assert (found.endpoint, found.error) == (B, None)
    assert answered(found) == {A: False, B: True}
    assert found.readings[0].error == "connection refused"


def test_who_did_not_answer_a_moment_ago_is_no_witness(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.hang())
    found = nodes.ask("own=", "")
    assert found.witness is None
    assert nodes.a.requests.count == 1


def test_nobody_answers(nodes: Nodes) -> None:
    for node in (nodes.a, nodes.b):
        node.stop()
    found = nodes.ask("", "")
    assert (found.head, found.endpoint, found.witness) == (None, None, None)
    assert found.error == f"{B}: connection refused"
    assert answered(found) == {A: False, B: False}


def test_an_own_node_is_asked_even_if_it_is_not_needed(nodes: Nodes) -> None:
    nodes.b.faults.add(faults.behind(10))
    found = nodes.ask("", "own=", "")
    own = found.readings[1]
    assert (found.endpoint, own.kind, own.answered, own.head_level) == (A, "own", True, HEAD - 10)


def test_an_endpoint_that_is_not_needed_is_not_asked(nodes: Nodes) -> None:
    nodes.ask("", "", "")
    assert nodes.b.requests.count + nodes.c.requests.count == 1  # the witness


def test_a_stale_head_is_given_up_for_a_fresher_one(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.stale_head(HEAD - 60))
    found = nodes.ask("", "")
    assert found.head is not None
    assert (found.endpoint, found.head.level) == (B, HEAD)
    assert found.readings[0].head_level == HEAD - 60


def test_of_stale_heads_only_the_highest_is_taken(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.stale_head(HEAD - 60))
    nodes.b.faults.add(faults.stale_head(HEAD - 50))
    found = nodes.ask("", "")
    assert found.head is not None
    assert (found.endpoint, found.head.level) == (B, HEAD - 50)


def test_an_endpoint_on_another_chain_is_excluded(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    found = nodes.ask("", "", "")
    assert (found.endpoint, found.chain_id, found.excluded) == (B, CHAIN_ID, (A,))


def test_the_chain_of_the_first_contact_is_that_of_the_first_endpoint(nodes: Nodes) -> None:
    nodes.b.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    found = nodes.ask("own=", "own=", cursor=None, expected_chain_id=None)
    assert (found.endpoint, found.chain_id, found.excluded) == (A, CHAIN_ID, (B,))


def test_a_witness_on_another_chain_is_no_witness(nodes: Nodes) -> None:
    nodes.b.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    found = nodes.ask("", "")
    assert found.witness is None
    assert found.readings[1].chain_id == "NetXnHfVqm9iesp"


def test_only_another_chain_is_there(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    found = nodes.ask("")
    assert (found.head, found.excluded) == (None, (A,))
    assert found.error == f"{A}: on chain NetXnHfVqm9iesp, not {CHAIN_ID}"


def test_a_head_that_cannot_be_read_counts_as_no_answer(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.json_value({"level": "many"}))
    found = nodes.ask("", "")
    assert found.endpoint == B
    assert answered(found) == {A: False, B: True}


def test_peers_are_counted_every_other_minute_where_they_are_wanted(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.peers(2))
    readings = [nodes.ask("", now=NOW + 60 * minute, want_peers=True).readings[0] for minute in range(2)]
    assert {(reading.peers, reading.bootstrapped) for reading in readings} == {(2, None), (None, True)}


def test_a_node_that_does_not_tell_of_itself_is_not_at_fault(nodes: Nodes) -> None:
    nodes.a.faults.add(faults.status(403, path="/is_bootstrapped"))
    found = nodes.ask("")
    assert (found.error, found.readings[0].bootstrapped, found.readings[0].answered) == (None, None, True)
