"""What of a state is written down for later."""

from __future__ import annotations

from monitor.bittensor.history import Sample
from monitor.bittensor.metrics import BY_NAME
from monitor.bittensor.units import RAO
from monitor.rules.bittensor.sampling import neuron_samples, root_dividends_value, subnet_samples
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    EPOCH,
    GONE,
    SUBNET,
    neuron,
    with_subnet,
)


def test_what_moves_at_epochs_is_sampled_at_the_epoch_and_weights_where_they_were_set() -> None:
    samples = neuron_samples(SUBNET, neuron(), BLOCK)
    assert samples["validator_trust"].block == EPOCH
    assert samples["alpha_dividends_share"] == Sample(EPOCH, 0.125)
    assert samples["last_update"] == Sample(BLOCK - 60, BLOCK - 60)
    assert samples["alpha_stake"].block == BLOCK
    assert samples == neuron_samples(SUBNET, neuron(), BLOCK)


def test_a_hotkey_without_a_uid_is_sampled_as_such() -> None:
    assert neuron_samples(SUBNET, GONE, BLOCK) == {"uid": Sample(EPOCH, -1)}


def test_what_was_not_read_leaves_no_sample() -> None:
    assert subnet_samples(with_subnet(alpha_price=None, last_epoch_block=None), BLOCK).keys() == {
        "tao_in_emission",
        "registration_allowed",
    }


def test_what_root_stakers_get_is_worth_its_price_and_never_half_a_sum() -> None:
    other = with_subnet(alpha_price=50_000_000)
    sample = root_dividends_value([(neuron(), SUBNET), (neuron(), other)], BLOCK)
    assert sample == Sample(BLOCK, 10 * 0.02 * RAO + 10 * 0.05 * RAO)
    unread = neuron(root_alpha_dividends=None)
    assert root_dividends_value([(neuron(), SUBNET), (unread, other)], BLOCK) is None


def test_every_sample_is_of_a_metric_that_is_kept() -> None:
    names = neuron_samples(SUBNET, neuron(), BLOCK).keys() | subnet_samples(SUBNET, BLOCK).keys()
    assert names <= BY_NAME.keys()
