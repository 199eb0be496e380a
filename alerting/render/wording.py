"""Which function words which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from alerting.render import delegate, duties, monitor, operations, source
from alerting.render.figures import Times
from alerting.render.item import Item, Wording
from monitor.model import EventKind

WordingFunction = Callable[[Item, Times], Wording]

BY_RULE: dict[str, WordingFunction] = {
    "missed_attestation": duties.missed_attestation,
    "missed_baking": duties.missed_baking,
    "deactivated": delegate.deactivated,
    "deactivation_near": delegate.deactivation_near,
    "forbidden": delegate.forbidden,
    "denounced": delegate.denounced,
    "attestation_reward": delegate.attestation_reward,
    "dal_participation": delegate.dal_participation,
    "companion_key_missing": delegate.companion_key_missing,
    "consensus_key_pending": delegate.consensus_key_pending,
    "seed_nonce": delegate.seed_nonce,
    "rights_drop": delegate.rights_drop,
    "baking_power_low": delegate.baking_power_low,
    "control_change": delegate.control_change,
    "unreachable": source.unreachable,
    "endpoint_unreachable": source.endpoint_unreachable,
    "not_bootstrapped": source.not_bootstrapped,
    "wrong_chain": source.wrong_chain,
    "stale_head": source.stale_head,
    "node_behind": source.node_behind,
    "endpoints_disagree": source.endpoints_disagree,
    "low_peers": source.low_peers,
    "unreadable": source.unreadable,
    "reorganisation": source.reorganisation,
    "run_killed": monitor.run_killed,
    "config_invalid": monitor.config_invalid,
    "watch_list_changed": monitor.watch_list_changed,
    "channel_broken": monitor.channel_broken,
    "silence": operations.silence,
    "maintenance": operations.silence,
    "given_up": operations.given_up,
    "taken_over": operations.taken_over,
}

BY_KIND: dict[EventKind, WordingFunction] = {
    EventKind.COVERAGE_GAP: monitor.coverage_gap,
    EventKind.MONITOR_GAP: monitor.monitor_gap,
    EventKind.CHANNEL_BROKEN: monitor.channel_broken,
    EventKind.FLAPPING: monitor.flapping,
}


def word(item: Item, times: Times) -> Wording:
    """Never raises: one odd row must not keep a channel from all its other messages."""
    try:
        return _function(item)(_as_told(item), times)
    except Exception:  # noqa: BLE001 - a row of another version, or a defect in one rule's wording
        return Wording(f": {item.key.rule.replace('_', ' ')} ({item.kind.value})")


def _function(item: Item) -> WordingFunction:
    if item.kind in BY_KIND:
        return BY_KIND[item.kind]
    if item.kind is EventKind.RESOLVED and item.payload.close_reason == "removed":
        return monitor.no_longer_monitored
    if item.kind is EventKind.TEST:
        return _by_rule(item) or monitor.test
    return _by_rule(item) or monitor.generic


def _by_rule(item: Item) -> WordingFunction | None:
    if not item.key.network.startswith("bittensor"):
        return BY_RULE.get(item.key.rule)
    from alerting.render.bittensor import wording as bittensor  # nothing a baker's run needs

    if bittensor.no_longer_judged(item):
        return bittensor.ended_unjudged
    return bittensor.BY_RULE.get(item.key.rule) or BY_RULE.get(item.key.rule)


def _as_told(item: Item) -> Item:
    """A test of a rule reads as the rule's own alert would."""
    return replace(item, kind=EventKind.FIRING) if item.kind is EventKind.TEST else item
