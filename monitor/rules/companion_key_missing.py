"""companion_key_missing: a tz4 consensus key cannot attest DAL without an active companion key beside it.

Opens when the node tells a tz4 consensus key and no active companion key, on a network with DAL.
Severity: warning. Closes when a companion key is active, or the consensus key is of another kind.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, ok, warning


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state, constants = context.state, context.constants
    if state is None or constants is None:
        return NOT_READ
    if not state.registered or not constants.dal_enabled:
        return NOT_APPLICABLE
    if state.consensus_key is None:
        return NOT_READ
    if not state.consensus_key.startswith("tz4") or state.companion_key is not None:
        return ok()
    pending = min(state.pending_companion_keys, key=lambda key: key.cycle, default=None)
    return warning("missing", cycle=pending.cycle if pending is not None else None)


RULE = DelegateRule(
    Card(
        name="companion_key_missing",
        title="Companion key missing",
        kind="delegate",
        default="a tz4 consensus key without an active companion key, on a network with DAL",
        severity="warning",
        recovery="a companion key is active, or the consensus key is of another kind",
    ),
    Policy(),
    judge,
)
