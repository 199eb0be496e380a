"""Every Bittensor rule, once. A new one is one file, or one row of a table, and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.rules.bittensor import (
    axon,
    childkeys_pending,
    coldkey_swap,
    decode_failed,
    dereg_risk,
    deregistered,
    dividends_drop,
    dividends_zero,
    emission,
    endpoint_behind,
    epoch_late,
    immunity_ending,
    inactive,
    incentive_drop,
    permit_lost,
    permit_margin,
    price,
    prune_risk,
    registrations,
    reveal_missing,
    root_dividends_drop,
    runtime_upgraded,
    stake_outflow,
    subnet_removed,
    validators_dark,
    version_key,
    vtrust_low,
    weights_failed,
    weights_stale,
)
from monitor.rules.bittensor.context import BittensorContext, Scope
from monitor.rules.bittensor.interface import Condition, Notice, Threshold
from monitor.rules.bittensor.levels import LEVELS
from monitor.rules.bittensor.notices import NOTICES
from monitor.rules.interface import Card, SourceRule

CONDITIONS: tuple[Condition, ...] = (
    weights_stale.RULE,
    inactive.RULE,
    permit_lost.RULE,
    permit_margin.RULE,
    vtrust_low.RULE,
    dividends_drop.RULE,
    dividends_zero.RULE,
    root_dividends_drop.RULE,
    reveal_missing.RULE,
    weights_failed.RULE,
    version_key.RULE,
    stake_outflow.RULE,
    childkeys_pending.RULE,
    deregistered.RULE,
    dereg_risk.RULE,
    immunity_ending.RULE,
    incentive_drop.RULE,
    axon.RULE,
    coldkey_swap.RULE,
    prune_risk.RULE,
    subnet_removed.RULE,
    emission.RULE,
    price.RULE,
    epoch_late.RULE,
    validators_dark.RULE,
    registrations.RULE,
    *LEVELS,
    runtime_upgraded.RULE,
    decode_failed.RULE,
)

SOURCE_RULES: tuple[SourceRule, ...] = (endpoint_behind.RULE,)
"""Beside those of `monitor.rules.registry`, of which Bittensor has `unreachable` (C5), `endpoint_unreachable`,
`wrong_chain`, `endpoints_disagree`, `unreadable` and `reorganisation`; `chain_stalled` stands for `stale_head`."""

BY_SCOPE: Mapping[Scope, tuple[Condition, ...]] = {
    scope: tuple(rule for rule in CONDITIONS if scope in rule.scopes)
    for scope in ("neuron", "subnet", "hotkey", "coldkey", "chain")
}

RULES: tuple[Condition | Notice | SourceRule, ...] = (*CONDITIONS, *NOTICES, *SOURCE_RULES)
CARDS: dict[str, Card] = {rule.card.name: rule.card for rule in RULES}

THRESHOLDS: dict[str, tuple[Threshold, ...]] = {
    rule.card.name: rule.thresholds for rule in RULES if not isinstance(rule, SourceRule)
}
"""Rule -> what a target's `alerts` may change of it: name, default (None: derived), unit, meaning."""


def skipped(context: BittensorContext) -> dict[str, str]:
    """Rule -> why it is not judged for this target: a code that `alerting.render.skips` words, for `status`."""
    reasons = {rule.card.name: rule.skipped(context) for rule in BY_SCOPE[context.scope]}
    return {name: reason for name, reason in reasons.items() if reason is not None}


__all__ = ["BY_SCOPE", "CARDS", "CONDITIONS", "NOTICES", "RULES", "SOURCE_RULES", "THRESHOLDS", "skipped"]
