"""version_key: the subnet asks for a newer version of the validator than the one that is configured.

Severity: warning; critical once its weights are stale as well. Closes when what is configured is as high as the
chain's.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.bittensor.weights_stale import warning_age
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    configured = context.expected.version_key
    wanted = None if context.subnet is None else context.subnet.hyperparameter("weights_version")
    if configured is None or wanted is None:
        return NOT_READ
    if configured >= wanted:
        return ok()
    ages = [age for age in context.ages() if age is not None]
    warn = warning_age(context)
    stale = bool(ages) and warn is not None and max(ages) > warn
    severity = Severity.CRITICAL if stale else Severity.WARNING
    return bad(severity, "stale" if stale else "newer", {"configured": configured, "wanted": wanted})


def _configured(context: BittensorContext) -> str | None:
    return "nothing-expected" if context.expected.version_key is None else None


RULE = Condition(
    id="V11",
    card=Card(
        name="version_key",
        title="Validator version too old",
        kind="validator",
        default="`weights_version` of the subnet is above `expected.version_key`",
        severity="warning; critical once its weights are stale",
        recovery="the configured key is as high as the subnet's",
    ),
    about="The subnet asks for a newer version of the validator than the one that is configured.",
    read="`weights_version` of the hyperparameters",
    scopes=("neuron",),
    assess=assess,
    needs=(_configured, *needs.NEURON, needs.mining_subnet),
)
