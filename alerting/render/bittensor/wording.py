"""Which function words which of Bittensor's rules."""

from __future__ import annotations

from collections.abc import Callable

from alerting.render import source
from alerting.render.bittensor import chain, miner, subnet, validator, wallet
from alerting.render.bittensor.hyperparameter import hyperparam_changed
from alerting.render.bittensor.skips import SKIPPED, why
from alerting.render.figures import Times, capitalised
from alerting.render.item import Item, Wording
from monitor.model import ENDED

BY_RULE: dict[str, Callable[[Item, Times], Wording]] = {
    "weights_stale": validator.weights_stale,
    "inactive": validator.inactive,
    "permit_lost": validator.permit_lost,
    "permit_margin": validator.permit_margin,
    "vtrust_low": validator.vtrust_low,
    "dividends_drop": validator.dividends_drop,
    "dividends_zero": validator.dividends_zero,
    "root_dividends_drop": validator.root_dividends_drop,
    "reveal_missing": validator.reveal_missing,
    "weights_failed": validator.weights_failed,
    "version_key": validator.version_key,
    "stake_outflow": validator.stake_outflow,
    "childkeys_pending": validator.childkeys_pending,
    "take_changed": wallet.take_changed,
    "childkeys": wallet.childkeys,
    "identity": wallet.identity,
    "deregistered": miner.deregistered,
    "dereg_risk": miner.dereg_risk,
    "immunity_ending": miner.immunity_ending,
    "incentive_drop": miner.incentive_drop,
    "axon": miner.axon,
    "burn_price": subnet.burn_price,
    "collateral": miner.collateral,
    "hyperparam_changed": hyperparam_changed,
    "owner_changed": subnet.owner_changed,
    "coldkey_swap": wallet.coldkey_swap,
    "prune_risk": subnet.prune_risk,
    "subnet_removed": subnet.subnet_removed,
    "emission": subnet.emission,
    "price": subnet.price,
    "epoch_late": subnet.epoch_late,
    "validators_dark": subnet.validators_dark,
    "registrations": subnet.registrations,
    "miner_burned": subnet.miner_burned,
    "sudo": subnet.sudo,
    "balance_low": wallet.balance_low,
    "unexpected_transfer": wallet.unexpected_transfer,
    "wallet_control": wallet.wallet_control,
    "chain_stalled": chain.chain_stalled,
    "finality_lag": chain.finality_lag,
    "endpoint_behind": source.node_behind,
    "runtime_upgraded": chain.runtime_upgraded,
    "decode_failed": chain.decode_failed,
}


def no_longer_judged(item: Item) -> bool:
    """Whether its rule came to mean nothing while it was open."""
    return item.kind in ENDED and item.payload.close_reason in SKIPPED


def ended_unjudged(item: Item, times: Times) -> Wording:
    reason = why(item.payload.close_reason or "")
    what = item.key.rule.replace("_", " ")
    return Wording(f": {what} no longer judged {times.at(item.ended_at)}", (capitalised(reason),))
