"""forbidden: the delegate may neither bake nor attest, after denunciations worth too much of its stake.

Opens at once, when the node says so. Severity: critical. Closes when the node no longer says so.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state = context.state
    if state is None or state.forbidden is None:
        return NOT_READ if state is None or state.registered else NOT_APPLICABLE
    return critical("forbidden", cycle=context.cycle) if state.forbidden else ok()


RULE = DelegateRule(
    Card(
        name="forbidden",
        title="Forbidden to bake",
        kind="delegate",
        default="the node says so",
        severity="critical",
        recovery="the node no longer says so",
    ),
    Policy(),
    judge,
)
