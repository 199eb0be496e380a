"""subnet_removed: a subnet is about to be dissolved, or is gone with everything on it.

Severity: warning; critical once it is gone. Closes when there is a subnet again, or when the block that its removal was
scheduled for has passed and it still exists: then that was called off.
"""

from __future__ import annotations

from monitor.bittensor.units import BLOCKS_PER_DAY
from monitor.model import Severity, Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.interface import ok

DISSOLVE_SCHEDULED = "dissolve_scheduled"


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet = context.subnet
    if subnet is None or subnet.exists is None:
        return NOT_READ
    if not subnet.exists:
        return bad(Severity.CRITICAL, "removed")
    if subnet.netuid in (context.chain.dissolving or ()):
        return bad(Severity.WARNING, "dissolving")
    for scheduled in context.happened(DISSOLVE_SCHEDULED)[-1:]:
        at = scheduled.detail.get("at_block")
        # Where it was not told, a day is long enough to have been warned.
        if context.block <= (scheduled.level + BLOCKS_PER_DAY if at is None else at):
            left = None if at is None else at - context.block
            return bad(Severity.WARNING, "scheduled", {"blocks_left": left, "at_block": at})
    return ok()


RULE = Condition(
    id="S5",
    card=Card(
        name="subnet_removed",
        title="Subnet removed",
        kind="subnet",
        default="its removal is scheduled or under way, or it does not exist",
        severity="warning; critical once it is gone",
        recovery="it exists, and no removal is scheduled for a block to come",
    ),
    about="A subnet is about to be dissolved, or is gone with everything on it.",
    read="`NetworksAdded`, `DissolveCleanupQueue`, `DissolveNetworkScheduled` events",
    scopes=("subnet",),
    assess=assess,
)
