"""V12: stake that leaves."""

from __future__ import annotations

from monitor.bittensor.units import BLOCKS_PER_HOUR, RAO
from monitor.rules.bittensor import (
    stake_outflow,
)
from monitor.rules.bittensor.context import BittensorContext
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    USUAL,
    Watch,
    every,
    later,
    neuron,
    validator,
)


def test_stake_that_leaves_within_an_hour_is_told() -> None:
    watch = Watch(stake_outflow.RULE)
    assert watch.sees(validator(neuron=neuron(alpha_stake=4_800 * RAO))) == []
    assert watch.sees(validator(neuron=neuron(alpha_stake=4_740 * RAO))) == ["firing warning"]
    assert watch.sees(validator(neuron=neuron(alpha_stake=4_200 * RAO))) == ["escalated critical"]


def test_stake_that_leaves_slowly_is_told_of_its_day() -> None:
    falling = every(25, *[7_500.0 * RAO] * 100, *[5_000.0 * RAO] * 200)
    watch = Watch(stake_outflow.RULE)
    assert watch.sees(validator(history=USUAL | {"alpha_stake": falling})) == ["firing critical"]


def since(blocks: int, stake: float) -> BittensorContext:
    """So long after its stake became that, with the samples that were taken since."""
    samples = every(25, *[5_000.0 * RAO] * 300, *[stake * RAO] * (blocks // 25), upto=BLOCK + blocks)
    history = USUAL | {"alpha_stake": samples}
    return later(validator(neuron=neuron(alpha_stake=round(stake * RAO)), history=history), blocks)


def test_an_outflow_is_over_after_three_quiet_hours() -> None:
    watch = Watch(stake_outflow.RULE)
    assert watch.sees(since(0, 4_740), since(250, 4_740)) == ["firing warning"]
    hour = BLOCKS_PER_HOUR
    assert watch.sees(since(hour, 4_740), since(2 * hour, 4_740), since(4 * hour - 1, 4_740)) == []
    assert watch.sees(since(4 * hour, 4_740)) == ["resolved warning"]


def test_an_outflow_of_everything_is_over_when_nothing_was_left_to_leave_for_a_day() -> None:
    watch = Watch(stake_outflow.RULE)
    hour = BLOCKS_PER_HOUR
    assert watch.sees(since(0, 0), since(12 * hour, 0), since(21 * hour, 0)) == ["firing critical"]
    assert watch.sees(since(24 * hour, 0), since(26 * hour, 0)) == []
    assert watch.sees(since(27 * hour, 0)) == ["resolved critical"]


def test_an_outflow_is_not_quiet_while_nobody_knows_what_an_hour_ago_was() -> None:
    watch = Watch(stake_outflow.RULE)
    watch.sees(since(0, 4_740))
    unseen = USUAL | {"alpha_stake": every(25, *[5_000.0 * RAO] * 300, upto=BLOCK - 400)}
    assert watch.lasting(later(validator(history=unseen), 10), 240, step=10) == []
    assert watch.sees(since(1500, 4_740), since(2399, 4_740)) == []
    assert watch.sees(since(2400, 4_740)) == ["resolved warning"]


def test_what_a_day_took_is_told_where_nobody_knows_what_an_hour_did() -> None:
    gap = every(25, *[7_500.0 * RAO] * 300, upto=BLOCK - 400)
    watch = Watch(stake_outflow.RULE)
    assert watch.sees(validator(history=USUAL | {"alpha_stake": gap})) == ["firing critical"]
    assert (watch.found["lost_hour"], round(watch.found["lost_day"], 2)) == (None, 0.33)
