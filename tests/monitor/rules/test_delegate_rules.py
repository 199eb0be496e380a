"""What is told of a delegate's standing: deactivation, denunciations, keys, DAL, stake and rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Status
from monitor.rules import (
    baking_power_low,
    companion_key_missing,
    consensus_key_pending,
    dal_participation,
    deactivated,
    deactivation_near,
    denounced,
    forbidden,
    rights_drop,
)
from monitor.rules.delegate_context import DalAttestations, DelegateContext, RecentRights
from monitor.rules.interface import NO_EPISODE, DelegateRule
from monitor.rules.registry import DELEGATE_RULES
from monitor.tezos_model import CycleRights, PendingKey
from tests.monitor.rules.contexts import (
    BLOCKS_PER_CYCLE,
    CONSTANTS,
    MINIMUM,
    NOT_REGISTERED,
    START,
    at,
    occurrence,
    with_state,
)
from tests.monitor.rules.timeline import Delegate

HALF = BLOCKS_PER_CYCLE // 2


@pytest.mark.parametrize("rule", DELEGATE_RULES, ids=lambda rule: rule.card.name)
def test_a_healthy_delegate_is_told_by_no_rule(rule: DelegateRule) -> None:
    assert Delegate(rule).sees(at(100), at(7000), at(14399), at(0, cycle=11, state=with_state(grace_period=13))) == []


@pytest.mark.parametrize("rule", DELEGATE_RULES, ids=lambda rule: rule.card.name)
def test_nothing_known_is_unknown_and_never_good(rule: DelegateRule) -> None:
    context = DelegateContext(level=START, cycle=None, cycle_position=None, now=0)
    assert rule.judge(context, NO_EPISODE).status is Status.UNKNOWN


@pytest.mark.parametrize("rule", DELEGATE_RULES, ids=lambda rule: rule.card.name)
def test_an_address_that_is_no_delegate_is_not_bad(rule: DelegateRule) -> None:
    context = at(7000, state=NOT_REGISTERED)
    assert rule.judge(context, NO_EPISODE).status is not Status.BAD


def test_a_deactivated_delegate_is_told_and_its_return() -> None:
    alice = Delegate(deactivated.RULE)
    assert alice.sees(at(10, state=with_state(deactivated=True))) == [f"{START + 10} firing critical"]
    assert alice.sees(at(20)) == [f"{START + 20} resolved critical"]


def test_a_deactivation_that_a_block_names_is_told_before_the_state_is_read() -> None:
    named = {"deactivated": occurrence("deactivated", START + 5)}
    alice = Delegate(deactivated.RULE)
    assert alice.sees(at(10, read_level=START, named=named)) == [f"{START + 10} firing critical"]


def test_a_state_read_after_the_block_is_believed_more_than_the_block() -> None:
    named = {"deactivated": occurrence("deactivated", START + 5)}
    assert Delegate(deactivated.RULE).sees(at(10, named=named)) == []


@pytest.mark.parametrize(("grace_period", "told"), [(12, []), (10, ["firing critical"]), (9, ["firing critical"])])
def test_the_last_cycle_of_grace_is_told(grace_period: int, told: list[str]) -> None:
    alice = Delegate(deactivation_near.RULE)
    found = alice.sees(at(10, state=with_state(grace_period=grace_period)))
    assert [words.split(" ", 1)[1] for words in found] == told


def test_one_cycle_of_grace_is_told_once_half_of_the_cycle_went_by_without_it() -> None:
    alice = Delegate(deactivation_near.RULE)
    state = with_state(grace_period=11)
    assert alice.sees(at(HALF - 1, state=state)) == []
    assert alice.sees(at(HALF, state=state)) == [f"{START + HALF} firing critical"]


def test_one_cycle_of_grace_is_told_at_once_when_its_attestations_are_missing() -> None:
    state = with_state(grace_period=11)
    silent = at(1, state=state, recent=RecentRights(100, 5, 5))
    assert Delegate(deactivation_near.RULE).sees(silent) == [f"{START + 1} firing critical"]


def test_every_new_cycle_begins_with_one_cycle_of_grace_and_nobody_is_told() -> None:
    contexts = [at(0, cycle=cycle, state=with_state(grace_period=cycle + 1)) for cycle in range(10, 20)]
    assert Delegate(deactivation_near.RULE).sees(*contexts) == []


def test_deactivation_is_no_longer_near_once_it_has_happened() -> None:
    alice = Delegate(deactivation_near.RULE)
    alice.sees(at(10, state=with_state(grace_period=10)))
    gone = at(0, cycle=11, state=with_state(grace_period=10, deactivated=True))
    assert alice.sees(gone) == [f"{START + BLOCKS_PER_CYCLE} resolved critical deactivated"]


def test_a_forbidden_delegate_is_told() -> None:
    alice = Delegate(forbidden.RULE)
    assert alice.sees(at(10, state=with_state(forbidden=True)), at(20)) == [
        f"{START + 10} firing critical",
        f"{START + 20} resolved critical",
    ]


def test_a_denunciation_is_told_from_the_block_and_stays_until_the_node_counts_none() -> None:
    named = {"denounced": occurrence("denounced", START + 5, misbehaviour="block", level=START - 3)}
    alice = Delegate(denounced.RULE)
    assert alice.sees(at(5, read_level=START, named=named)) == [f"{START + 5} firing critical"]
    assert alice.told[0].verdict.evidence["misbehaviour"] == "double baking"
    assert alice.told[0].verdict.evidence["first_level"] == START - 3
    assert alice.sees(at(50, named=named, state=with_state(denunciations=1))) == []
    settled = at(0, cycle=11, named=named)
    assert alice.sees(settled) == [f"{START + BLOCKS_PER_CYCLE} resolved critical settled"]


@pytest.mark.parametrize("fields", [{"denunciations": 2}, {"dal_denounced": True}])
def test_a_denunciation_that_only_the_node_tells_of_is_told(fields: dict[str, object]) -> None:
    assert len(Delegate(denounced.RULE).sees(at(5, state=with_state(**fields)))) == 1


# DAL and keys


def test_insufficient_dal_participation_is_told_as_a_warning() -> None:
    alice = Delegate(dal_participation.RULE)
    assert alice.sees(at(50, state=with_state(dal_sufficient=False))) == [f"{START + 50} firing warning"]
    assert alice.sees(at(0, cycle=11)) == [f"{START + BLOCKS_PER_CYCLE} resolved warning new-cycle"]


def test_dal_participation_of_a_cycle_that_is_over_is_not_held_against_this_one() -> None:
    context = at(50, state=with_state(dal_sufficient=False), read_level=START - 1)
    assert dal_participation.judge(context, NO_EPISODE).status is Status.UNKNOWN


def test_fifty_plain_attestations_in_a_row_where_others_attest_dal_are_told() -> None:
    alice = Delegate(dal_participation.RULE)
    assert alice.sees(at(50, dal=DalAttestations(49, 0.97))) == []
    assert alice.sees(at(51, dal=DalAttestations(50, 0.97))) == [f"{START + 51} firing warning"]
    assert alice.told[0].verdict.reason == "plain"
    assert alice.sees(at(52, dal=DalAttestations(0, 0.97))) == [f"{START + 52} resolved warning"]


def test_a_network_without_dal_tells_nothing_of_it() -> None:
    without = replace(CONSTANTS, dal_enabled=False)
    state = with_state(dal_sufficient=False, consensus_key="tz4alice")
    for rule in (dal_participation.RULE, companion_key_missing.RULE):
        assert Delegate(rule).sees(at(50, state=state, constants=without)) == []


def test_a_tz4_consensus_key_needs_an_active_companion_key() -> None:
    alice = Delegate(companion_key_missing.RULE)
    pending = with_state(consensus_key="tz4alice", pending_companion_keys=(PendingKey(12, "tz4friend"),))
    assert alice.sees(at(50, state=pending)) == [f"{START + 50} firing warning"]
    assert alice.told[0].verdict.evidence["cycle"] == 12
    active = with_state(consensus_key="tz4alice", companion_key="tz4friend")
    assert alice.sees(at(0, cycle=12, state=active)) == [f"{12 * BLOCKS_PER_CYCLE} resolved warning"]


def test_a_pending_consensus_key_is_told_a_day_ahead_and_named_when_it_is_required() -> None:
    alice = Delegate(consensus_key_pending.RULE)
    state = with_state(pending_consensus_keys=(PendingKey(12, "tz4next"),))
    assert alice.sees(at(0, state=state), at(BLOCKS_PER_CYCLE - 1, state=state)) == []
    day_ahead = START + BLOCKS_PER_CYCLE
    assert alice.sees(at(0, cycle=11, state=state)) == [f"{day_ahead} firing warning"]
    evidence = alice.told[0].verdict.evidence
    assert (evidence["key"], evidence["cycle"]) == ("tz4next", 12)
    assert evidence["active_at"] == alice.told[0].at + 24 * 3600
    assert alice.sees(at(14399, cycle=11, state=state)) == []
    active = at(0, cycle=12, state=with_state(consensus_key="tz4next"))
    assert alice.sees(active) == [f"{12 * BLOCKS_PER_CYCLE} resolved warning activated"]
    assert alice.told[-1].verdict.evidence["key"] == "tz4next"


def test_a_state_read_before_the_cycle_still_tells_which_key_is_required() -> None:
    alice = Delegate(consensus_key_pending.RULE)
    state = with_state(pending_consensus_keys=(PendingKey(11, "tz4next"),))
    alice.sees(at(7000, state=state))
    alice.sees(at(3, cycle=11, state=state, read_level=START + 7000))
    assert alice.told[-1].close_reason == "activated"
    assert alice.told[-1].verdict.evidence["key"] == "tz4next"


def test_a_slower_chain_does_not_take_an_announced_key_for_active() -> None:
    alice = Delegate(consensus_key_pending.RULE)
    state = with_state(pending_consensus_keys=(PendingKey(12, "tz4next"),))
    alice.sees(at(0, cycle=11, state=state))
    assert alice.sees(at(10, cycle=11, state=state, measured_block_seconds=6.3)) == []


# Stake and rights


@pytest.mark.parametrize(
    ("power", "told"),
    [
        (MINIMUM * 105 // 100, []),
        (MINIMUM * 105 // 100 - 1, ["firing warning"]),
        (MINIMUM, ["firing warning"]),
        (MINIMUM - 1, ["firing critical"]),
    ],
)
def test_baking_power_near_or_below_the_minimum_is_told(power: int, told: list[str]) -> None:
    found = Delegate(baking_power_low.RULE).sees(at(50, state=with_state(baking_power=power)))
    assert [words.split(" ", 1)[1] for words in found] == told


def test_baking_power_that_falls_below_the_minimum_escalates() -> None:
    alice = Delegate(baking_power_low.RULE)
    alice.sees(at(50, state=with_state(baking_power=MINIMUM + 1)))
    assert alice.sees(at(60, state=with_state(baking_power=1))) == [f"{START + 60} escalated critical"]


def test_a_new_delegate_is_not_judged_before_its_first_rights() -> None:
    new = at(
        50,
        state=with_state(baking_power=1, expected_cycle_activity=0),
        rights_now=CycleRights("tz1alice", 10, 0),
        rights_next=CycleRights("tz1alice", 11, 0),
    )
    for rule in DELEGATE_RULES:
        assert Delegate(rule).sees(new) == []
    assert baking_power_low.judge(new, NO_EPISODE).reason == "not-applicable"
    assert rights_drop.judge(new, NO_EPISODE).reason == "not-applicable"


@pytest.mark.parametrize(
    ("power", "told"), [(80_001, []), (80_000, ["firing warning"]), (1, ["firing warning"]), (0, ["firing critical"])]
)
def test_a_fifth_fewer_rights_in_the_next_cycle_are_told_and_none_are_critical(power: int, told: list[str]) -> None:
    context = at(50, rights_now=CycleRights("tz1alice", 10, 100_000), rights_next=CycleRights("tz1alice", 11, power))
    assert [words.split(" ", 1)[1] for words in Delegate(rights_drop.RULE).sees(context)] == told


def test_rights_that_stay_low_are_over_with_the_new_cycle() -> None:
    alice = Delegate(rights_drop.RULE)
    alice.sees(at(50, rights_next=CycleRights("tz1alice", 11, 70_000)))
    low = at(
        5, cycle=11, rights_now=CycleRights("tz1alice", 11, 70_000), rights_next=CycleRights("tz1alice", 12, 70_000)
    )
    assert alice.sees(low) == [f"{START + BLOCKS_PER_CYCLE + 5} resolved warning new-cycle"]


def test_rights_of_another_cycle_are_not_compared() -> None:
    stale = at(50, cycle=11, rights_now=CycleRights("tz1alice", 10, 9), rights_next=CycleRights("tz1alice", 11, 1))
    assert rights_drop.judge(stale, NO_EPISODE).status is Status.UNKNOWN
