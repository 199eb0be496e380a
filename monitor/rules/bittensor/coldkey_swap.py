"""coldkey_swap: the swap of a coldkey is announced; whoever announced it will have everything it holds.

Severity: critical. Closes when the announcement is gone: the swap was done, called off or reset.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    coldkey = context.coldkey
    if coldkey is None or coldkey.swap is None:
        return NOT_READ
    swap = coldkey.swap
    if not swap.announced:
        return ok()
    evidence = {
        "coldkey": coldkey.coldkey,
        "at_block": swap.executable_at,
        "blocks_left": max(0, swap.executable_at - context.block),
        "disputed": swap.disputed_at > 0 or None,
    }
    return bad(Severity.CRITICAL, "disputed" if swap.disputed_at else "announced", evidence)


RULE = Condition(
    id="S3",
    card=Card(
        name="coldkey_swap",
        title="Coldkey swap announced",
        kind="wallet",
        default="the coldkey's swap is announced, or that of a subnet's owner",
        severity="critical",
        recovery="done, called off or reset",
    ),
    about="The swap of a coldkey is announced; whoever announced it will have everything it holds.",
    read="`ColdkeySwapAnnouncements` (the block from which it may be done), `ColdkeySwapDisputes`",
    scopes=("coldkey", "subnet"),
    assess=assess,
)
