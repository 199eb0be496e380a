"""root_dividends_drop: what a hotkey earns for its stakers on root fell.

Severity: warning; critical below 40 % of the usual. Closes at 85 % of it.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Card, Condition, Episode, Limits, Policy, Threshold
from monitor.rules.bittensor.usual import drop


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    return drop(context.samples("root_dividends_value"), limits, episode, "root")


RULE = Condition(
    id="V8",
    card=Card(
        name="root_dividends_drop",
        title="Root dividends drop",
        kind="validator",
        default="what its root stakers earn over all subnets was 30 % below its median of 20 samples (360 blocks "
        "apart), for two of them",
        severity="warning; critical 60 % below",
        recovery="two samples at 85 % of its median",
    ),
    about="What a hotkey earns for its stakers on root fell.",
    read="`RootAlphaDividendsPerSubnet` over all subnets, by the price of their alpha",
    scopes=("hotkey",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.7, "of its median", "τ earned"),
        Threshold("critical", 0.4, "of its median", "τ earned"),
        Threshold("recovery", 0.85, "of its median", "τ earned"),
        Threshold("epochs", 2, "samples", "in a row, to open and to recover"),
    ),
    policy=Policy(flapping=True),
)
