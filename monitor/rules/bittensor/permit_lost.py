"""permit_lost: a validator that had a permit has it no more; its bonds are wiped.

Severity: critical. Closes after two epochs with a permit.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import NEW_PERMIT_EPOCHS, BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.bittensor.stakes import margin
from monitor.rules.bittensor.usual import in_a_row
from monitor.rules.interface import ok, unknown


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron = context.neuron
    if neuron is None or neuron.permit is None:
        return NOT_READ
    epochs = max(1, round(limits["epochs"]))
    if neuron.permit:
        if episode.open and not all(in_a_row(context.samples("permit"), epochs) or (0.0,)):
            return bad(Severity.CRITICAL, "lost")
        return ok()
    if not episode.open and not _held(context):
        return unknown("no-permit")
    found = margin(context)
    evidence = {} if found is None else {"stake": found.own, "needed": found.needed, "margin": found.ratio}
    return bad(Severity.CRITICAL, "lost", evidence)


def _held(context: BittensorContext) -> bool:
    """Whether it held a permit for three epochs in a row before; a permit of an epoch or two comes and goes."""
    run = 0
    for sample in context.samples("permit").values:
        run = run + 1 if sample.value else 0
        if run >= NEW_PERMIT_EPOCHS:
            return True
    return False


RULE = Condition(
    id="V3",
    card=Card(
        name="permit_lost",
        title="Validator permit lost",
        kind="validator",
        default="a permit held for three epochs or more is gone",
        severity="critical",
        recovery="a permit for 2 epochs",
    ),
    about="A validator that had a permit has it no more; its bonds are wiped.",
    read="`ValidatorPermit`, at every epoch",
    scopes=("neuron",),
    assess=assess,
    thresholds=(Threshold("epochs", 2, "epochs", "with a permit again, to recover"),),
    needs=needs.VALIDATOR,
)
