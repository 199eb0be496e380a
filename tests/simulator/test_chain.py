from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from simulator.address import made
from simulator.block import block
from simulator.chain import Chain, Outcome
from simulator.plan import ACCIDENTS, Chances, Plan, mainnet_sized_plan, small_plan

FIRST = 10_001


def everything(chain: Chain, levels: range) -> list[object]:
    return [block(chain, level) for level in levels]


def test_the_same_plan_tells_the_same_blocks_in_whatever_order_they_are_asked() -> None:
    plan = small_plan(5, chances=ACCIDENTS)
    levels = range(FIRST, FIRST + 60)
    forwards = everything(Chain(plan), levels)
    backwards = everything(Chain(plan), levels[::-1])
    assert forwards == backwards[::-1]
    assert forwards != everything(Chain(replace(plan, seed=6)), levels)


def test_every_level_has_all_slots_and_every_holder_a_slot_of_its_own() -> None:
    chain = Chain(mainnet_sized_plan())
    for level in range(15_000_001, 15_000_051):
        rights = chain.rights.attestation(level)
        assert sum(right.slots for right in rights) == 7000
        first_slots = [right.first_slot for right in rights]
        assert first_slots == sorted(set(first_slots))
        assert first_slots[0] == 0
        assert first_slots[-1] < 7000


def test_a_tiny_baker_has_a_right_at_few_levels_only() -> None:
    chain = Chain(small_plan())
    held = Counter(
        right.baker.name for level in range(FIRST, FIRST + 1000) for right in chain.rights.attestation(level)
    )
    assert held["alice"] == 1000
    assert 40 < held["tiny1"] < 200


def test_a_longer_list_of_rounds_begins_with_the_shorter_one() -> None:
    chain = Chain(small_plan())
    assert chain.rights.bakers(FIRST, 200)[:4] == chain.rights.bakers(FIRST, 3)
    assert chain.rights.round_holder(FIRST, 130) == chain.rights.bakers(FIRST, 200)[130]


def test_without_accidents_every_block_stands_at_round_0_and_everybody_attests() -> None:
    chain = Chain(small_plan())
    for level in range(FIRST, FIRST + 200):
        assert chain.bake(level).round == 0
        assert chain.attestations(level).made == chain.attestations(level).rights


def test_accidents_make_blocks_at_rounds_0_to_3_and_reproposals() -> None:
    chain = Chain(small_plan(chances=ACCIDENTS))
    bakes = [chain.bake(level) for level in range(FIRST, FIRST + 3000)]
    assert {0, 1, 2, 3} <= {bake.round for bake in bakes}
    assert any(bake.payload_round < bake.round for bake in bakes)


def test_a_scripted_round_is_the_round_of_the_block() -> None:
    chain = Chain(small_plan(chances=ACCIDENTS).round(10_050, 18))
    bake = chain.bake(10_050)
    assert (bake.round, bake.payload_round) == (18, 18)
    assert [outcome for _, outcome in bake.fates] == [Outcome.MISSED] * 18 + [Outcome.MET]


def test_a_missed_round_leaves_the_block_to_the_next_one() -> None:
    chain = Chain(small_plan().miss_bake(10_050, rounds=(0, 1, 3)))
    assert [outcome for _, outcome in chain.bake(10_050).fates] == [Outcome.MISSED, Outcome.MISSED, Outcome.MET]


def test_a_reproposal_keeps_the_payload_of_the_first_round_that_proposed() -> None:
    chain = Chain(small_plan().repropose(10_050).miss_bake(10_050, rounds=(0, 2)))
    bake = chain.bake(10_050)
    assert (bake.payload_round, bake.round) == (1, 3)
    outcomes = [Outcome.MISSED, Outcome.REPROPOSED, Outcome.MISSED, Outcome.MET]
    assert [outcome for _, outcome in bake.fates] == outcomes


def test_an_outage_misses_every_right_in_it_and_none_outside() -> None:
    plan = small_plan().outage("alice", 10_050, 10_080)
    facts = Chain(plan).truth(plan.baker("alice").address, 10_001, 10_200)
    for fact in facts:
        # Nobody else fails, so a right of alice's above round 0 comes due only after a miss of her own.
        assert (fact.outcome is Outcome.MISSED) == (10_050 <= fact.level <= 10_080)
    assert {fact.duty for fact in facts if fact.outcome is Outcome.MISSED} == {"baking", "attestation"}


