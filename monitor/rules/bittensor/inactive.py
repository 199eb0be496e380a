"""inactive: a validator is left out of consensus for having set no weights, and earns nothing.

Severity: critical. Closes when the chain counts it as active again.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    if subnet is None or neuron is None or neuron.active is None:
        return NOT_READ
    known = [age for age in context.ages() if age is not None]
    age = min(known) if known else None
    cutoff = subnet.activity_cutoff
    evidence = {"age": age, "cutoff": cutoff}
    if not neuron.active:
        return bad(Severity.CRITICAL, "inactive", evidence)
    if age is not None and cutoff is not None and age > cutoff:
        return bad(Severity.CRITICAL, "cutoff", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="V2",
    card=Card(
        name="inactive",
        title="Validator inactive",
        kind="validator",
        default="the chain counts it as inactive, or its weights are older than the activity cutoff",
        severity="critical",
        recovery="counted as active again, with weights younger than the cutoff",
    ),
    about="A validator is left out of consensus for having set no weights, and earns nothing.",
    read="`Active` (moves at epochs), `LastUpdate`, and the cutoff by `ActivityCutoffFactorMilli`",
    scopes=("neuron",),
    assess=assess,
    needs=needs.WORKING_VALIDATOR,
)
