from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import pytest

from collectors.errors import NoAnswer, OutOfTime, Unreadable
from collectors.tezos.paths import MAX_LEVELS_PER_CALL
from collectors.tezos.pipeline import LOOKAHEAD, LevelRead, Pipeline, read_everywhere
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import ACCIDENTS, small_plan
from tests.collectors.raw_node import RawNode, hangs, reply, says, sends
from tests.collectors.tezos.plans import client_of, endpoints_of

FIRST, LAST, HEAD = 10_030, 10_089, 10_300
CHAIN = Chain(small_plan(seed=5, chances=ACCIDENTS))
NOW = CHAIN.timestamp(HEAD)
ALICE, TINY = (CHAIN.plan.baker(name).address for name in ("alice", "tiny1"))
GONE = "http://localhost:1"


@pytest.fixture
def nodes() -> Iterator[tuple[Node, Node]]:
    clock = Clock(NOW)
    with Node(CHAIN, clock=clock) as a, Node(CHAIN, clock=clock) as b:
        yield a, b


def read(
    *urls: str,
    first: int = FIRST,
    last: int = LAST,
    delegates: Sequence[str] = (ALICE, TINY),
    exclude: Sequence[str] = (),
    connections: int = 4,
) -> list[LevelRead]:
    with client_of(endpoints_of(*urls), NOW) as client:
        pipeline = Pipeline(client, first, last, delegates, head="head", exclude=exclude, connections=connections)
        try:
            return list(pipeline)
        finally:
            pipeline.close()


def blocks_asked(node: Node) -> int:
    return len(node.requests.matching("metadata=always"))


def test_levels_come_in_order_with_their_rights(nodes: tuple[Node, Node]) -> None:
    levels = read(nodes[0].url)
    assert [one.level for one in levels] == list(range(FIRST, LAST + 1))
    truth = {(fact.duty, fact.level, fact.round) for fact in CHAIN.truth(ALICE, FIRST - 1, LAST)}
    for one in levels:
        assert one.facts is not None
        assert one.baking_rights is not None
        assert one.attestation_rights is not None
        bakes = {("baking", right.level, right.round) for right in one.baking_rights if right.delegate == ALICE}
        came_due = {bake for bake in bakes if bake[2] <= one.facts.head.round}
        assert came_due == {fact for fact in truth if fact[:2] == ("baking", one.level)}
        attested = [right.level for right in one.attestation_rights if right.delegate == ALICE]
        assert attested == [fact[1] for fact in truth if fact[:2] == ("attestation", one.level - 1)]


def test_rounds_are_asked_up_to_the_highest_of_the_batch(nodes: tuple[Node, Node]) -> None:
    read(nodes[0].url)
    asked = nodes[0].requests.matching("/baking_rights")
    for target in asked:
        query = parse_qs(urlsplit(target).query)
        assert query["max_round"] == [str(max(CHAIN.bake(int(level)).round for level in query["level"]))]
        assert query["all"] == ["true"]
    assert len({parse_qs(urlsplit(target).query)["max_round"][0] for target in asked}) > 1


def test_a_block_costs_one_request_and_rights_next_to_nothing(nodes: tuple[Node, Node]) -> None:
    read(nodes[0].url)
    count = LAST - FIRST + 1
    assert nodes[0].requests.count <= 1.2 * count
    assert blocks_asked(nodes[0]) == count


def test_no_more_requests_are_under_way_than_allowed(nodes: tuple[Node, Node]) -> None:
    nodes[0].latency = 0.005
    read(nodes[0].url, connections=3)
    assert nodes[0].requests.max_concurrent == 3


def test_reading_does_not_run_away_from_whoever_takes_the_levels(nodes: tuple[Node, Node]) -> None:
    with client_of(endpoints_of(nodes[0].url), NOW) as client:
        pipeline = Pipeline(client, FIRST, HEAD - 2, (ALICE,), head="head", exclude=(), connections=4)
        next(iter(pipeline))
        until = time.monotonic() + 5
        while blocks_asked(nodes[0]) < LOOKAHEAD and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.05)  # in which it would read on
        pipeline.close()
    assert LOOKAHEAD <= blocks_asked(nodes[0]) <= LOOKAHEAD + MAX_LEVELS_PER_CALL


def test_without_delegates_no_rights_are_asked(nodes: tuple[Node, Node]) -> None:
    levels = read(nodes[0].url, delegates=(), last=FIRST + 3)
    assert [(one.baking_rights, one.attestation_rights) for one in levels] == [((), ())] * 4
    assert nodes[0].requests.matching("rights") == []


def test_a_level_that_one_endpoint_cannot_give_comes_from_another(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.no_metadata(levels=(FIRST + 1, FIRST + 1)))
    levels = read(nodes[0].url, nodes[1].url.replace("127.0.0.1", "localhost"), last=FIRST + 2)
    assert [one.unreadable for one in levels] == [None, None, None]
    assert levels[1].endpoint == "localhost#2"


def test_a_level_that_no_endpoint_gives_whole_says_why(nodes: tuple[Node, Node]) -> None:
    for node in nodes:
        node.faults.add(faults.no_metadata(levels=(FIRST + 1, FIRST + 1)))
    levels = read(nodes[0].url, nodes[1].url.replace("127.0.0.1", "localhost"), last=FIRST + 2)
    assert [one.unreadable for one in levels] == [None, "the block has no metadata", None]
    assert levels[1].facts is not None


