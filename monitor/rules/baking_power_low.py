"""baking_power_low: the delegate's baking power is close to the minimum, below which it gets no rights.

Opens within 5 % of the protocol's `minimal_stake`. Severity: warning; critical below it. Closes above that margin.
"""

from __future__ import annotations

from monitor.model import Severity, Status, Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, ok

MARGIN_PERCENT = 5


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state, constants = context.state, context.constants
    if state is None or constants is None:
        return NOT_READ
    if not state.registered or (_never_had_rights(context) and not episode.open):
        return NOT_APPLICABLE
    power, minimum = state.baking_power, constants.minimal_stake
    if power is None or minimum is None:
        return NOT_READ
    evidence = {"amount": power, "minimum": minimum}
    if power * 100 >= minimum * (100 + MARGIN_PERCENT):
        return ok("", **evidence)
    if power < minimum:
        return Verdict(Status.BAD, "below", Severity.CRITICAL, evidence=evidence)
    return Verdict(Status.BAD, "near", Severity.WARNING, evidence=evidence)


def _never_had_rights(context: DelegateContext) -> bool:
    """A new delegate waits some cycles for its first rights; none now and none coming looks the same."""
    coming = context.rights_next
    return (
        context.state is not None
        and context.state.expected_cycle_activity == 0
        and coming is not None
        and coming.attesting_power == 0
    )


RULE = DelegateRule(
    Card(
        name="baking_power_low",
        title="Baking power near the minimum",
        kind="delegate",
        default="baking power less than 5 % above the protocol's minimal_stake",
        severity="warning; critical below the minimum",
        recovery="5 % or more above it",
    ),
    Policy(flapping=True),
    judge,
)
