from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.interface import Plan
from collectors.tezos.collector import BATCH_LEVELS, UNREADABLE_GRACE
from monitor.model import CoverageGap, Cursor, Outcome
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import ACCIDENTS, small_plan
from tests.collectors.tezos.plans import CHAIN_ID, NETWORK, Collected, collect, cursor_at, make_plan, read_readings

CHAIN = Chain(small_plan(seed=6, chances=ACCIDENTS))
HEAD = 10_200
FINAL = HEAD - 2
NOW = CHAIN.timestamp(HEAD)
ALICE, TINY = (CHAIN.plan.baker(name).address for name in ("alice", "tiny1"))
WATCHED: dict[str, int | None] = {ALICE: 0, TINY: 0}


@pytest.fixture
def nodes() -> Iterator[tuple[Node, Node]]:
    clock = Clock(NOW)
    with Node(CHAIN, clock=clock) as a, Node(CHAIN, clock=clock) as b:
        yield a, b


def urls(nodes: tuple[Node, Node]) -> tuple[str, str]:
    return nodes[0].url, nodes[1].url.replace("127.0.0.1", "localhost")


def plan_from(level: int | None, **changes: Any) -> Plan:
    """As an earlier run that read up to `level` left it; None: no run."""
    return make_plan(CHAIN, NOW, WATCHED, None if level is None else cursor_at(CHAIN, level), **changes)


def truth(target: str, first: int, last: int) -> set[tuple[Any, ...]]:
    """What blocks first..last tell of a target: bakes of those levels, attestations of the level before each."""
    found = set()
    for fact in CHAIN.truth(target, first - 1, last):
        block = fact.level + (fact.duty == "attestation")
        if first <= block <= last:
            found.add((target, fact.duty, fact.level, fact.round, fact.outcome.value))
    return found


def told(found: Collected) -> set[tuple[Any, ...]]:
    return {(one.target, one.duty, one.level, one.round, one.outcome.value) for one in found.observations}


def test_everything_between_the_cursor_and_the_finalised_head_is_judged(nodes: tuple[Node, Node]) -> None:
    found = collect(plan_from(FINAL - 120), nodes[0].url)
    assert found.levels == list(range(FINAL - 119, FINAL + 1))
    assert told(found) == truth(ALICE, FINAL - 119, FINAL) | truth(TINY, FINAL - 119, FINAL)
    assert {len(batch.blocks) for batch in found.batches} == {BATCH_LEVELS, 120 % BATCH_LEVELS}
    assert (found.finished.caught_up, found.finished.error) == (True, None)
    assert found.finished.source.head_level == HEAD


def test_at_the_first_contact_the_first_look_is_read_and_the_chain_named(nodes: tuple[Node, Node]) -> None:
    found = collect(plan_from(None), nodes[0].url)
    assert found.probed is not None
    assert (found.probed.network, found.probed.chain_id) == (NETWORK, CHAIN_ID)
    assert (found.probed.first_level, found.probed.final_level) == (FINAL - 49, FINAL)
    assert found.levels == list(range(FINAL - 49, FINAL + 1))


def test_with_nothing_new_only_the_head_is_asked(nodes: tuple[Node, Node]) -> None:
    found = collect(plan_from(FINAL), nodes[0].url)
    assert (found.batches, found.finished.caught_up, found.finished.error) == ([], True, None)
    assert found.finished.requests == 2  # the head, and how the node is


def test_a_chain_younger_than_its_finality_is_no_error() -> None:
    with Node(CHAIN, clock=Clock(CHAIN.plan.genesis_time)) as node:
        cursor = Cursor(NETWORK, CHAIN.plan.first_level + 5, "hash", 0, 0)
        found = collect(plan_from(FINAL)._replace(cursor=cursor, now=CHAIN.plan.genesis_time), node.url)
    assert (found.batches, found.finished.error, found.finished.caught_up) == ([], None, False)


def test_what_is_too_far_behind_is_a_gap_and_the_newest_levels_are_read(nodes: tuple[Node, Node]) -> None:
    found = collect(plan_from(FINAL - 150, max_catchup=60), nodes[0].url)
    assert found.batches[0].gaps == (
        CoverageGap(NETWORK, FINAL - 149, FINAL - 60, "further behind than MAX_CATCHUP_BLOCKS"),
    )
    assert found.levels == list(range(FINAL - 59, FINAL + 1))
    assert min(one.level for one in found.observations) >= FINAL - 59