def test_an_outage_of_one_duty_leaves_the_other_alone() -> None:
    plan = small_plan().outage("alice", 10_001, kinds={"attestation"})
    outcomes = {(fact.duty, fact.outcome) for fact in Chain(plan).truth(plan.baker("alice").address, 10_001, 10_100)}
    assert outcomes == {("attestation", Outcome.MISSED), ("baking", Outcome.MET)}


def test_a_crowd_miss_spares_few() -> None:
    chain = Chain(small_plan().crowd_miss(10_050, 10_060, 0.9))
    assert len(chain.attestations(10_050).made) < len(chain.attestations(10_050).rights) / 2
    assert len(chain.attestations(10_061).made) == len(chain.attestations(10_061).rights)


def test_nobody_up_at_all_is_an_error_of_the_plan() -> None:
    plan = small_plan(bakers=3, tiny=0)
    for baker in plan.bakers:
        plan = plan.outage(baker, 10_050)
    with pytest.raises(ValueError, match="10050"):
        Chain(plan).bake(10_050)


def test_a_round_takes_longer_the_later_it_is() -> None:
    chain = Chain(small_plan().round(10_010, 2))
    # Rounds last 6, 9, 12 s: round 2 begins 6 + 9 s after round 0 would have, and the next level 12 s after it.
    assert chain.timestamp(10_010) - chain.timestamp(10_009) == 6 + 6 + 9
    assert chain.timestamp(10_011) - chain.timestamp(10_010) == 12


def test_the_head_is_the_last_block_whose_time_has_come() -> None:
    chain = Chain(small_plan(chances=ACCIDENTS))
    for level in (10_001, 10_002, 10_500):
        assert chain.head_at(chain.timestamp(level)) == level
        assert chain.head_at(chain.timestamp(level + 1) - 1) == level
    assert chain.head_at(0) == 10_001


def test_a_fork_shares_the_past_and_the_rights_and_nothing_else() -> None:
    chain = Chain(small_plan(chances=Chances((0.3, 0.3), 0.1, 0.2)))
    fork = chain.forked(10_050)
    assert fork.hash(10_049) == chain.hash(10_049)
    assert fork.hash(10_050) != chain.hash(10_050)
    assert block(fork, 10_049) == block(chain, 10_049)
    assert block(fork, 10_050)["header"]["predecessor"] == chain.hash(10_049)
    assert fork.rights.attestation(10_060) == chain.rights.attestation(10_060)
    later = range(10_050, 10_100)
    assert [fork.bake(level) for level in later] != [chain.bake(level) for level in later]
    # The same fork made from its plan alone is the same chain.
    assert everything(Chain(fork.plan), later) == everything(fork, later)


def rights_of(chain: Chain, name: str, level: int) -> int:
    return sum(right.slots for right in chain.rights.attestation(level) if right.baker.name == name)


def changed(what: str) -> Plan:
    plan = small_plan(first_level=4001)
    # Cycle 10 is levels 4001..4400; what happens in it shows in the rights of cycle 13, from level 5201.
    return {
        "halved": plan.change_stake("alice", 4100, 0.5),
        "deactivated": plan.deactivate("alice", 4100),
        "registered": plan.register("alice", 4100),
    }[what]


@pytest.mark.parametrize(("what", "before", "after"), [("halved", 1, 0.6), ("deactivated", 1, 0), ("registered", 0, 1)])
def test_rights_follow_the_stake_three_cycles_later(what: str, before: float, after: float) -> None:
    chain, usual = Chain(changed(what)), rights_of(Chain(small_plan(first_level=4001)), "alice", 5200)
    assert rights_of(chain, "alice", 5200) == pytest.approx(usual * before, rel=0.1)
    assert rights_of(chain, "alice", 5201) == pytest.approx(usual * after, rel=0.1)


def test_a_new_consensus_key_signs_three_cycles_later() -> None:
    key = made("tz4", "new")
    plan = small_plan(first_level=4001).update_consensus_key("alice", 4100, key)
    plan = plan.update_consensus_key("bob", 4100, key, applied=False)
    chain = Chain(plan)
    alice, bob = plan.baker("alice"), plan.baker("bob")
    assert chain.consensus_key(alice, 5200) == alice.consensus_key
    assert chain.consensus_key(alice, 5201) == key
    assert chain.pending_keys(alice, 4099, companion=False) == []
    assert chain.pending_keys(alice, 4100, companion=False) == [(13, key)]
    assert chain.pending_keys(alice, 5201, companion=False) == []
    assert chain.consensus_key(bob, 6000) == bob.consensus_key
