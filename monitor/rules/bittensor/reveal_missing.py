"""reveal_missing: weights were committed and not revealed when they should have been; they count for nothing.

Severity: warning; critical two epochs late. Closes with the next reveal, and with nothing else: what a runtime throws
away unrevealed leaves the commits' map. So a commit that a block held and no later block revealed counts as well, but
for one that is older than the newest block that was not read, which may have held its reveal.
"""

from __future__ import annotations

from monitor.bittensor.subnet import SubnetState
from monitor.bittensor.units import BLOCKS_PER_DAY
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.interface import ok, unknown

COMMITTED, REVEALED = "weights_committed", "weights_revealed"
_FURTHEST = 40 * BLOCKS_PER_DAY
"""Enough for the longest tempo that the owner of a subnet can set, a week."""


def looks_back(subnet: SubnetState) -> int:
    """Blocks within which a commit becomes critically late, and one epoch more in which that is seen."""
    period = subnet.hyperparameter("commit_reveal_period")
    if period is None or not subnet.tempo:
        return 0
    return min(_FURTHEST, (period + 4) * subnet.tempo)


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    if subnet is None or neuron is None or not subnet.tempo:
        return NOT_READ
    period = subnet.hyperparameter("commit_reveal_period")
    if period is None or neuron.commits is None or subnet.epoch_index is None:
        return NOT_READ
    late = [subnet.epoch_index - period - 1 - commit.epoch for commit in neuron.commits]
    unrevealed = _unrevealed(context, period, subnet.tempo)
    late += [epochs for level, epochs in unrevealed if level >= context.read_since]
    epochs = max(late, default=0)
    evidence = {"epochs": max(0, epochs), "commits": len([one for one in late if one > 0])}
    if epochs >= limits["critical"]:
        return bad(Severity.CRITICAL, "late", evidence)
    if epochs >= limits["warning"]:
        return bad(Severity.WARNING, "late", evidence)
    unsure = any(epochs >= limits["warning"] for _, epochs in unrevealed)
    if episode.open and (unsure or not context.happened(REVEALED, (episode.opened_level or 0) + 1)):
        return unknown("not-revealed")
    return ok("", **evidence)


def _unrevealed(context: BittensorContext, period: int, tempo: int) -> list[tuple[int, int]]:
    """(block, how many epochs late) of each commit that no reveal of its mechanism followed. One that the
    subnet has no longer reveals nothing and counts for nothing."""
    reveals: dict[object, int] = {}
    for reveal in context.happened(REVEALED):
        mechanism = reveal.detail.get("mechanism", 0)
        reveals[mechanism] = max(reveals.get(mechanism, 0), reveal.level)
    commits = context.happened(COMMITTED)
    mechanisms = None if context.subnet is None else context.subnet.mechanisms
    waiting = [
        one
        for one in commits
        if one.level > reveals.get(mechanism := one.detail.get("mechanism", 0), 0)
        and (mechanisms is None or mechanism < mechanisms)
    ]
    return [(one.level, (context.block - one.level) // tempo - period - 1) for one in waiting]


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
