"""The truth against what a reader of the answers would find, by the rules of the protocol and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from simulator.address import made
from simulator.chain import Chain
from simulator.plan import ACCIDENTS, Chances, Plan, mainnet_sized_plan, small_plan
from simulator.prerendered import Prerendered
from simulator.protocol import SEOUL, TALLINN, USHUAIA
from tests.simulator.conftest import Reader, Serve

Found = dict[str, list[tuple[str, int, int, str]]]


def delegates_attesting(block: Any, level: int) -> set[str]:
    """Delegates whose attestation of `level` stands in operations[0] of a block."""
    found = set()
    for operation in block["operations"][0]:
        for content in operation["contents"]:
            if content["kind"] in ("attestation", "attestation_with_dal") and content["level"] == level:
                found.add(content["metadata"]["delegate"])
            elif content["kind"] == "attestations_aggregate" and content["consensus_content"]["level"] == level:
                found |= {member["delegate"] for member in content["metadata"]["committee"]}
    return found


def recomputed(reader: Reader, first: int, last: int) -> Found:
    """Every fact of every delegate at first..last, from blocks first..last + 1 and the rights of these levels."""
    found: Found = defaultdict(list)
    blocks = {level: reader.block(str(level)) for level in range(first, last + 2)}
    for level in range(first, last + 1):
        header, metadata = blocks[level]["header"], blocks[level]["metadata"]
        block_round, payload_round = int(header["fitness"][4], 16), header["payload_round"]
        for right in reader.block(f"{level}/helpers/baking_rights?level={level}&max_round={block_round}&all=true"):
            who, round_ = right["delegate"], right["round"]
            if round_ == block_round and who == metadata["baker"]:
                outcome = "met"
            elif round_ == payload_round and who == metadata["proposer"]:
                outcome = "reproposed"
            else:
                outcome = "missed"
            found[who].append(("baking", level, round_, outcome))
        attested = delegates_attesting(blocks[level + 1], level)
        (entry,) = reader.block(f"{level}/helpers/attestation_rights")
        for right in entry["delegates"]:
            who = right["delegate"]
            found[who].append(("attestation", level, 0, "met" if who in attested else "missed"))
            attested.discard(who)
        assert not attested, "somebody attested without a right"
    return found


BUSY = Chances((0.2, 0.4, 0.4), 0.15, 0.1)


def with_events(plan: Plan) -> Plan:
    return (
        plan.outage("carol", 10_020, 10_030)
        .outage("dave", 10_025, 10_060, kinds={"baking"})
        .round(10_041, 5)
        .repropose(10_042)
        .crowd_miss(10_050, 10_052, 0.5)
        .denounce("erin", 10_043)
        .update_consensus_key("alice", 10_044, made("tz4", "key"))
        .unstake("bob", 10_045)
    )


PLANS = {
    "ushuaia": with_events(small_plan(11, chances=BUSY)),
    "tallinn": with_events(small_plan(12, chances=BUSY, protocol="tallinn")),
    "seoul": with_events(small_plan(13, chances=BUSY, protocol="seoul")),
    "all bakers attest": with_events(small_plan(14, chances=BUSY, all_bakers_attest_from=10_033)),
    "protocols change": replace(
        small_plan(15, chances=BUSY), protocols=((0, SEOUL), (10_030, TALLINN), (10_060, USHUAIA))
    ),
    "many bakers": small_plan(16, bakers=25, tiny=5, chances=ACCIDENTS),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_truth_is_what_blocks_and_rights_tell(name: str, serve: Serve) -> None:
    chain, first, last = Chain(PLANS[name]), 10_001, 10_120
    found = recomputed(serve(chain, head=last + 1), first, last)
    outcomes = set()
    for baker in chain.plan.bakers:
        facts = [tuple(fact) for fact in chain.truth(baker.address, first, last)]
        assert found.pop(baker.address, []) == facts, baker.name
        outcomes |= {outcome for _, _, _, outcome in facts}
    assert not found
    assert outcomes == {"met", "missed", "reproposed"}


def test_under_all_bakers_attest_a_right_without_slots_comes_due_all_the_same(serve: Serve) -> None:
    plan = small_plan(14, all_bakers_attest_from=10_001).outage("tiny1", 10_005, 10_010)
    chain, tiny = Chain(plan), plan.baker("tiny1").address
    (entry,) = serve(chain, head=10_020).block("10007/helpers/attestation_rights?delegate=" + tiny)
    assert entry["delegates"][0]["attesting_power"] == 0
    facts = [fact for fact in chain.truth(tiny, 10_001, 10_012) if fact.duty == "attestation"]
    assert [fact.outcome for fact in facts] == ["met"] * 4 + ["missed"] * 6 + ["met"] * 2


def test_the_truth_of_pre_rendered_bodies_is_what_they_tell(serve: Serve) -> None:
    chain = Chain(mainnet_sized_plan(bakers=30))
    prerendered = Prerendered(chain, levels=200, now=2_000_000_000)
    first = prerendered.first + 50
    found = recomputed(serve(prerendered), first, first + 70)
    assert len(found) > 25
    for who, facts in found.items():
        assert facts == [tuple(fact) for fact in prerendered.truth(who, first, first + 70)]


def test_a_fork_has_a_truth_of_its_own(serve: Serve) -> None:
    chain = Chain(small_plan(17, chances=BUSY))
    fork = chain.forked(10_030, "elsewhere")
    found = recomputed(serve(fork, head=10_061), 10_020, 10_060)
    addresses = [baker.address for baker in chain.plan.bakers]
    assert all(found[who] == [tuple(fact) for fact in fork.truth(who, 10_020, 10_060)] for who in addresses)
    assert any(fork.truth(who, 10_030, 10_060) != chain.truth(who, 10_030, 10_060) for who in addresses)
    assert all(fork.truth(who, 10_001, 10_029) == chain.truth(who, 10_001, 10_029) for who in addresses)