def test_a_run_whose_time_is_over_stops_between_levels_without_an_error(nodes: tuple[Node, Node]) -> None:
    found = collect(plan_from(FINAL - 120), nodes[0].url, stop_after=-1)
    assert found.levels == [FINAL - 119]
    assert (found.finished.error, found.finished.caught_up) == (None, False)


def test_a_delegate_new_in_this_run_starts_at_the_next_level(nodes: tuple[Node, Node]) -> None:
    plan = plan_from(FINAL - 30)._replace(watched={ALICE: None})
    found = collect(plan, nodes[0].url)
    assert min(one.level for one in found.observations if one.duty == "attestation") == FINAL - 29


def test_a_network_nobody_answers_for_says_so(nodes: tuple[Node, Node]) -> None:
    nodes[0].stop()
    found = collect(plan_from(FINAL - 10), nodes[0].url)
    assert found.finished.error == "127.0.0.1#1: connection refused"
    assert (found.probed, found.batches) == (None, [])
    assert found.finished.source.head_level is None


def test_a_level_nobody_gives_ends_the_run_and_keeps_what_came_before(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.status(503, levels=(FINAL - 5, FINAL - 5), path="metadata=always"))
    found = collect(plan_from(FINAL - 20), nodes[0].url)
    assert found.levels == list(range(FINAL - 19, FINAL - 5))
    assert found.finished.error is not None
    assert found.finished.error.startswith(f"level {FINAL - 5}: 127.0.0.1#1: HTTP 503")


def test_a_lagging_node_is_asked_again_elsewhere(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.missing_block(FINAL))
    found = collect(plan_from(FINAL - 5), *urls(nodes))
    assert found.levels[-1] == FINAL
    assert found.finished.error is None


def test_an_endpoint_behind_is_not_asked_for_levels_it_cannot_know(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.behind(40))
    first, second = urls(nodes)
    found = collect(plan_from(FINAL - 20), f"own={first}", second, stop_after=20)
    assert found.levels == list(range(FINAL - 19, FINAL + 1))
    assert nodes[0].requests.matching("metadata=always") == []


def test_an_endpoint_on_another_and_lower_chain_leaves_the_others_to_be_asked(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.chain_id("NetXnHfVqm9iesp"))
    nodes[0].faults.add(faults.behind(40))
    found = collect(plan_from(FINAL - 5), *urls(nodes))
    assert found.levels == list(range(FINAL - 4, FINAL + 1))
    assert {endpoint.chain_id for endpoint in found.finished.source.endpoints} == {CHAIN_ID, "NetXnHfVqm9iesp"}


def test_a_name_that_is_not_the_chains_is_an_error_at_any_time(nodes: tuple[Node, Node]) -> None:
    for level in (None, FINAL - 5):
        found = collect(plan_from(level, name_override="ghostnet"), nodes[0].url)
        assert found.finished.error == f"the node is on mainnet (chain id {CHAIN_ID}), not on ghostnet"
        assert found.batches == []


# Levels that cannot be judged ---------------------------------------------------------------------------------------


def test_an_unreadable_level_blocks_until_it_had_its_time(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.no_metadata(levels=(FINAL - 5, FINAL - 5)))
    found = collect(plan_from(FINAL - 10), nodes[0].url)
    assert found.levels == list(range(FINAL - 9, FINAL - 5))
    assert found.blocked is not None
    assert (found.blocked.level, found.blocked.since) == (FINAL - 5, NOW)
    assert found.blocked.reason == "the block has no metadata"
    assert found.finished.source.unreadable is not None
    assert found.finished.error is None


def test_after_three_minutes_it_is_passed_as_unknown(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.no_metadata(levels=(FINAL - 5, FINAL - 5)))
    before = collect(plan_from(FINAL - 6), nodes[0].url)
    later = plan_from(FINAL - 6)._replace(now=NOW + UNREADABLE_GRACE, readings=read_readings(*before.finished.readings))
    found = collect(later, nodes[0].url)
    assert found.blocked is None
    assert [gap for batch in found.batches for gap in batch.gaps] == [
        CoverageGap(NETWORK, FINAL - 5, FINAL - 5, "the block has no metadata")
    ]
    unknown = {(one.duty, one.level) for one in found.observations if one.outcome is Outcome.UNKNOWN}
    assert ("attestation", FINAL - 6) in unknown
    assert {level for _, level in unknown} <= {FINAL - 6, FINAL - 5}
    assert found.finished.caught_up


