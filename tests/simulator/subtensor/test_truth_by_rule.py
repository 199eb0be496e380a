"""The truth of simulated subtensor chains, rule by rule: from which block to which each is bad."""

from __future__ import annotations

from monitor.rules.bittensor.registry import RULES
from simulator.subtensor.chain import Chain
from simulator.subtensor.parameters import TAO
from simulator.subtensor.plan import Plan, small_plan
from simulator.subtensor.truth import Truth, truth

QUIET = small_plan(tempo=40)
FIRST = QUIET.first_block
HOTKEY, COLDKEY = QUIET.hotkey, QUIET.coldkey


def told(plan: Plan, until: int, *targets: str) -> list[Truth]:
    return truth(Chain(plan), FIRST + until, targets)


def span(plan: Plan, rule: str, target: str, until: int = 900) -> list[tuple[int, int]]:
    """(first, last) in blocks above the chain's first; `until` where it is still so then."""
    return [
        (one.first - FIRST, until if one.last is None else one.last - FIRST)
        for one in told(plan, until, target)
        if one.rule == rule
    ]


def epochs(plan: Plan, netuid: int, until: int = 900) -> list[int]:
    chain = Chain(plan)
    return [at for at in range(until) if chain.value(FIRST + at, "LastEpochBlock", netuid) == FIRST + at]


# Validators ---------------------------------------------------------------------------------------------------------


def test_a_validator_that_sets_no_weights_is_stale_then_inactive_and_unpaid() -> None:
    plan = QUIET.no_weights(1, "alice", FIRST + 100, FIRST + 900)
    found = {one.rule: one for one in told(plan, 1000, f"1/{HOTKEY('alice')}")}

    assert set(found) == {"weights_stale", "inactive", "dividends_zero", "dividends_drop", "vtrust_low"}
    stopped = found["weights_stale"].first - 61 - FIRST
    assert 80 <= stopped < 100
    assert found["inactive"].first == FIRST + stopped + 13_889 * 40 // 1000 + 1
    ends = {rule: (one.last or 0) - FIRST for rule, one in found.items()}
    assert 900 <= ends["weights_stale"] < 920
    assert ends["weights_stale"] <= ends["inactive"] < 960
    assert ends["inactive"] == ends["dividends_zero"]


def test_refused_weights_are_told_from_the_second_to_the_next_that_succeed() -> None:
    plan = QUIET.failing_weights(1, "alice", FIRST + 100, FIRST + 199)

    assert span(plan, "weights_failed", f"1/{HOTKEY('alice')}", 400) == [(120, 199)]


def test_a_permit_is_lost_at_an_epoch_and_held_again_after_two() -> None:
    plan = QUIET.light(1, "alice", FIRST + 300, FIRST + 420)
    without = [at for at in epochs(plan, 1) if 300 <= at <= 420]

    lost = span(plan, "permit_lost", f"1/{HOTKEY('alice')}", 700)
    assert lost == [(without[0], without[-1] + 2 * 40 - 1)]


def test_a_drop_is_told_at_its_second_epoch_and_over_at_the_second_good_one() -> None:
    plan = (
        QUIET.less_trust(1, "alice", FIRST + 400, FIRST + 600)
        .less_dividends(1, "bob", FIRST + 400, FIRST + 600, factor=0.3)
        .less_incentive(1, "m1-1", FIRST + 400, FIRST + 600, factor=0.2)
    )
    low = [at for at in epochs(plan, 1) if 400 <= at <= 600]

    for rule, name in (("vtrust_low", "alice"), ("dividends_drop", "bob"), ("incentive_drop", "m1-1")):
        assert span(plan, rule, f"1/{HOTKEY(name)}") == [(low[1], low[-1] + 2 * 40 - 1)], rule


def test_a_miner_without_incentive_needs_no_weights_to_be_missed() -> None:
    plan = QUIET.less_incentive(1, "m1-1", FIRST + 400, factor=0)

    assert {one.rule for one in told(plan, 600, f"1/{HOTKEY('m1-1')}")} == {"incentive_drop"}


def test_an_epoch_without_dividends_is_told_at_once() -> None:
    plan = QUIET.less_dividends(1, "bob", FIRST + 400, FIRST + 600)
    unpaid = [at for at in epochs(plan, 1) if 400 <= at <= 600]

    assert span(plan, "dividends_zero", f"1/{HOTKEY('bob')}") == [(unpaid[0], unpaid[-1] + 40 - 1)]


def test_commits_that_are_never_revealed_are_told_an_epoch_after_they_were_due() -> None:
    plan = QUIET.lost_reveals(2, "alice", FIRST + 200, FIRST + 400)
    ((first, last),) = span(plan, "reveal_missing", f"2/{HOTKEY('alice')}", 700)

    assert 200 + 3 * 40 <= first < 200 + 4 * 40
    assert 400 < last < 400 + 3 * 40


