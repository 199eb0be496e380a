"""What is told of a validator: when it should, not when it should not, and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.bittensor.history import Sample, Samples
from monitor.bittensor.neuron import Lender, PendingChildren, Relative
from monitor.bittensor.units import RAO
from monitor.model import Occurrence
from monitor.rules.bittensor import (
    childkeys_pending,
    dividends_drop,
    dividends_zero,
    inactive,
    permit_lost,
    permit_margin,
    root_dividends_drop,
    version_key,
    vtrust_low,
    weights_failed,
    weights_stale,
)
from monitor.rules.bittensor.context import BittensorContext, Expected
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    COLDKEY,
    EPOCH,
    HOTKEY,
    OTHER,
    PERMITS,
    TEMPO,
    USUAL,
    VALIDATOR_UID,
    VECTORS,
    N,
    Watch,
    changed,
    epochs,
    every,
    happened,
    hotkey,
    later,
    neuron,
    occurrence,
    validator,
    with_parameters,
    with_subnet,
    with_vectors,
)


def with_age(blocks: int, **fields: Any) -> BittensorContext:
    return validator(neuron=neuron(last_update=(BLOCK - blocks,)), **fields)


# V1


def test_weights_are_stale_from_one_and_a_half_tempos_where_they_are_usually_set_often() -> None:
    watch = Watch(weights_stale.RULE)
    assert watch.sees(with_age(540)) == []
    assert watch.sees(with_age(541)) == ["firing warning"]
    found = watch.found
    assert (found["age"], found["usual"], found["blocks_left"]) == (541, 120, 5000 - 541)
    assert (found["fresh"], found["others"]) == (PERMITS - 1, PERMITS - 1)


def test_a_validator_that_sets_weights_rarely_is_given_two_and_a_half_of_its_intervals() -> None:
    rarely = Samples(tuple(Sample(b, b) for b in range(BLOCK - 60 - 600 * 8, BLOCK - 59, 600)))
    history = USUAL | {"last_update": rarely}
    watch = Watch(weights_stale.RULE)
    assert watch.sees(with_age(1500, history=history)) == []
    assert watch.sees(with_age(1501, history=history)) == ["firing warning"]


def test_nothing_is_usual_before_five_weights_were_seen() -> None:
    twice = Samples((Sample(BLOCK - 2000, BLOCK - 2000), Sample(BLOCK - 60, BLOCK - 60)))
    assert weights_stale.usual_interval(validator(history=USUAL | {"last_update": twice})) is None


def test_the_limit_is_never_above_half_of_the_activity_cutoff() -> None:
    short = with_parameters(activity_cutoff=800)
    assert weights_stale.warning_age(validator(subnet=short)) == 400


def test_a_rate_limit_lets_weights_be_older() -> None:
    slow = with_parameters(weights_rate_limit=1000)
    assert weights_stale.warning_age(validator(subnet=slow)) == 2000


def test_weights_near_the_cutoff_are_critical() -> None:
    watch = Watch(weights_stale.RULE)
    assert watch.sees(with_age(3000)) == ["firing warning"]
    assert watch.sees(with_age(3501)) == ["escalated critical"]
    assert watch.sees(with_age(10)) == ["resolved critical"]


def test_stale_weights_stay_so_until_they_are_clearly_fresh() -> None:
    watch = Watch(weights_stale.RULE)
    watch.sees(with_age(600))
    assert watch.sees(with_age(500)) == []  # set, and gone stale again at once
    assert watch.sees(with_age(430)) == ["resolved warning"]


def test_the_mechanism_that_is_worst_is_told() -> None:
    watch = Watch(weights_stale.RULE)
    own = neuron(last_update=(BLOCK - 60, BLOCK - 700))
    vectors = VECTORS._replace(last_update=(VECTORS.last_update[0], (BLOCK - 700,) * N))
    assert watch.sees(validator(neuron=own, subnet=with_subnet(vectors=vectors))) == ["firing warning"]
    assert (watch.found["mechanism"], watch.found["age"], watch.found["fresh"]) == (1, 700, 0)


def test_a_targets_own_limits_win() -> None:
    watch = Watch(weights_stale.RULE)
    own = {"weights_stale": {"warning": 1200.0, "critical": 1500.0}}
    assert watch.sees(with_age(1100, alerts=own)) == []
    assert watch.sees(with_age(1600, alerts=own)) == ["firing critical"]


# V2


def test_a_validator_is_inactive_when_the_chain_says_so_or_the_cutoff_has_passed() -> None:
    watch = Watch(inactive.RULE)
    assert watch.sees(with_age(5000)) == []
    assert watch.sees(with_age(5001)) == ["firing critical"]
    assert watch.sees(validator()) == ["resolved critical"]
    assert watch.sees(validator(neuron=neuron(active=False))) == ["firing critical"]


def test_the_cutoff_follows_the_tempo_where_the_runtime_has_a_factor() -> None:
    subnet = with_parameters(activity_cutoff_factor=2000, activity_cutoff=5000)
    assert Watch(inactive.RULE).sees(with_age(721, subnet=subnet)) == ["firing critical"]


# V3


def test_a_lost_permit_is_told_at_once_and_is_back_after_two_epochs() -> None:
    watch = Watch(permit_lost.RULE)
    lost = validator(neuron=neuron(permit=False), history=changed(permit=[0]))
    assert watch.sees(validator(), lost) == ["firing critical"]
    assert watch.sees(validator(history=changed(permit=[0, 1]))) == []
    assert watch.sees(validator(history=changed(permit=[0, 1, 1]))) == ["resolved critical"]


def test_a_permit_that_never_lasted_is_not_missed() -> None:
    never = validator(neuron=neuron(permit=False), history={"permit": epochs(0, 1, 1, 0, 1, 0)})
    assert Watch(permit_lost.RULE).sees(never) == []


# V4


def test_the_permit_is_at_risk_when_somebody_without_one_comes_close() -> None:
    lowest, rival = PERMITS - 1, PERMITS
    stakes = list(VECTORS.total_stake or ())
    stakes[rival] = round(stakes[lowest] / 1.05)
    subnet = with_vectors(total_stake=tuple(stakes))
    assert Watch(permit_margin.RULE).lasting(validator(subnet=subnet), 5) == []  # four others would go before it
    watch = Watch(permit_margin.RULE)
    near = validator(subnet=subnet, neuron=neuron(lowest, subnet))
    assert watch.lasting(near, 1) == []
    assert watch.lasting(near, 3) == ["firing warning"]
    assert watch.found["needed"] == stakes[rival]


def test_the_lowest_permit_of_all_is_safe_while_nobody_is_behind_it() -> None:
    lowest = PERMITS - 1
    assert Watch(permit_margin.RULE).lasting(validator(neuron=neuron(lowest)), 5) == []


def test_the_stake_threshold_is_a_line_as_well() -> None:
    chain = replace(validator().chain, stake_threshold=round(17_000 * RAO / 1.02))
    watch = Watch(permit_margin.RULE)
    assert watch.lasting(validator(chain=chain), 3) == ["firing critical"]
    higher = replace(chain, stake_threshold=round(17_000 * RAO / 1.12))
    assert watch.sees(later(validator(chain=higher), 50)) == []
    safe = replace(chain, stake_threshold=round(17_000 * RAO / 1.2))
    assert watch.sees(later(validator(chain=safe), 60)) == ["resolved critical"]


# V5


def trust(*newest: float) -> BittensorContext:
    usual = 60_000 / 65_535
    return validator(history=changed(validator_trust=[share * usual for share in newest]))


def test_trust_is_low_after_two_epochs_below_the_usual() -> None:
    watch = Watch(vtrust_low.RULE)
    assert watch.sees(trust(0.8)) == []
    assert watch.sees(trust(0.8, 0.84)) == ["firing warning"]
    assert watch.sees(trust(0.8, 0.84, 0.49, 0.4)) == ["escalated critical"]


def test_trust_is_back_after_two_epochs_near_the_usual() -> None:
    watch = Watch(vtrust_low.RULE)
    watch.sees(trust(0.8, 0.8))
    assert watch.sees(trust(0.8, 0.8, 0.96)) == []
    assert watch.sees(trust(0.8, 0.96, 0.96)) == ["resolved warning"]


def test_trust_below_three_quarters_of_the_others_is_low_even_where_it_is_usual() -> None:
    trusts = tuple(65_000 if uid != VALIDATOR_UID else 50_000 for uid in range(N))
    context = validator(
        subnet=with_vectors(validator_trust=trusts),
        history=USUAL | {"validator_trust": epochs(*[50_000 / 65_535] * 25)},
    )
    watch = Watch(vtrust_low.RULE)
    assert watch.sees(context) == ["firing warning"]
    assert watch.reason == "below-peers"


def test_nothing_is_said_of_trust_before_five_epochs() -> None:
    few = validator(
        history=USUAL | {"validator_trust": epochs(0.9, 0.9, 0.1, 0.1)},
        subnet=with_vectors(validator_trust=tuple(6_000 for _ in range(N))),
    )
    assert Watch(vtrust_low.RULE).sees(few) == []


# V6


def test_dividends_are_judged_by_the_map_of_all_hotkeys_where_it_was_read() -> None:
    watch = Watch(dividends_drop.RULE)
    assert watch.sees(validator(history=changed(alpha_dividends_share=[0.08, 0.08]))) == ["firing warning"]
    assert watch.reason == "alpha"
    assert watch.found["drop"] == pytest.approx(0.36)
    assert watch.sees(validator(history=changed(alpha_dividends_share=[0.08, 0.08, 0.04, 0.04]))) == [
        "escalated critical"
    ]


def test_dividends_are_judged_by_the_vector_where_the_map_was_not_read() -> None:
    watch = Watch(dividends_drop.RULE)
    unread = with_subnet(alpha_dividends_total=None)
    assert watch.sees(validator(subnet=unread, history=changed(dividends=[0.08, 0.08]))) == ["firing warning"]
    assert watch.reason == "dividends"


def test_a_hundred_minutes_of_one_bad_epoch_are_one_bad_epoch() -> None:
    watch = Watch(dividends_drop.RULE)
    assert watch.lasting(validator(history=changed(alpha_dividends_share=[0.01])), 100, step=10) == []


def test_what_was_usual_before_a_drop_stays_the_measure_while_it_lasts() -> None:
    watch = Watch(dividends_drop.RULE)
    watch.sees(validator(history=changed(alpha_dividends_share=[0.08, 0.08])))
    low = [0.125] * 15 + [0.08] * 20
    long_after = validator(history=USUAL | {"alpha_dividends_share": epochs(*low, upto=EPOCH + 18 * TEMPO)})
    assert watch.sees(later(long_after, 18 * TEMPO)) == []
    forgotten = validator(history=USUAL | {"alpha_dividends_share": epochs(*[0.08] * 40, upto=EPOCH + 45 * TEMPO)})
    assert watch.sees(later(forgotten, 45 * TEMPO)) == ["resolved warning new-usual"]


# V7


def test_an_epoch_without_dividends_is_a_warning_and_a_second_one_critical() -> None:
    unpaid = neuron(alpha_dividends=0, root_alpha_dividends=0)
    watch = Watch(dividends_zero.RULE)
    once = changed(alpha_dividends=[0], root_alpha_dividends=[0])
    assert watch.sees(validator(neuron=unpaid, history=once)) == ["firing warning"]
    twice = changed(alpha_dividends=[0, 0], root_alpha_dividends=[0, 0])
    assert watch.sees(validator(neuron=unpaid, history=twice)) == ["escalated critical"]
    assert watch.found["epochs"] == 2
    assert watch.sees(validator()) == ["resolved critical"]


def test_what_root_stakers_get_is_a_dividend_too() -> None:
    rooted = neuron(alpha_dividends=0, root_alpha_dividends=5)
    assert Watch(dividends_zero.RULE).sees(validator(neuron=rooted)) == []


def test_nobody_is_told_of_no_dividends_where_nobody_on_the_subnet_has_any() -> None:
    unpaid = neuron(alpha_dividends=0, root_alpha_dividends=0)
    subnet = with_vectors(dividends=(0,) * N)
    assert Watch(dividends_zero.RULE).sees(validator(neuron=unpaid, subnet=subnet)) == []


# V8


def test_root_dividends_are_judged_over_all_subnets() -> None:
    watch = Watch(root_dividends_drop.RULE)
    low = [2.0 * RAO] * 23 + [1.2 * RAO] * 2
    assert watch.sees(hotkey(history={"root_dividends_value": every(360, *low)})) == ["firing warning"]
    back = [*low, 1.9 * RAO, 1.9 * RAO]
    grown = hotkey(history={"root_dividends_value": every(360, *back, upto=BLOCK + 720)})
    assert watch.sees(later(grown, 720)) == ["resolved warning"]


# V10


def refused(*blocks: int, error: str = "SubtensorModule.SettingWeightsTooFast") -> list[Occurrence]:
    return [occurrence("weights_failed", block, error=error) for block in blocks]


def test_two_refused_attempts_within_half_an_hour_are_told() -> None:
    watch = Watch(weights_failed.RULE)
    assert watch.sees(validator(occurrences=happened(*refused(BLOCK - 200, BLOCK - 20)))) == []
    assert watch.sees(validator(occurrences=happened(*refused(BLOCK - 100, BLOCK - 20)))) == ["firing warning"]
    assert watch.found["error"] == "SubtensorModule.SettingWeightsTooFast"
    five = refused(*range(BLOCK - 100, BLOCK, 20))
    assert watch.sees(validator(occurrences=happened(*five))) == ["escalated critical"]


def test_an_attempt_that_succeeds_ends_it() -> None:
    watch = Watch(weights_failed.RULE)
    failed = refused(BLOCK - 100, BLOCK - 20)
    watch.sees(validator(occurrences=happened(*failed)))
    taken = occurrence("weights_called", BLOCK - 5)
    assert watch.sees(validator(occurrences=happened(*failed, taken))) == ["resolved warning succeeded"]


# V11


def test_a_version_above_the_configured_one_is_told_and_grave_once_weights_are_stale() -> None:
    expected = Expected(version_key=1039)
    watch = Watch(version_key.RULE)
    assert watch.sees(validator(expected=Expected(version_key=1040))) == []
    assert watch.sees(validator(expected=expected)) == ["firing warning"]
    assert watch.sees(with_age(600, expected=expected)) == ["escalated critical"]
    assert watch.sees(validator(expected=Expected(version_key=1041))) == ["resolved critical"]


# V13


def test_pending_children_say_what_leaves_and_whether_the_permit_goes_with_it() -> None:
    stakes = list(VECTORS.total_stake or ())
    stakes[PERMITS] = 9_000 * RAO
    pending = PendingChildren((Relative(OTHER, 0.6),), BLOCK + 7200)
    watch = Watch(childkeys_pending.RULE)
    context = validator(neuron=neuron(pending_children=pending), subnet=with_vectors(total_stake=tuple(stakes)))
    assert watch.sees(validator(), context) == ["firing critical"]
    found = watch.found
    assert (found["leaving"], found["blocks_left"], found["permit_lost"]) == (0.6, 7200, True)
    assert found["stake"] == 3_000 * RAO
    assert watch.sees(validator()) == ["resolved critical"]


def test_pending_children_that_are_expected_are_a_warning() -> None:
    children = (Relative(OTHER, 0.6),)
    context = validator(
        neuron=neuron(pending_children=PendingChildren(children, BLOCK + 10)), expected=Expected(children=children)
    )
    assert Watch(childkeys_pending.RULE).sees(context) == ["firing warning"]


def test_what_is_expected_of_its_own_children_hides_no_parent_that_leaves() -> None:
    mine = PendingChildren((Relative(OTHER, 0.6),), BLOCK + 10)
    leaver = Lender(COLDKEY, 0.5, 8_500 * RAO, PendingChildren((), BLOCK + 7200))
    both = neuron(pending_children=mine, lenders=(leaver,))
    watch = Watch(childkeys_pending.RULE)
    assert watch.sees(validator(neuron=both, expected=Expected(children=mine.children))) == ["firing critical"]
    assert watch.reason == "parents"


def test_a_parent_that_takes_its_stake_back_is_told_with_what_leaves() -> None:
    def lender(*children: Relative, block: int = BLOCK + 7200) -> BittensorContext:
        lends = Lender(COLDKEY, 0.5, 8_500 * RAO, PendingChildren(children, block))
        return validator(neuron=neuron(lenders=(lends,)))

    watch = Watch(childkeys_pending.RULE)
    more, less = Relative(HOTKEY, 0.6), Relative(HOTKEY, 0.1)
    assert watch.sees(lender(more)) == []
    assert watch.sees(lender(less)) == ["firing critical"]
    assert watch.reason == "parents"
    assert watch.found["stake"] == 3_400 * RAO
    assert (watch.found["leaving"], watch.found["permit_lost"]) == (0.2, False)
    assert watch.sees(lender(less, block=BLOCK)) == ["resolved critical"]
    assert Watch(childkeys_pending.RULE).sees(lender()) == ["firing critical"]  # it lends nothing at all
