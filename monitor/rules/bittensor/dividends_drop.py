"""dividends_drop: a validator's part of the subnet's dividends fell.

Severity: warning; critical below 40 % of its usual part. Closes after two epochs at 85 % of it.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold
from monitor.rules.bittensor.usual import LEAST, drop


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron, subnet = context.neuron, context.subnet
    if neuron is None or subnet is None:
        return NOT_READ
    shares = context.samples("alpha_dividends_share")
    if neuron.alpha_dividends is not None and subnet.alpha_dividends_total is not None and len(shares) > LEAST:
        return drop(shares, limits, episode, "alpha")
    return NOT_READ if neuron.dividends is None else drop(context.samples("dividends"), limits, episode, "dividends")


RULE = Condition(
    id="V6",
    card=Card(
        name="dividends_drop",
        title="Dividends drop",
        kind="validator",
        default="its share of the subnet's dividends was 30 % below its median of 20 epochs, for two epochs",
        severity="warning; critical 60 % below",
        recovery="two epochs at 85 % of its median",
    ),
    about="A validator's part of the subnet's dividends fell.",
    read="`AlphaDividendsPerSubnet` of all hotkeys, once per epoch; `Dividends` where that map was not read",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.7, "of its median", "share of the dividends"),
        Threshold("critical", 0.4, "of its median", "share of the dividends"),
        Threshold("recovery", 0.85, "of its median", "share of the dividends"),
        Threshold("epochs", 2, "epochs", "in a row, to open and to recover"),
    ),
    needs=needs.EARNING_VALIDATOR,
    policy=Policy(flapping=True),
)