def test_children_are_told_while_pending_and_once_in_force() -> None:
    plan = QUIET.set_children(1, "alice", FIRST + 100, [("bob", 0.5)])
    alice, bob = (f"1/{HOTKEY(name)}" for name in ("alice", "bob"))

    assert span(plan, "childkeys_pending", alice, 200) == [(100, 149)]
    assert span(plan, "wallet_control", COLDKEY("alice"), 200) == [(100, 100)]
    assert [span(plan, "childkeys", target, 200) for target in (alice, bob)] == [[(150, 150)]] * 2


def test_a_child_is_told_when_its_parent_is_about_to_take_its_stake_back() -> None:
    plan = QUIET.set_children(1, "alice", FIRST + 100, [("bob", 0.5)]).set_children(1, "alice", FIRST + 200, [])

    assert span(plan, "childkeys_pending", f"1/{HOTKEY('bob')}", 300) == [(200, 249)]


def test_stake_that_leaves_is_held_against_an_hour_before() -> None:
    ((first, last),) = span(QUIET.remove_stake(1, "bob", FIRST + 400, 0.5), "stake_outflow", f"1/{HOTKEY('bob')}")

    assert first == 400
    assert 600 < last < 700


# Miners -------------------------------------------------------------------------------------------------------------


def test_the_last_miner_is_near_its_end_and_then_gone() -> None:
    full = small_plan(tempo=40, full=True)
    plan = full.register(1, "newcomer", FIRST + 200, instead_of="m1-8")
    target = f"1/{HOTKEY('m1-8')}"

    assert span(plan, "dereg_risk", target, 300) == [(0, 199)]
    assert span(plan, "deregistered", target, 300) == [(200, 300)]
    assert span(plan, "dereg_risk", f"1/{HOTKEY('m1-1')}", 300) == []


def test_immunity_ends_for_a_newcomer_that_earns_nothing() -> None:
    target = f"1/{HOTKEY('newcomer')}"

    idle = QUIET.register(1, "newcomer", FIRST + 100, quality=0)
    assert span(idle, "immunity_ending", target, 400) == [(251, 299)]
    assert span(idle.change_owner(1, "newcomer", FIRST + 270), "immunity_ending", target, 400) == [(251, 269)]
    assert span(idle, "axon", target, 400) == [(100, 400)]
    earning = QUIET.register(1, "newcomer", FIRST + 100)
    assert span(earning, "immunity_ending", target, 400) == []


def test_an_axon_that_serves_no_more_and_collateral_that_is_too_low() -> None:
    plan = QUIET.serve_axon(1, "m1-1", FIRST + 50, "0.0.0.0").serve_axon(1, "m1-1", FIRST + 90)
    plan = plan.collateral(1, "m1-1", FIRST + 60, 1, 2)

    assert span(plan, "axon", f"1/{HOTKEY('m1-1')}", 200) == [(50, 89)]
    assert span(plan, "collateral", f"1/{HOTKEY('m1-1')}", 200) == [(60, 200)]


# Subnets ------------------------------------------------------------------------------------------------------------


def test_an_epoch_is_late_after_30_blocks_or_at_once_where_it_is_skipped() -> None:
    plan = QUIET.hold_epochs(1, FIRST + 1, FIRST + 200).hold_epochs(2, FIRST + 1, FIRST + 200, skipped=True)
    due = [Chain(plan).value(FIRST, "LastEpochBlock", netuid) + 40 - FIRST for netuid in (1, 2)]

    assert span(plan, "epoch_late", "1", 300) == [(due[0] + 31, 200)]
    assert span(plan, "epoch_late", "2", 300) == [(due[1] + 1, 200)]


def test_emission_that_root_switches_off_is_a_changed_hyperparameter_as_well() -> None:
    plan = QUIET.no_emission(1, FIRST + 300, FIRST + 350)

    assert span(plan, "emission", "1") == [(300, 350)]
    assert span(plan, "hyperparam_changed", "1") == [(300, 300), (351, 351)]


def test_a_subnet_that_burns_opens_to_many_or_goes() -> None:
    plan = (
        QUIET.burn_miners(2, FIRST + 100, FIRST + 200)
        .registration_burst(2, FIRST + 300, 3)
        .dissolve(3, FIRST + 320, after=20)
    )
    burned = [at for at in epochs(plan, 2, 400) if 100 <= at <= 200]

    assert span(plan, "miner_burned", "2", 400) == [(burned[0], burned[-1] + 40 - 1)]
    assert span(plan, "registrations", "2", 400) == [(302, 324)]
    assert span(plan, "subnet_removed", "3", 400) == [(320, 400)]


def test_validators_in_the_dark_are_told_when_an_epoch_passed_without_them() -> None:
    ((first, last),) = span(QUIET.dark(1, FIRST + 200, FIRST + 500), "validators_dark", "1", 700)

    assert 180 + 3 * 40 < first <= 200 + 5 * 40
    assert 500 < last < 540