def test_a_pruned_level_has_no_facts(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.pruned(levels=(FIRST, FIRST), path="metadata=always"))
    pruned, whole = read(nodes[0].url, last=FIRST + 1)
    assert (pruned.facts, pruned.no_answer) == (None, None)
    assert pruned.unreadable is not None
    assert "410" in pruned.unreadable
    assert whole.unreadable is None


def test_another_levels_block_is_not_taken_for_the_one_asked(nodes: tuple[Node, Node]) -> None:
    with RawNode(says({"hash": "B", "header": {}})) as other:
        (one,) = read(other.url, last=FIRST)
    assert one.unreadable is not None
    assert one.facts is None


def test_a_level_nobody_answers_is_told_as_that(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.status(503, levels=(FIRST, FIRST), path="metadata=always"))
    one = read(nodes[0].url, last=FIRST + 1)[0]
    assert isinstance(one.no_answer, NoAnswer)
    assert one.unreadable is None


def test_rights_that_nobody_answers_leave_their_levels_unanswered(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.status(503, path="/attestation_rights"))
    assert all(isinstance(one.no_answer, NoAnswer) for one in read(nodes[0].url, last=FIRST + 2))


def test_rights_that_cannot_be_read_are_asked_at_the_head_too(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.pruned(path=f"/blocks/{FIRST + 2}/helpers"))
    assert [one.unreadable for one in read(nodes[0].url, last=FIRST + 2)] == [None] * 3
    assert nodes[0].requests.matching("/blocks/head/helpers/baking_rights")


def test_rights_of_no_known_shape_make_their_levels_unreadable(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.json_value([{"level": "many"}], path="/baking_rights"))
    one, *_ = read(nodes[0].url, last=FIRST + 1)
    assert one.facts is not None
    assert one.baking_rights is None
    assert one.attestation_rights is not None
    assert one.unreadable == "baking rights: 127.0.0.1#1: a baking right does not tell its level, round and delegate"


def test_an_endpoint_that_is_excluded_is_not_asked(nodes: tuple[Node, Node]) -> None:
    urls = nodes[0].url, nodes[1].url.replace("127.0.0.1", "localhost")
    levels = read(*urls, last=FIRST, exclude=("127.0.0.1#1", "127.0.0.1#1"))
    assert levels[0].endpoint == "localhost#2"
    assert nodes[0].requests.count == 0


def test_with_every_endpoint_excluded_there_is_no_answer(nodes: tuple[Node, Node]) -> None:
    (one,) = read(nodes[0].url, last=FIRST, exclude=("127.0.0.1#1",))
    assert str(one.no_answer) == "no endpoint is on the right chain"


# Asking everywhere ---------------------------------------------------------------------------------------------------


def good_only(value: object) -> str:
    if value == "odd":
        raise Unreadable("unknown shape")
    return str(value)


def everywhere(*urls: str, flaw: Callable[[str], str | None] = lambda _: None, seconds: float = 20) -> tuple[str, str]:
    with client_of(endpoints_of(*urls), NOW, seconds) as client:
        return read_everywhere(client, "/x", (), good_only, flaw, ())


def named(node: RawNode, name: str) -> str:
    return node.url.replace("127.0.0.1", name)


def test_the_first_answer_that_is_whole_is_taken() -> None:
    pruned = sends(reply(410, b""))
    with RawNode(pruned) as a, RawNode(says("odd")) as b, RawNode(says("good")) as c:
        assert everywhere(a.url, b.url, c.url) == ("good", "127.0.0.1#3")
        assert [len(node.asked) for node in (a, b, c)] == [1, 1, 1]


def test_a_flawed_answer_is_taken_where_there_is_no_better_one() -> None:
    def flaw(value: str) -> str | None:
        return "incomplete" if value == "half" else None

    with RawNode(says("half")) as a, RawNode(says("whole")) as b, RawNode(says("odd")) as c:
        assert everywhere(a.url, b.url, flaw=flaw) == ("whole", "127.0.0.1#2")
        assert everywhere(a.url, c.url, flaw=flaw) == ("half", "127.0.0.1#1")


def test_what_no_endpoint_gives_readably_is_unreadable_even_if_one_is_gone() -> None:
    with RawNode(says("odd")) as a, pytest.raises(Unreadable, match="unknown shape") as raised:
        everywhere(a.url, GONE)
    assert raised.value.endpoint == "127.0.0.1#1"


def test_a_run_that_ends_before_every_endpoint_was_asked_calls_nothing_unreadable() -> None:
    with RawNode(says("odd")) as a, RawNode(hangs) as b:
        with pytest.raises(OutOfTime):
            everywhere(a.url, b.url, seconds=0.3)
        assert (len(a.asked), len(b.asked)) == (1, 1)


def test_what_nobody_answers_is_not_called_unreadable() -> None:
    with pytest.raises(NoAnswer):
        everywhere(GONE)


def test_a_refusal_is_no_answer() -> None:
    refused = sends(reply(403, b""))
    with RawNode(refused) as a, pytest.raises(NoAnswer) as raised:
        everywhere(a.url)
    assert not isinstance(raised.value, OutOfTime)
