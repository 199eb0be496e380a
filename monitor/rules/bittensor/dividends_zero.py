"""dividends_zero: a validator with a permit and stake earned nothing in an epoch.

Severity: warning; critical after two epochs. Closes with the first epoch that pays.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.interface import ok, unknown


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron, subnet = context.neuron, context.subnet
    if neuron is None or subnet is None or neuron.alpha_dividends is None:
        return NOT_READ
    if neuron.alpha_dividends > 0 or (neuron.root_alpha_dividends or 0) > 0:
        return ok()
    if neuron.root_alpha_dividends is None or neuron.total_stake is None:
        return NOT_READ
    if neuron.total_stake == 0:
        return unknown("no-stake")
    dividends = subnet.vectors.dividends
    if dividends is not None and not any(dividends):
        return unknown("nobody-paid")
    epochs = _unpaid_epochs(context)
    if epochs >= limits["critical"]:
        return bad(Severity.CRITICAL, "unpaid", {"epochs": epochs})
    return bad(Severity.WARNING, "unpaid", {"epochs": epochs}, reached=epochs >= limits["warning"])


def _unpaid_epochs(context: BittensorContext) -> int:
    """Epochs without dividends, up to the newest. At least one: the present."""
    root = {sample.block: sample.value for sample in context.samples("root_alpha_dividends").values}
    count = 0
    for sample in reversed(context.samples("alpha_dividends").values):
        if sample.value or root.get(sample.block):
            break
        count += 1
    return max(1, count)


RULE = Condition(
    id="V7",
    card=Card(
        name="dividends_zero",
        title="No dividends",
        kind="validator",
        default="an epoch without any dividends although it has a permit and stake",
        severity="warning; critical after 2 epochs",
        recovery="an epoch with dividends",
    ),
    about="A validator with a permit and stake earned nothing in an epoch.",
    read="`AlphaDividendsPerSubnet` and `RootAlphaDividendsPerSubnet`, once per epoch",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 1, "epochs", "without dividends"),
        Threshold("critical", 2, "epochs", "without dividends"),
    ),
    needs=needs.EARNING_VALIDATOR,
)
