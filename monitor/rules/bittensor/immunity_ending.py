"""immunity_ending: a neuron's immunity is about to end and it has earned nothing, so that it will be the first to go.

Severity: warning; critical in the last hour. Closes after two epochs with emission.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.bittensor.pruning import is_full
from monitor.rules.bittensor.usual import in_a_row
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    if subnet is None or neuron is None or neuron.registered_at is None or neuron.emission is None:
        return NOT_READ
    period = subnet.hyperparameter("immunity_period")
    if period is None:
        return NOT_READ
    left = neuron.registered_at + period - context.block
    evidence = {"blocks_left": max(0, left), "full": is_full(subnet), "burn": subnet.burn}
    earning = all(in_a_row(context.samples("emission"), 2) or (0.0,))
    if neuron.emission > 0 and (earning or not episode.open):
        return ok("", **evidence)
    if left <= 0:
        return ok("over", **evidence)
    warn = limits.get("warning", min(1_200, period / 4))
    critical = min(limits["critical"], warn)
    if left < critical and neuron.emission == 0:
        return bad(Severity.CRITICAL, "ending", evidence)
    if left < warn:
        return bad(Severity.WARNING, "ending", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="M3",
    card=Card(
        name="immunity_ending",
        title="Immunity ends with no emission",
        kind="miner",
        default="less than 1,200 blocks (or a quarter of the immunity period, where that is less) of immunity left, "
        "and no emission",
        severity="warning; critical in the last 300 blocks (1 h)",
        recovery="emission in 2 epochs; or the immunity is over, and `dereg_risk` judges on",
    ),
    about="A neuron's immunity is about to end and it has earned nothing, so that it will be the first to go.",
    read="`BlockAtRegistration`, `ImmunityPeriod`, `Emission`",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", None, "blocks", "of immunity left; as above"),
        Threshold("critical", 300, "blocks", "of immunity left"),
    ),
    needs=(*needs.NEURON, needs.mining_subnet, needs.prunable),
)
