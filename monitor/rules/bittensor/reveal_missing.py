"""reveal_missing: weights were committed and not revealed when they should have been; they count for nothing.

Severity: warning; critical two epochs late. Closes with the next reveal. What a runtime throws away unrevealed leaves
the commits' map: a commit that a block held and no later block revealed counts as well.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    if subnet is None or neuron is None or not subnet.tempo:
        return NOT_READ
    period = subnet.hyperparameter("commit_reveal_period")
    if period is None or neuron.commits is None or subnet.epoch_index is None:
        return NOT_READ
    late = [subnet.epoch_index - period - 1 - commit.epoch for commit in neuron.commits]
    late += _unrevealed(context, period, subnet.tempo)
    epochs = max(late, default=0)
    evidence = {"epochs": max(0, epochs), "commits": len([one for one in late if one > 0])}
    if epochs >= limits["critical"]:
        return bad(Severity.CRITICAL, "late", evidence)
    if epochs >= limits["warning"]:
        return bad(Severity.WARNING, "late", evidence)
    return ok("", **evidence)


def _unrevealed(context: BittensorContext, period: int, tempo: int) -> list[int]:
    """How many epochs late each commit of the last day is that no reveal followed, by mechanism."""
    reveals: dict[object, int] = {}
    for reveal in context.happened("weights_revealed"):
        mechanism = reveal.detail.get("mechanism", 0)
        reveals[mechanism] = max(reveals.get(mechanism, 0), reveal.level)
    commits = context.happened("weights_committed")
    waiting = [one for one in commits if one.level > reveals.get(one.detail.get("mechanism", 0), 0)]
    return [(context.block - one.level) // tempo - period - 1 for one in waiting]


def _commits(context: BittensorContext) -> str | None:
    subnet = context.subnet
    return "no-commit-reveal" if subnet is not None and subnet.commits_and_reveals is False else None


RULE = Condition(
    id="V9",
    card=Card(
        name="reveal_missing",
        title="Weights not revealed",
        kind="validator",
        default="committed weights are an epoch late in being revealed",
        severity="warning; critical from 2 epochs",
        recovery="a reveal",
    ),
    about="Weights were committed and not revealed when they should have been; they count for nothing.",
    read="`TimelockedWeightCommits`, `SubnetEpochIndex`, `RevealPeriodEpochs`; commits and reveals in blocks",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 1, "epochs", "late"),
        Threshold("critical", 2, "epochs", "late"),
    ),
    needs=(*needs.VALIDATOR, needs.permit, _commits),
)
