"""Which open incident explains which others, so that people hear of the cause. Inhibition delays, it never drops."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model import CheckKey
from monitor.rules.interface import SOURCE

DUTIES = frozenset({"missed_attestation", "missed_baking"})

BY_SOURCE: Mapping[str, frozenset[str]] = {
    "unreachable": DUTIES,
    "stale_head": DUTIES,
    "wrong_chain": DUTIES,
    "endpoints_disagree": DUTIES,
}
"""An incident of the network's source as a whole -> the rules it quiets for every target of the network."""

BY_TARGET: Mapping[str, frozenset[str]] = {
    "deactivated": DUTIES | {"attestation_reward", "dal_participation", "rights_drop"},
}
"""An incident of a target -> the rules it quiets for the same target."""


def causes(key: CheckKey) -> tuple[CheckKey, ...]:
    """The checks whose open incident quiets this one, the source's first."""
    by_source = (CheckKey(key.network, SOURCE, rule) for rule, quiets in BY_SOURCE.items() if key.rule in quiets)
    by_target = (CheckKey(key.network, key.target, rule) for rule, quiets in BY_TARGET.items() if key.rule in quiets)
    return (*by_source, *by_target)
