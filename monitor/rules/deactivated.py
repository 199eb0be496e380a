"""deactivated: the delegate lost its rights for being inactive.

Opens at once, when the node or a block says so. Severity: critical. Closes when the node says that it is active again.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    named = context.named_since_read("deactivated")
    if named is not None:
        return critical("deactivated", cycle=context.cycle, first_level=named.level)
    state = context.state
    if state is None or state.deactivated is None:
        return NOT_READ if state is None or state.registered else NOT_APPLICABLE
    if state.deactivated:
        return critical("deactivated", cycle=context.cycle, first_level=context.read_level)
    return ok()


RULE = DelegateRule(
    Card(
        name="deactivated",
        title="Deactivated",
        kind="delegate",
        default="the node or a block says so",
        severity="critical",
        recovery="the node says that it is active again",
    ),
    Policy(),
    judge,
)
