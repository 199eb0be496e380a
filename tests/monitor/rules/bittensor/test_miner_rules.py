"""What is told of a miner: how near its end is, what it earns, where it serves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerting.render.bittensor.skips import why
from monitor.bittensor.history import Samples
from monitor.bittensor.neuron import NOT_SERVED, Axon, Collateral
from monitor.bittensor.units import RAO
from monitor.rules.bittensor import axon, dereg_risk, deregistered, immunity_ending, incentive_drop
from monitor.rules.bittensor.context import BittensorContext, Expected
from monitor.rules.bittensor.interface import Condition
from monitor.rules.bittensor.levels import LEVELS
from monitor.rules.bittensor.pruning import prune_rank
from monitor.rules.bittensor.registry import skipped
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    GONE,
    MINER_UID,
    OTHER,
    PERMITS,
    SUBNET,
    USUAL,
    VECTORS,
    N,
    Watch,
    changed,
    epochs,
    every,
    happened,
    later,
    miner,
    neuron,
    occurrence,
    validator,
    with_parameters,
    with_subnet,
    with_vectors,
)

(COLLATERAL,) = (rule for rule in LEVELS if rule.card.name == "collateral")


# M1


def test_a_hotkey_without_its_uid_is_deregistered() -> None:
    watch = Watch(deregistered.RULE)
    assert watch.sees(miner(), miner(neuron=GONE)) == ["firing critical"]
    assert watch.found["uid"] == MINER_UID
    assert watch.sees(miner(neuron=neuron(5))) == ["resolved critical registered"]


def test_another_uid_is_no_deregistration() -> None:
    assert Watch(deregistered.RULE).sees(miner(), miner(neuron=neuron(9))) == []


def test_a_hotkey_that_its_owner_swapped_is_a_warning_that_names_the_new_one() -> None:
    swapped = happened(occurrence("swapped_away", BLOCK - 1, new=OTHER))
    watch = Watch(deregistered.RULE)
    assert watch.sees(miner(), miner(neuron=GONE, occurrences=swapped)) == ["firing warning"]
    assert (watch.reason, watch.found["new"]) == ("swapped", OTHER)
    assert watch.sees(miner(neuron=neuron(5))) == ["resolved warning registered"]


def test_a_hotkey_loses_its_uid_with_its_subnet() -> None:
    watch = Watch(deregistered.RULE)
    assert watch.sees(miner(), miner(neuron=GONE, subnet=with_subnet(exists=False))) == ["firing critical"]
    assert (watch.reason, watch.found["uid"]) == ("subnet-removed", MINER_UID)
    absent = miner(neuron=GONE, subnet=with_subnet(exists=False), history={})
    assert Watch(deregistered.RULE).sees(absent) == ["firing warning"]
    assert Watch(deregistered.RULE).sees(replace(absent, explicit=False)) == []


@pytest.mark.parametrize("explicit", [True, False])
def test_the_uid_it_held_is_known_when_all_samples_are_forgotten(explicit: bool) -> None:
    forgotten = miner(neuron=GONE, history={}, last_uid=MINER_UID, explicit=explicit)
    watch = Watch(deregistered.RULE)
    assert watch.sees(forgotten) == ["firing critical"]
    assert watch.found["uid"] == MINER_UID


def test_a_swap_before_it_was_last_seen_explains_nothing() -> None:
    long_ago = happened(occurrence("swapped_away", BLOCK - 50_000, new=OTHER))
    watch = Watch(deregistered.RULE)
    assert watch.sees(miner(), miner(neuron=GONE, occurrences=long_ago)) == ["firing critical"]


def test_a_hotkey_that_never_was_registered_is_a_warning() -> None:
    watch = Watch(deregistered.RULE)
    assert watch.sees(miner(neuron=GONE, history={"uid": epochs(-1, -1)})) == ["firing warning"]
    assert watch.reason == "never-registered"
    assert Watch(deregistered.RULE).sees(miner(neuron=GONE, history={}, explicit=False)) == []


# M2


@pytest.mark.parametrize(("uid", "before"), [(8, 0), (9, 1), (30, 22), (39, 31), (0, 32), (7, 39)])
def test_the_lowest_emission_goes_first(uid: int, before: int) -> None:
    rank = prune_rank(SUBNET, uid, BLOCK)
    assert rank is not None
    assert (rank.before, rank.immune) == (before, False)


def test_a_tie_goes_to_the_older_registration_and_then_to_the_lower_uid() -> None:
    level = with_vectors(emission=(RAO,) * N, registered_at=(*(BLOCK - 90_000,) * 20, *(BLOCK - 95_000,) * 20))
    ranks = [prune_rank(level, uid, BLOCK) for uid in range(N)]
    assert [rank.before for rank in ranks if rank is not None] == [*range(20, 40), *range(20)]


def test_immune_ones_go_after_those_that_may_be_taken_and_before_those_that_are_kept() -> None:
    young = with_vectors(registered_at=(*(BLOCK - 90_000,) * 36, *(BLOCK - 100,) * 4))
    places = {}
    for uid in range(N):
        rank = prune_rank(young, uid, BLOCK)
        assert rank is not None
        places[uid] = (rank.before, rank.immune)
    assert places[8] == (0, False)
    assert places[36] == (34, True)  # thirty-six are mortal; two of them are kept by min_non_immune
    assert (places[6], places[7]) == ((38, False), (39, False))


def test_the_owners_uids_are_never_taken() -> None:
    owned = with_subnet(owner_uids=(8, 9))
    assert prune_rank(owned, 8, BLOCK) is None
    rank = prune_rank(owned, 10, BLOCK)
    assert rank is not None
    assert rank.before == 0


def near(rank: int, per_day: float | None = None, **more: Any) -> BittensorContext:
    """The miner with so many UIDs before it, in this epoch and the one before."""
    values = list(VECTORS.emission or ())
    values[MINER_UID] = values[PERMITS + rank] - 1
    subnet = with_vectors(emission=tuple(values))
    history: dict[str, Samples] = USUAL | {"prune_rank": epochs(*[22] * 23, rank, rank)}
    if per_day is not None:
        history["registrations"] = every(25, *[per_day / 288] * 300)
    return miner(**({"subnet": subnet, "neuron": neuron(MINER_UID, subnet), "history": history} | more))


def test_two_uids_from_deregistration_at_thirty_registrations_a_day_are_2_h_24_min() -> None:
    watch = Watch(dereg_risk.RULE)
    assert watch.lasting(near(2, 30.0), 3) == ["firing critical"]
    assert watch.found["rank"] == 2
    assert watch.found["hours_left"] == pytest.approx(2.4, abs=0.02)
    assert watch.found["per_day"] == pytest.approx(30, abs=0.2)


def test_a_day_away_is_a_warning_and_three_hours_critical() -> None:
    watch = Watch(dereg_risk.RULE)
    assert watch.lasting(near(9, 9.0), 3) == []  # 26 hours
    assert watch.lasting(near(9, 12.0), 3) == ["firing warning"]
    assert watch.lasting(near(9, 90.0), 3) == ["escalated critical"]
    assert watch.lasting(near(9, 10.0), 3) == []
    roomy = near(9, 10.0)
    assert watch.sees(replace(roomy, subnet=with_subnet(neurons=N - 1))) == ["resolved critical room"]


def test_one_epoch_alone_near_the_end_is_not_told() -> None:
    hiccup = near(2, 30.0, history=USUAL | {"prune_rank": epochs(*[30] * 24, 2)})
    watch = Watch(dereg_risk.RULE)
    assert watch.lasting(hiccup, 30) == []
    lasting = near(2, 30.0, history=USUAL | {"prune_rank": epochs(*[30] * 23, 2, 2)})
    assert watch.sees(later(lasting, 10)) == ["firing critical"]


def test_where_nobody_registers_the_number_of_uids_decides() -> None:
    quiet = USUAL | {"prune_rank": epochs(2, 2), "registrations": Samples()}
    assert Watch(dereg_risk.RULE).lasting(near(2, history=quiet), 3) == ["firing critical"]
    quiet = USUAL | {"prune_rank": epochs(8, 8), "registrations": Samples()}
    assert Watch(dereg_risk.RULE).lasting(near(8, history=quiet), 3) == ["firing warning"]
    quiet = USUAL | {"prune_rank": epochs(11, 11), "registrations": Samples()}
    assert Watch(dereg_risk.RULE).lasting(near(11, history=quiet), 3) == []


def test_nobody_goes_from_a_subnet_with_room_or_closed_doors() -> None:
    for fields in ({"neurons": 10}, {"registration_allowed": False}):
        context = near(0, 100.0)
        assert context.subnet is not None
        assert Watch(dereg_risk.RULE).lasting(replace(context, subnet=context.subnet._replace(**fields)), 3) == []


@pytest.mark.parametrize("rule", [dereg_risk.RULE, immunity_ending.RULE], ids=lambda rule: rule.card.name)
def test_what_threatens_a_uid_is_over_when_it_becomes_the_owners_and_status_says_why(rule: Condition) -> None:
    threatened = near(2, 30.0) if rule is dereg_risk.RULE else young(299)
    assert threatened.subnet is not None
    owned = replace(threatened, subnet=threatened.subnet._replace(owner_uids=(MINER_UID,)))
    watch = Watch(rule)
    assert watch.lasting(threatened, 3) == ["firing critical"]
    assert watch.sees(owned) == ["resolved critical owner-immune"]
    assert watch.lasting(owned, 30) == []
    assert why(skipped(owned)[rule.card.name]) == "the subnet owner's UID is never deregistered"


# M3


def young(left: int, emission: int = 0, **more: Any) -> BittensorContext:
    own = neuron(MINER_UID, registered_at=BLOCK - 4096 + left, emission=emission)
    return miner(**({"neuron": own, "history": USUAL | {"emission": epochs(0, 0)}} | more))


def test_immunity_that_ends_without_emission_is_told_with_what_is_left() -> None:
    watch = Watch(immunity_ending.RULE)
    assert watch.sees(young(1100)) == []  # a quarter of 4,096 blocks is less than 1,200
    assert watch.sees(young(1000)) == ["firing warning"]
    assert watch.found["blocks_left"] == 1000
    assert watch.sees(young(299)) == ["escalated critical"]
    assert watch.sees(young(0)) == ["resolved critical over"]


def test_two_epochs_with_emission_end_it() -> None:
    watch = Watch(immunity_ending.RULE)
    watch.sees(young(1000))
    assert watch.sees(young(900, emission=5, history=USUAL | {"emission": epochs(0, 0, 5)})) == []
    assert watch.sees(young(800, emission=5, history=USUAL | {"emission": epochs(0, 5, 5)})) == ["resolved warning"]


def test_a_miner_that_earns_is_not_told_of_the_end_of_its_immunity() -> None:
    assert Watch(immunity_ending.RULE).sees(young(100, emission=5)) == []


def test_a_long_immunity_warns_four_hours_ahead() -> None:
    long = with_parameters(immunity_period=10_000)
    own = neuron(MINER_UID, registered_at=BLOCK - 10_000 + 1199, emission=0)
    watch = Watch(immunity_ending.RULE)
    assert watch.sees(miner(subnet=long, neuron=own, history={})) == ["firing warning"]


# M4


def test_incentive_drops_and_comes_back() -> None:
    usual = 8000 / 65_535
    watch = Watch(incentive_drop.RULE)

    def earns(*shares: float) -> BittensorContext:
        return miner(history=changed(incentive=[share * usual for share in shares]))

    assert watch.sees(earns(0.5)) == []
    assert watch.sees(earns(0.5, 0.5)) == ["firing warning"]
    assert watch.sees(earns(0.5, 0.5, 0, 0)) == ["escalated critical"]
    assert watch.sees(earns(0, 0.85)) == []
    assert watch.sees(earns(0.85, 0.85)) == ["resolved critical"]


# M5


def test_an_axon_that_is_not_served_or_another_one_is_told() -> None:
    expected = Expected(axon="198.51.100.7:8091")
    watch = Watch(axon.RULE)
    assert watch.lasting(miner(expected=expected), 3) == []
    assert watch.lasting(miner(neuron=neuron(MINER_UID, axon=NOT_SERVED)), 3) == ["firing warning"]
    elsewhere = neuron(MINER_UID, axon=Axon("203.0.113.9", 8091))
    assert watch.sees(miner(neuron=elsewhere, expected=expected)) == ["escalated critical"]
    assert (watch.found["axon"], watch.found["expected"]) == ("203.0.113.9:8091", "198.51.100.7:8091")
    assert watch.sees(miner(expected=expected)) == ["resolved critical"]


def test_an_expected_address_without_a_port_is_enough() -> None:
    assert Watch(axon.RULE).lasting(miner(expected=Expected(axon="198.51.100.7")), 3) == []


def test_a_validator_need_not_serve_an_axon_unless_one_is_expected() -> None:
    silent = neuron(axon=NOT_SERVED)
    assert Watch(axon.RULE).lasting(validator(neuron=silent), 3) == []
    assert Watch(axon.RULE).lasting(validator(neuron=silent, expected=Expected(axon="198.51.100.7")), 3) == [
        "firing warning"
    ]


# M7


def test_too_little_collateral_is_told() -> None:
    watch = Watch(COLLATERAL)
    assert watch.sees(miner(neuron=neuron(MINER_UID, collateral=Collateral(80, 100)))) == ["firing warning"]
    assert watch.sees(miner()) == ["resolved warning"]