def test_a_second_unreadable_level_has_its_three_minutes_beside_the_first(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.no_metadata(levels=(FINAL - 5, FINAL - 3)))
    before = collect(plan_from(FINAL - 6), nodes[0].url)
    assert before.blocked is not None
    later = plan_from(FINAL - 6)._replace(now=NOW + UNREADABLE_GRACE, readings=read_readings(*before.finished.readings))
    gaps = [gap.from_level for batch in collect(later, nodes[0].url).batches for gap in batch.gaps]
    assert gaps == [FINAL - 5, FINAL - 4, FINAL - 3]


# Histories that differ ----------------------------------------------------------------------------------------------


def test_a_witness_that_knows_another_block_makes_the_level_wait(nodes: tuple[Node, Node]) -> None:
    nodes[1].follow(CHAIN.forked(FINAL))
    found = collect(plan_from(FINAL - 5), *urls(nodes))
    assert found.levels == list(range(FINAL - 4, FINAL))
    assert found.blocked is not None
    assert (found.blocked.level, found.blocked.reason) == (FINAL, "endpoints disagree about this block")
    disagreement = found.finished.source.disagreement
    assert disagreement is not None
    assert (disagreement.level, set(disagreement.endpoints)) == (FINAL, {"127.0.0.1#1", "localhost#2"})


def test_finalised_history_that_was_replaced_leads_back_to_the_common_level(nodes: tuple[Node, Node]) -> None:
    nodes[0].follow(CHAIN.forked(FINAL - 12))
    found = collect(plan_from(FINAL - 5), nodes[0].url)
    assert found.reorganised is not None
    assert (found.reorganised.reorganisation.common_level, found.reorganised.reorganisation.read_level) == (
        FINAL - 13,
        FINAL - 5,
    )
    assert found.reorganised.common_hash == CHAIN.hash(FINAL - 13)
    assert found.batches == []
    assert found.finished.source.reorganisation == found.reorganised.reorganisation


def test_a_history_replaced_deeper_than_is_remembered_is_read_anew_unchained(nodes: tuple[Node, Node]) -> None:
    other = CHAIN.forked(FINAL - 150)
    nodes[0].follow(other)
    nodes[0].clock = Clock(other.timestamp(HEAD))  # its accidents, and so its times, are others
    found = collect(plan_from(FINAL - 5), nodes[0].url)
    assert found.reorganised is not None
    assert found.reorganised.common_hash == ""
    assert found.reorganised.reorganisation.common_level == FINAL - 106


def test_one_endpoint_on_another_branch_is_a_disagreement_and_no_reorganisation(nodes: tuple[Node, Node]) -> None:
    nodes[0].follow(CHAIN.forked(FINAL - 12))
    found = collect(plan_from(FINAL - 5), *urls(nodes))
    assert found.reorganised is None
    assert found.batches == []
    disagreement = found.finished.source.disagreement
    assert disagreement is not None
    assert set(disagreement.endpoints) == {"127.0.0.1#1", "localhost#2"}
    assert found.finished.error is not None


def test_a_head_that_reorganises_above_finality_is_no_ones_business(nodes: tuple[Node, Node]) -> None:
    nodes[0].faults.add(faults.head_reorganisation())
    found = collect(plan_from(FINAL - 10), nodes[0].url)
    assert found.finished.caught_up
    assert (found.reorganised, found.finished.source.disagreement) == (None, None)


def test_a_level_after_a_passed_one_is_not_chained_to_it(nodes: tuple[Node, Node]) -> None:
    cursor = Cursor(NETWORK, FINAL - 5, "", FINAL - 5, FINAL - 55)
    found = collect(plan_from(FINAL - 5)._replace(cursor=cursor), nodes[0].url)
    assert found.levels == list(range(FINAL - 4, FINAL + 1))
