"""What is told of a subnet, a wallet and the chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from monitor.bittensor.chain import SubnetStanding
from monitor.bittensor.coldkey import ColdkeyState, ColdkeySwap
from monitor.bittensor.history import Sample, Samples
from monitor.bittensor.units import RAO
from monitor.rules.bittensor import (
    coldkey_swap,
    decode_failed,
    emission,
    endpoint_behind,
    epoch_late,
    prune_risk,
    registrations,
    runtime_upgraded,
    subnet_removed,
    validators_dark,
)
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Condition
from monitor.rules.bittensor.levels import LEVELS
from monitor.rules.bittensor.sampling import subnet_samples
from monitor.rules.interface import SourceSettings
from monitor.source_model import EndpointReading, SourceReading
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    CHAIN,
    COLDKEY,
    EPOCH,
    NETUID,
    NOW,
    OTHER,
    SUBNET_USUAL,
    TEMPO,
    N,
    Watch,
    chain,
    coldkey,
    every,
    happened,
    later,
    occurrence,
    subnet,
    with_chain,
    with_subnet,
    with_vectors,
)


def level(name: str) -> Condition:
    (rule,) = (rule for rule in LEVELS if rule.card.name == name)
    return rule


# S3


@pytest.mark.parametrize("of", [coldkey, subnet])
def test_an_announced_coldkey_swap_is_told_with_its_countdown(of: Callable[..., BittensorContext]) -> None:
    whose = COLDKEY if of is coldkey else OTHER
    announced = of(coldkey=ColdkeyState(whose, swap=ColdkeySwap(BLOCK + 29_700)))
    watch = Watch(coldkey_swap.RULE)
    assert watch.sees(of(), announced) == ["firing critical"]
    assert (watch.found["blocks_left"], watch.found["at_block"]) == (29_700, BLOCK + 29_700)
    assert watch.sees(later(announced, 100)) == []
    assert watch.sees(of()) == ["resolved critical"]


def test_a_disputed_swap_says_so() -> None:
    watch = Watch(coldkey_swap.RULE)
    watch.sees(coldkey(coldkey=ColdkeyState(COLDKEY, swap=ColdkeySwap(BLOCK + 10, disputed_at=BLOCK - 5))))
    assert watch.reason == "disputed"


# S4


def test_the_rank_counts_subnets_that_are_not_immune() -> None:
    assert prune_risk.rank(CHAIN, 3) == 3
    young = dict(CHAIN.standings or {}) | {1: SubnetStanding(0.0, BLOCK - 10)}
    assert prune_risk.rank(with_chain(standings=young), 3) == 2
    assert prune_risk.rank(with_chain(standings=young), 1) == 0


def ranked(place: int, **fields: Any) -> BittensorContext:
    standings = dict(CHAIN.standings or {}) | {NETUID: SubnetStanding(0.001 * place - 0.0005, 5)}
    return subnet(chain=with_chain(standings=standings, **fields))


def test_a_subnet_among_the_lowest_five_is_at_risk_and_safe_after_an_hour_above_eight() -> None:
    watch = Watch(prune_risk.RULE)
    assert watch.lasting(ranked(6), 10) == []
    assert watch.lasting(ranked(5), 10) == ["firing warning"]
    assert watch.lasting(ranked(7), 70) == []
    assert watch.lasting(ranked(9), 59) == []
    assert watch.sees(later(ranked(9), 310)) == ["resolved warning"]


def test_the_next_to_be_pruned_is_critical_once_there_is_no_room() -> None:
    watch = Watch(prune_risk.RULE)
    assert watch.lasting(ranked(1), 10) == ["firing warning"]
    last_place = ranked(1, total_networks=128, subnet_to_prune=NETUID)  # root is one of them and takes none
    assert last_place.chain.free_subnets == 1
    assert watch.sees(last_place) == []
    full = ranked(1, total_networks=129, subnet_to_prune=NETUID)
    assert watch.sees(full) == ["escalated critical"]
    assert watch.found["free"] == 0


def test_a_subnet_that_is_being_cleaned_up_takes_the_place_that_it_had() -> None:
    cleaning = ranked(1, total_networks=127, dissolving=(40, 41), subnet_to_prune=NETUID)
    assert Watch(prune_risk.RULE).lasting(cleaning, 10) == ["firing critical"]
    watch = Watch(prune_risk.RULE)
    assert watch.lasting(ranked(2, total_networks=127, dissolving=(40,)), 10) == ["firing warning"]
    assert watch.found["free"] == 1


# S5


def test_a_subnet_is_removed_after_it_was_scheduled() -> None:
    watch = Watch(subnet_removed.RULE)
    scheduled = happened(occurrence("dissolve_scheduled", BLOCK - 5, at_block=BLOCK + 100))
    assert watch.sees(subnet(), subnet(occurrences=scheduled)) == ["firing warning"]
    assert watch.found["blocks_left"] == 100
    assert watch.sees(subnet(subnet=with_subnet(exists=False))) == ["escalated critical"]
    assert watch.sees(subnet()) == ["resolved critical"]


def test_a_removal_that_lies_ahead_is_not_over_and_one_that_did_not_come_is() -> None:
    watch = Watch(subnet_removed.RULE)
    scheduled = subnet(occurrences=happened(occurrence("dissolve_scheduled", BLOCK, at_block=BLOCK + 36_000)))
    assert watch.sees(scheduled) == ["firing warning"]
    assert watch.sees(later(scheduled, 7_201), later(scheduled, 36_000)) == []
    assert watch.sees(later(scheduled, 36_001)) == ["resolved warning"]


def test_a_removal_for_an_unknown_block_is_told_for_a_day() -> None:
    watch = Watch(subnet_removed.RULE)
    scheduled = subnet(occurrences=happened(occurrence("dissolve_scheduled", BLOCK, at_block=None)))
    assert watch.sees(scheduled, later(scheduled, 7_200)) == ["firing warning"]
    assert watch.sees(later(scheduled, 7_201)) == ["resolved warning"]


def test_a_subnet_that_is_being_cleaned_up_is_told() -> None:
    watch = Watch(subnet_removed.RULE)
    assert watch.sees(subnet(chain=with_chain(dissolving=(NETUID,)))) == ["firing warning"]


# S6


def test_emission_that_falls_for_an_hour_is_told() -> None:
    watch = Watch(emission.RULE)
    low = subnet(subnet=with_subnet(tao_in_emission=2_700_000))
    assert watch.lasting(low, 59) == []
    assert watch.sees(later(low, 300)) == ["firing warning"]
    assert watch.sees(later(subnet(subnet=with_subnet(tao_in_emission=3_000_000)), 301)) == []
    assert watch.sees(later(subnet(subnet=with_subnet(tao_in_emission=3_300_000)), 302)) == ["resolved warning"]


@pytest.mark.parametrize("fields", [{"tao_in_emission": 0}, {"emission_enabled": False}])
def test_no_emission_is_critical(fields: dict[str, Any]) -> None:
    assert Watch(emission.RULE).lasting(subnet(subnet=with_subnet(**fields)), 60) == ["firing critical"]


def test_a_subnet_that_never_had_emission_loses_none() -> None:
    never = subnet(subnet=with_subnet(emission_enabled=False), history={"tao_in_emission": every(25, *[0] * 50)})
    assert Watch(emission.RULE).lasting(never, 60) == []


# S8


def overdue(blocks: int, **fields: Any) -> BittensorContext:
    return subnet(subnet=with_subnet(last_epoch_block=BLOCK - TEMPO - blocks, **fields))


def test_an_epoch_is_late_from_thirty_blocks_and_over_with_the_next() -> None:
    watch = Watch(epoch_late.RULE)
    assert watch.sees(overdue(30)) == []
    assert watch.sees(overdue(31)) == ["firing warning"]
    assert watch.sees(overdue(51)) == ["escalated critical"]
    assert watch.sees(subnet()) == ["resolved critical"]


def test_a_skipped_epoch_is_critical_at_once() -> None:
    skipped = replace(overdue(1), occurrences=happened(occurrence("epoch_skipped", BLOCK)))
    assert Watch(epoch_late.RULE).sees(skipped) == ["firing critical"]


def test_an_epoch_that_was_asked_for_is_due_when_it_was_asked_for() -> None:
    asked = subnet(subnet=with_subnet(pending_epoch_at=BLOCK - 40))
    assert Watch(epoch_late.RULE).sees(asked) == ["firing warning"]


# S9


def dark(*validators: int) -> BittensorContext:
    """So many did nothing for long at the end of each of the newest epochs, the present one last, as samples tell."""
    history: tuple[Sample, ...] = ()
    for age, silent in zip(reversed(range(len(validators))), validators, strict=True):
        epoch, block = EPOCH - TEMPO * age, BLOCK - TEMPO * age
        updates = tuple(block - (2000 if uid < silent else 60) for uid in range(N))
        state = with_vectors(last_update=(updates,))._replace(last_epoch_block=epoch)
        history += (subnet_samples(state, block)["validators_dark"],)
    return subnet(subnet=state, history={"validators_dark": Samples(history)})


def test_validators_in_the_dark_are_counted_by_stake_and_over_two_epochs() -> None:
    assert validators_dark.dark_share(with_vectors(), BLOCK) == 0
    watch = Watch(validators_dark.RULE)
    assert watch.sees(dark(2)) == []
    assert watch.sees(dark(0, 2)) == []
    assert watch.sees(dark(2, 2)) == ["firing warning"]
    assert watch.found["share"] == pytest.approx((20 + 19) / sum(range(13, 21)))
    assert watch.sees(dark(2, 2, 0)) == ["resolved warning"]


def test_half_of_the_stake_in_the_dark_for_one_epoch_is_not_critical_yet() -> None:
    watch = Watch(validators_dark.RULE)
    assert watch.sees(dark(0, 2, 2), dark(2, 2, 4)) == ["firing warning"]
    assert watch.sees(dark(2, 4, 4)) == ["escalated critical"]


def test_one_epoch_in_the_dark_is_enough_where_the_watch_list_says_so() -> None:
    impatient = {"validators_dark": {"epochs": 1.0}}
    assert Watch(validators_dark.RULE).sees(replace(dark(0, 2), alerts=impatient)) == ["firing warning"]


# S10


def test_a_burst_of_registrations_is_told_and_over_after_an_hour() -> None:
    burst = SUBNET_USUAL | {"registrations": Samples((Sample(BLOCK - 20, 1), Sample(BLOCK - 5, 2)))}
    watch = Watch(registrations.RULE)
    assert watch.sees(subnet(), subnet(history=burst)) == ["firing warning"]
    assert watch.found["count"] == 3
    assert watch.lasting(later(subnet(), 30), 59) == []
    assert watch.sees(later(subnet(), 331)) == ["resolved warning"]


def test_doors_that_were_open_and_are_closed_are_critical() -> None:
    closed = subnet(subnet=with_subnet(registration_allowed=False))
    assert Watch(registrations.RULE).sees(closed) == ["firing critical"]
    always = SUBNET_USUAL | {"registration_allowed": Samples((Sample(BLOCK - 5000, 0.0),))}
    assert Watch(registrations.RULE).sees(replace(closed, history=always)) == []


# S11, M6, W1, C1, C2


def test_burned_emission_has_a_gap_between_opening_and_closing() -> None:
    watch = Watch(level("miner_burned"))

    def burns(share: float) -> BittensorContext:
        return subnet(subnet=with_subnet(miner_burned=share))

    assert watch.sees(burns(0.5)) == []
    assert watch.sees(burns(0.51), burns(0.45), burns(0.41)) == ["firing warning"]
    assert watch.sees(burns(0.91)) == ["escalated critical"]
    assert watch.sees(burns(0.4)) == ["resolved critical"]


def test_the_price_of_a_registration_is_told_only_where_a_limit_is_set() -> None:
    rule = level("burn_price")

    def costs(tao: float, **limits: float) -> BittensorContext:
        return subnet(subnet=with_subnet(burn=round(tao * RAO)), alerts={"burn_price": limits} if limits else {})

    assert Watch(rule).sees(costs(0.001)) == []
    watch = Watch(rule)
    assert watch.sees(costs(0.41, low=0.1, high=0.5)) == []
    assert watch.sees(costs(0.51, low=0.1, high=0.5)) == ["firing warning"]
    assert watch.sees(costs(0.49, low=0.1, high=0.5)) == []
    assert watch.sees(costs(0.47, low=0.1, high=0.5)) == ["resolved warning"]
    assert watch.sees(costs(0.09, low=0.1)) == ["firing warning"]
    assert watch.reason == "low"


def test_a_low_balance_is_told_until_there_is_half_as_much_again() -> None:
    watch = Watch(level("balance_low"))

    def holds(tao: float) -> BittensorContext:
        return coldkey(coldkey=ColdkeyState(COLDKEY, free=round(tao * RAO)))

    assert watch.sees(holds(0.5)) == []
    assert watch.sees(holds(0.49), holds(0.74)) == ["firing warning"]
    assert watch.sees(holds(0.09)) == ["escalated critical"]
    assert watch.sees(holds(0.75)) == ["resolved critical"]


def test_a_chain_that_stands_still_is_told() -> None:
    watch = Watch(level("chain_stalled"))
    assert watch.lasting(chain(now=NOW + 60), 0) == []
    assert watch.lasting(chain(now=NOW + 100), 1) == ["firing warning"]
    assert watch.sees(chain(now=NOW + 300)) == ["escalated critical"]
    assert watch.sees(chain(now=NOW + 35, chain=with_chain(timestamp=NOW - 30))) == []
    assert watch.sees(chain(now=NOW + 20)) == ["resolved critical"]


def test_finality_that_lags_for_two_minutes_is_told() -> None:
    watch = Watch(level("finality_lag"))
    assert watch.lasting(chain(chain=with_chain(head=BLOCK + 10)), 3) == []
    assert watch.lasting(chain(chain=with_chain(head=BLOCK + 11)), 3) == ["firing warning"]
    assert watch.sees(chain(chain=with_chain(head=BLOCK + 5))) == []
    assert watch.sees(chain(chain=with_chain(head=BLOCK + 4))) == ["resolved warning"]


# C3, C4, C6


def test_an_endpoint_behind_the_others_is_judged_alone() -> None:
    def reading(*heads: int) -> SourceReading:
        endpoints = tuple(
            EndpointReading(f"host#{n}", None, True, head_level=head) for n, head in enumerate(heads, start=1)
        )
        return SourceReading("bittensor:finney", endpoints, None, max(heads), NOW)

    def said(*heads: int) -> list[tuple[str, str, str]]:
        found = endpoint_behind.judge(reading(*heads), SourceSettings(), NOW)
        return [(one.target, one.verdict.status.value, one.verdict.severity.value) for one in found]

    assert said(1000, 990) == [("host#1", "ok", "warning"), ("host#2", "unknown", "warning")]
    assert said(1000, 989) == [("host#1", "ok", "warning"), ("host#2", "bad", "warning")]
    assert said(1000, 949) == [("host#1", "ok", "warning"), ("host#2", "bad", "critical")]
    assert said(1000, 997) == [("host#1", "ok", "warning"), ("host#2", "ok", "warning")]


def test_an_upgrade_is_silent_unless_something_watched_went() -> None:
    watch = Watch(runtime_upgraded.RULE)
    assert watch.sees(chain(chain=with_chain(spec_version=474, previous_spec_version=473))) == []
    gone = with_chain(spec_version=475, gone=("SubtensorModule.ValidatorTrust",))
    assert watch.sees(chain(chain=gone)) == ["firing critical"]
    assert watch.found["items"] == ["SubtensorModule.ValidatorTrust"]
    assert watch.sees(chain()) == ["resolved critical"]


def test_answers_that_cannot_be_decoded_are_told_and_grave_when_it_lasts() -> None:
    watch = Watch(decode_failed.RULE)
    odd = chain(chain=with_chain(undecoded=("System.Number is not the header's",)))
    assert watch.sees(odd) == ["firing warning"]
    assert watch.sees(later(odd, 5)) == []
    assert watch.sees(later(odd, 10)) == ["escalated critical"]
    assert watch.sees(later(chain(), 15)) == []
    assert watch.sees(later(chain(), 20)) == ["resolved critical"]
