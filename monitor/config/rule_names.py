"""Which of Bittensor's rules the `alerts` of which target may name. Imported only where some `alerts` name one: the
rules themselves are not part of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.rules.bittensor.interface import Condition, Notice, Threshold
from monitor.rules.bittensor.registry import CONDITIONS, NOTICES, THRESHOLDS

_KINDS_OF_SCOPES = {
    "neuron": "hotkey",
    "hotkey": "hotkey",
    "subnet": "netuid",
    "coldkey": "coldkey",
    "chain": "chain",
}
_KINDS_OF_CARDS = {"validator": "hotkey", "miner": "hotkey", "subnet": "netuid", "wallet": "coldkey", "chain": "chain"}


def kinds_of(rule: Condition | Notice) -> frozenset[str]:
    """hotkey, netuid, coldkey, chain: whose `alerts` may name it."""
    if isinstance(rule, Notice):
        return frozenset([_KINDS_OF_CARDS[rule.card.kind]])
    return frozenset(_KINDS_OF_SCOPES[scope] for scope in rule.scopes)


_RULES: tuple[Condition | Notice, ...] = (*CONDITIONS, *NOTICES)
KINDS: Mapping[str, frozenset[str]] = {rule.card.name: kinds_of(rule) for rule in _RULES}


def rules_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The rules that targets of these kinds may set, in the order of the registry."""
    wanted = frozenset(kinds)
    return tuple(rule for rule, its in KINDS.items() if its & wanted)


def thresholds_of(rule: str) -> Mapping[str, Threshold]:
    """By name."""
    return {threshold.name: threshold for threshold in THRESHOLDS[rule]}
