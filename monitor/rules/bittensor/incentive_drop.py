"""incentive_drop: a miner's incentive fell.

Severity: warning; critical at none for two epochs. Closes after two epochs at 80 % of its usual incentive.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold
from monitor.rules.bittensor.usual import drop


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron = context.neuron
    if neuron is None or not neuron.incentive or None in neuron.incentive:
        return NOT_READ
    return drop(context.samples("incentive"), limits, episode, "incentive")


RULE = Condition(
    id="M4",
    card=Card(
        name="incentive_drop",
        title="Incentive drop",
        kind="miner",
        default="incentive 40 % below its median of 20 epochs, for two epochs",
        severity="warning; critical at none",
        recovery="two epochs at 80 % of its median",
    ),
    about="A miner's incentive fell.",
    read="`Incentive`, summed over mechanisms, once per epoch",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.6, "of its median", "incentive"),
        Threshold("critical", 0.0, "of its median", "incentive"),
        Threshold("recovery", 0.8, "of its median", "incentive"),
        Threshold("epochs", 2, "epochs", "in a row, to open and to recover"),
    ),
    needs=needs.MINER,
    policy=Policy(flapping=True),
)
