"""Every rule, once. A new rule is one file and one line here."""

from __future__ import annotations

from monitor.rules import (
    attestation,
    attestation_reward,
    baking,
    baking_power_low,
    companion_key_missing,
    config_invalid,
    consensus_key_pending,
    control_change,
    dal_participation,
    deactivated,
    deactivation_near,
    denounced,
    endpoint_unreachable,
    endpoints_disagree,
    forbidden,
    low_peers,
    node_behind,
    not_bootstrapped,
    reorganisation,
    rights_drop,
    run_killed,
    seed_nonce,
    stale_head,
    unreachable,
    unreadable,
    wrong_chain,
)
from monitor.rules.interface import Card, DelegateRule, DutyRule, MonitorRule, NoticeRule, Rule, SourceRule

DUTY_RULES: tuple[DutyRule, ...] = (attestation.RULE, baking.RULE)

DELEGATE_RULES: tuple[DelegateRule, ...] = (
    deactivated.RULE,
    deactivation_near.RULE,
    forbidden.RULE,
    denounced.RULE,
    attestation_reward.RULE,
    dal_participation.RULE,
    companion_key_missing.RULE,
    consensus_key_pending.RULE,
    seed_nonce.RULE,
    rights_drop.RULE,
    baking_power_low.RULE,
)

NOTICE_RULES: tuple[NoticeRule, ...] = (control_change.RULE,)

SOURCE_RULES: tuple[SourceRule, ...] = (
    unreachable.RULE,
    endpoint_unreachable.RULE,
    not_bootstrapped.RULE,
    wrong_chain.RULE,
    stale_head.RULE,
    node_behind.RULE,
    endpoints_disagree.RULE,
    low_peers.RULE,
    unreadable.RULE,
    reorganisation.RULE,
)

MONITOR_RULES: tuple[MonitorRule, ...] = (run_killed.RULE, config_invalid.RULE)

RULES: tuple[Rule, ...] = (*DUTY_RULES, *DELEGATE_RULES, *NOTICE_RULES, *SOURCE_RULES, *MONITOR_RULES)

CARDS: dict[str, Card] = {rule.card.name: rule.card for rule in RULES}
