"""The metrics that must be sampled into the database, and for how long. Targets: `netuid/hotkey`, `netuid`, an address.

What the state of one block tells by itself (ages, ranks, distances) is not among them.
"""

from __future__ import annotations

from monitor.bittensor.history import Metric
from monitor.bittensor.units import BLOCKS_PER_DAY, BLOCKS_PER_HOUR

_EPOCHS = 50
"""More than the 20 of a median, so that a slow decline is seen against what was."""
_TWO_DAYS = 2 * BLOCKS_PER_DAY

METRICS: tuple[Metric, ...] = (
    Metric("uid", "neuron", "epoch", 0, _EPOCHS, "uid; -1 where not registered", "deregistered"),
    Metric("permit", "neuron", "epoch", 0, _EPOCHS, "1 or 0", "permit_lost, and the first three epochs of a permit"),
    Metric("validator_trust", "neuron", "epoch", 0, _EPOCHS, "share", "vtrust_low"),
    Metric("dividends", "neuron", "epoch", 0, _EPOCHS, "Dividends[uid] by the sum over the subnet", "dividends_drop"),
    Metric(
        "alpha_dividends_share",
        "neuron",
        "epoch",
        0,
        _EPOCHS,
        "AlphaDividendsPerSubnet[hotkey] by the sum over the subnet; no sample where the map was not read whole",
        "dividends_drop",
    ),
    Metric("alpha_dividends", "neuron", "epoch", 0, _EPOCHS, "alpha rao", "dividends_zero"),
    Metric("root_alpha_dividends", "neuron", "epoch", 0, _EPOCHS, "alpha rao", "dividends_zero"),
    Metric("incentive", "neuron", "epoch", 0, _EPOCHS, "share, summed over mechanisms", "incentive_drop"),
    Metric("emission", "neuron", "epoch", 0, _EPOCHS, "alpha rao per epoch", "immunity_ending"),
    Metric("prune_rank", "neuron", "epoch", 0, _EPOCHS, "UIDs that go first; -1 where none goes", "dereg_risk"),
    Metric(
        "last_update",
        "neuron",
        "change",
        0,
        5 * BLOCKS_PER_DAY,
        "LastUpdate of mechanism 0, a sample of that very block; of others last_update_1, …",
        "weights_stale: how often weights are usually set",
    ),
    Metric("alpha_stake", "neuron", "sample", 25, _TWO_DAYS, "alpha rao", "stake_outflow"),
    Metric(
        "root_dividends_value",
        "hotkey",
        "sample",
        360,
        30 * 360,
        "τ rao: over all subnets, the newest RootAlphaDividendsPerSubnet by the alpha price",
        "root_dividends_drop",
    ),
    Metric("alpha_price", "subnet", "sample", 25, _TWO_DAYS, "rao of τ for one alpha", "price"),
    Metric("tao_in_emission", "subnet", "sample", 25, _TWO_DAYS, "rao per block", "emission"),
    Metric(
        "registrations",
        "subnet",
        "sample",
        1,
        BLOCKS_PER_DAY + BLOCKS_PER_HOUR,
        "NeuronRegistered events in a block that has any; 0 where a run's last block has none",
        "dereg_risk, registrations",
    ),
    Metric(
        "registration_allowed",
        "subnet",
        "change",
        0,
        30 * BLOCKS_PER_DAY,
        "1 or 0",
        "registrations: whether it was open before",
    ),
    Metric(
        "validators_dark",
        "subnet",
        "epoch",
        0,
        _EPOCHS,
        "share of permit stake without weights for 3 tempos",
        "validators_dark",
    ),
)

BY_NAME = {metric.name: metric for metric in METRICS}
