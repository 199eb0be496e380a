"""epoch_late: a subnet's epoch does not come; nobody on it is paid meanwhile.

Severity: warning; critical from 50 blocks, or where the chain skipped it. Closes with the next epoch.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad, graded


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet = context.subnet
    if subnet is None or subnet.tempo is None or subnet.last_epoch_block is None:
        return NOT_READ
    due = subnet.last_epoch_block + subnet.tempo
    if subnet.pending_epoch_at:
        due = min(due, subnet.pending_epoch_at)
    late = context.block - due
    evidence = {"blocks_late": max(0, late), "at_block": due}
    if late > 0 and context.happened("epoch_skipped", subnet.last_epoch_block + 1):
        return bad(Severity.CRITICAL, "skipped", evidence)
    return graded(late, limits, episode, "late", recovery=0, evidence=evidence)


def _tempo(context: BittensorContext) -> str | None:
    return "no-epochs" if context.subnet is not None and context.subnet.tempo == 0 else None


RULE = Condition(
    id="S8",
    card=Card(
        name="epoch_late",
        title="Epoch late",
        kind="subnet",
        default="more than 30 blocks past the block its epoch was due at",
        severity="warning; critical from 50 blocks, or where the chain skipped it",
        recovery="the next epoch",
    ),
    about="A subnet's epoch does not come; nobody on it is paid meanwhile.",
    read="`LastEpochBlock`, `Tempo`, `PendingEpochAt`, `EpochSkipped` events",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 30, "blocks", "late"),
        Threshold("critical", 50, "blocks", "late"),
    ),
    needs=(needs.subnet, needs.mining_subnet, _tempo),
)