def test_a_price_is_held_against_an_hour_before() -> None:
    ((first, last),) = span(QUIET.price_factor(1, FIRST + 400, factor=0.8), "price", "1")

    assert 400 <= first <= 405
    assert 690 <= last <= 705


def test_a_price_that_fell_and_moved_back_must_fall_anew() -> None:
    fallen = QUIET.price_factor(1, FIRST + 400, factor=0.75).price_factor(1, FIRST + 430, factor=1.06)
    ((first, last),) = span(fallen, "price", "1")

    assert 400 <= first <= 405
    assert 425 <= last <= 435
    again = fallen.price_factor(1, FIRST + 500, factor=0.85)
    assert [500 <= first <= 505 for first, _ in span(again, "price", "1")] == [False, True]


def test_the_lowest_moving_price_goes_first_unless_it_is_immune() -> None:
    mortal = small_plan(tempo=40, network_immunity_period=1000)

    assert span(mortal, "prune_risk", "1", 10) == [(0, 10)]
    assert span(QUIET, "prune_risk", "1", 10) == []


# Wallets, root and the chain ----------------------------------------------------------------------------------------


def test_changes_are_told_in_their_block_whoever_made_them() -> None:
    plan = (
        QUIET.set_parameter(1, FIRST + 10, "immunity_period", 100)
        .set_parameter(1, FIRST + 11, "immunity_period", 90, by="root")
        .set_parameter(1, FIRST + 12, "immunity_period", 90, wrapped="batch")
        .set_parameter(1, FIRST + 13, "tempo", 50, wrapped="proxy")
        .sudo(FIRST + 14, 1)
        .sudo(FIRST + 15)
        .new_sudo_key(FIRST + 16)
        .change_owner(1, "buyer", FIRST + 17)
        .set_take("bob", FIRST + 18, 0.1)
        .swap_hotkey("carol", "carol-2", FIRST + 19)
    )
    assert {(one.rule, one.target, one.first - FIRST) for one in told(plan, 30)} == {
        ("hyperparam_changed", "1", 10),
        ("hyperparam_changed", "1", 11),
        ("hyperparam_changed", "1", 13),
        ("sudo", "1", 14),
        ("sudo", "source", 15),
        ("sudo", "source", 16),
        ("owner_changed", "1", 17),
        ("take_changed", HOTKEY("bob"), 18),
        ("wallet_control", COLDKEY("bob"), 18),
        ("identity", HOTKEY("carol"), 19),
        ("wallet_control", COLDKEY("carol"), 19),
        *(("deregistered", f"{netuid}/{HOTKEY('carol')}", 19) for netuid in (1, 2, 3)),
    }


def test_wallets_are_emptied_and_swapped() -> None:
    plan = (
        QUIET.transfer("alice", "bob", FIRST + 10, TAO * 96 // 10)
        .transfer("carol", "bob", FIRST + 10, TAO // 2)
        .announce_coldkey_swap("owner1", "thief", FIRST + 20)
        .swap_coldkey("owner1", "thief", FIRST + 40)
        .add_proxy("bob", "helper", FIRST + 50)
    )
    assert {(one.rule, one.target, one.first - FIRST) for one in told(plan, 60)} == {
        ("unexpected_transfer", COLDKEY("alice"), 10),
        ("balance_low", COLDKEY("alice"), 10),
        ("coldkey_swap", "1", 20),
        ("coldkey_swap", COLDKEY("owner1"), 20),
        ("wallet_control", COLDKEY("owner1"), 20),
        ("wallet_control", COLDKEY("owner1"), 40),
        ("balance_low", COLDKEY("owner1"), 40),
        ("owner_changed", "1", 40),
        ("wallet_control", COLDKEY("bob"), 50),
    }
    assert span(plan, "coldkey_swap", "1", 60) == [(20, 39)]


def test_a_chain_stalls_and_lags() -> None:
    plan = QUIET.stall(FIRST + 50, 300).finality_lag(FIRST + 100, FIRST + 140, 30)
    ((first, last),) = span(plan, "chain_stalled", "source", 90)
    assert first == 49
    assert 51 <= last <= 53

    ((first, last),) = span(plan, "finality_lag", "source", 300)
    assert 105 <= first <= 109
    assert last == 140


def test_rules_are_called_as_the_checker_calls_them() -> None:
    plan = (
        QUIET.no_weights(1, "alice", FIRST)
        .price_factor(1, FIRST + 310, factor=0.5)
        .dissolve(3, FIRST + 330)
        .remove_stake(1, "bob", FIRST + 320, 0.5)
        .serve_axon(1, "m1-1", FIRST + 50, "0.0.0.0")
        .stall(FIRST + 50, 300)
    )
    named = {one.rule for one in told(plan, 350)}

    assert len(named) > 5
    assert named <= {rule.card.name for rule in RULES}
