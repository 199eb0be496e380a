"""What is told of a subnet's price that falls, run after run."""

from __future__ import annotations

from typing import Any

from monitor.bittensor.history import Sample, Samples
from monitor.bittensor.units import BLOCKS_PER_HOUR
from monitor.rules.bittensor import price
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.sampling import subnet_samples
from tests.monitor.rules.bittensor.states import BLOCK, SUBNET_USUAL, Watch, every, later, subnet, with_subnet

SPACING = 25
"""Blocks between two samples of a price."""
RUN = 5
"""Blocks from run to run."""


def at_price(share: float, **more: Any) -> BittensorContext:
    return subnet(subnet=with_subnet(alpha_price=round(20_000_000 * share)), **more)


class Market:
    """A rule that looks at one subnet every minute, with the samples that its runs take."""

    def __init__(self) -> None:
        self.watch = Watch(price.RULE)
        self.block = BLOCK
        self.taken: tuple[Sample, ...] = SUBNET_USUAL["alpha_price"].values

    def at(self, *shares: float, minutes: int = 1) -> list[str]:
        """What is told while the price is at each of these for so long, as a share of what it was at first."""
        told: list[str] = []
        for share in (share for share in shares for _ in range(minutes)):
            self.block += RUN
            found = subnet_samples(with_subnet(alpha_price=round(20_000_000 * share)), self.block)["alpha_price"]
            if found.block >= self.taken[-1].block + SPACING:
                self.taken += (found,)
            history = {"alpha_price": Samples(self.taken)}
            told += self.watch.sees(later(at_price(share, history=history), self.block - BLOCK))
        return told


def test_a_price_that_falls_within_an_hour_is_told() -> None:
    watch = Watch(price.RULE)
    assert watch.sees(at_price(0.91)) == []
    assert watch.sees(at_price(0.9)) == ["firing warning"]
    assert watch.sees(at_price(0.79)) == ["escalated critical"]


def test_a_price_that_moved_back_by_a_part_of_the_limit_is_over() -> None:
    watch = Watch(price.RULE)
    watch.sees(at_price(0.85))
    low = (*SUBNET_USUAL["alpha_price"].values, Sample(BLOCK + 25, 16_800_000.0))
    assert watch.sees(later(at_price(0.85, history={"alpha_price": Samples(low)}), 50)) == []
    assert watch.sees(later(at_price(0.87, history={"alpha_price": Samples(low)}), 60)) == ["resolved warning back"]


def test_a_fall_is_told_once_however_the_price_wavers_where_it_came_to_rest() -> None:
    market = Market()
    assert market.at(0.75, minutes=10) == ["firing critical"]
    assert market.at(0.775) == ["resolved critical back"]
    wavers = (0.75, 0.785, 0.76, 0.78, 0.77) * 2
    assert market.at(*wavers, minutes=9) == []
    assert market.at(*wavers * 14, minutes=12) == []  # the day's loss is none of its business either


def test_a_price_that_falls_further_after_it_moved_back_is_told_again_at_once() -> None:
    market = Market()
    market.at(0.75, minutes=10)
    assert market.at(0.775, minutes=10) == ["resolved critical back"]
    assert market.at(0.7) == []
    assert market.at(0.695) == ["firing warning"]
    assert round(market.watch.found["lost_hour"], 2) == 0.1
    assert market.at(0.61) == ["escalated critical"]


def test_a_price_that_is_higher_an_hour_later_is_held_against_that_hour() -> None:
    market = Market()
    market.at(0.75, minutes=10)
    assert market.at(0.775, 0.85, 0.95, minutes=30) == ["resolved critical back"]
    assert market.at(0.95, minutes=60) == []
    assert market.at(0.85) == ["firing warning"]


def test_a_day_in_which_it_falls_by_and_by_after_it_moved_back_is_told() -> None:
    market = Market()
    assert market.at(0.69, minutes=10) == ["firing critical"]
    assert market.at(0.72) == ["resolved critical back"]
    slowly = [0.72 - 0.02 * step for step in range(11)]
    assert market.at(*slowly, minutes=60) == []
    assert market.at(0.50) == ["firing critical"]
    assert market.block - BLOCK < 24 * BLOCKS_PER_HOUR


def test_a_fall_is_not_over_while_nobody_knows_what_an_hour_ago_was() -> None:
    watch = Watch(price.RULE)
    gap = {"alpha_price": every(SPACING, *[20_000_000.0] * 300, upto=BLOCK - 400)}
    assert watch.sees(at_price(0.85), later(at_price(0.82, history=gap), RUN)) == ["firing warning"]
    assert watch.sees(later(at_price(0.69, history=gap), 2 * RUN)) == ["escalated critical"]
    assert watch.found["lost_hour"] is None
    known = {"alpha_price": every(SPACING, *[0.7 * 20_000_000.0] * 300)}
    assert watch.sees(later(at_price(0.69, history=known), 3 * RUN)) == ["resolved critical"]
