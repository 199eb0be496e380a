"""permit_margin: a validator's stake is close to what would take its permit.

Severity: warning; critical within 3 %. Closes at 15 % above. The line is the stake of the one who would get the permit
in its place, or StakeThreshold where that is higher.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import (
    NOT_READ,
    Card,
    Condition,
    Episode,
    Limits,
    Policy,
    Threshold,
    graded,
)
from monitor.rules.bittensor.stakes import margin


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    found = margin(context)
    if found is None:
        return NOT_READ
    evidence = {"stake": found.own, "needed": found.needed, "margin": found.ratio}
    return graded(found.ratio, limits, episode, "near", above=False, evidence=evidence)


RULE = Condition(
    id="V4",
    card=Card(
        name="permit_margin",
        title="Validator permit at risk",
        kind="validator",
        default="stake less than 10 % above the line below which its permit goes, for 2 minutes",
        severity="warning; critical less than 3 % above",
        recovery="15 % above the line",
    ),
    about="A validator's stake is close to what would take its permit.",
    read="stake weights of all uids, `max_validators`, `StakeThreshold`",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 1.10, "of the line", "own stake"),
        Threshold("critical", 1.03, "of the line", "own stake"),
        Threshold("recovery", 1.15, "of the line", "own stake"),
    ),
    needs=(*needs.WORKING_VALIDATOR,),
    policy=Policy(fire_after=120, flapping=True),
)
