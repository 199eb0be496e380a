"""What of a state is written down for later: the samples of the metrics in `monitor.bittensor.metrics`."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.bittensor.history import Sample
from monitor.bittensor.neuron import Neuron
from monitor.bittensor.subnet import SubnetState
from monitor.bittensor.units import RAO
from monitor.rules.bittensor.pruning import is_full, prune_rank
from monitor.rules.bittensor.validators_dark import dark_share


def neuron_samples(subnet: SubnetState, neuron: Neuron, block: int) -> dict[str, Sample]:
    """Metric -> sample. What moves at epochs stands at the epoch's block; weights at the block they were set."""
    samples: dict[str, Sample] = {}
    epoch = subnet.last_epoch_block
    if neuron.alpha_stake is not None:
        samples["alpha_stake"] = Sample(block, neuron.alpha_stake)
    for mechanism, update in enumerate(neuron.last_update):
        if update:
            samples["last_update" if mechanism == 0 else f"last_update_{mechanism}"] = Sample(update, update)
    if epoch is None:
        return samples
    values: dict[str, float | None] = {
        "permit": neuron.permit,
        "validator_trust": neuron.validator_trust,
        "dividends": _dividends(subnet, neuron),
        "alpha_dividends": neuron.alpha_dividends,
        "root_alpha_dividends": neuron.root_alpha_dividends,
        "emission": neuron.emission,
        "prune_rank": _rank(subnet, neuron, block),
    }
    if neuron.alpha_dividends is not None and subnet.alpha_dividends_total:
        values["alpha_dividends_share"] = neuron.alpha_dividends / subnet.alpha_dividends_total
    if neuron.registered is not None:
        values["uid"] = neuron.uid if neuron.registered else -1
    if neuron.incentive and None not in neuron.incentive:
        values["incentive"] = sum(share or 0.0 for share in neuron.incentive)
    samples |= {name: Sample(epoch, float(value)) for name, value in values.items() if value is not None}
    return samples


def subnet_samples(subnet: SubnetState, block: int) -> dict[str, Sample]:
    """Metric -> sample, but "registrations", which blocks tell (`occurrences.registrations_of`)."""
    values: dict[str, float | None] = {
        "alpha_price": subnet.alpha_price,
        "tao_in_emission": subnet.tao_in_emission,
        "registration_allowed": subnet.registration_allowed,
    }
    samples = {name: Sample(block, float(value)) for name, value in values.items() if value is not None}
    if subnet.last_epoch_block is not None:
        dark = dark_share(subnet, block)
        if dark is not None:
            samples["validators_dark"] = Sample(subnet.last_epoch_block, dark)
    return samples


def root_dividends_value(earned: Iterable[tuple[Neuron, SubnetState]], block: int) -> Sample | None:
    """The metric of a bare hotkey: what its root stakers got in the newest epoch of every subnet, rao of τ. None where
    a part was not read: a sum that lacks a subnet would look like a drop."""
    total = 0.0
    for neuron, subnet in earned:
        if neuron.root_alpha_dividends is None or (neuron.root_alpha_dividends and subnet.alpha_price is None):
            return None
        total += neuron.root_alpha_dividends * (subnet.alpha_price or 0) / RAO
    return Sample(block, total)


def _dividends(subnet: SubnetState, neuron: Neuron) -> float | None:
    dividends = subnet.vectors.dividends
    if dividends is None or neuron.uid is None or neuron.uid >= len(dividends):
        return None
    total = sum(dividends)
    return dividends[neuron.uid] / total if total else 0.0


def _rank(subnet: SubnetState, neuron: Neuron, block: int) -> float | None:
    """-1 where nobody is in danger: there is room, or it is immune."""
    if neuron.uid is None:
        return None
    if is_full(subnet) is False:
        return -1
    rank = prune_rank(subnet, neuron.uid, block)
    return None if rank is None else -1 if rank.immune else rank.before
