"""decode_failed: the node answers, and what it answers cannot be what the chain holds.

Severity: warning; critical after two minutes. Closes after two runs in which all was understood. Bytes left over,
unknown types, a block number that is not the header's, a time of 0: nothing of such an answer is judged.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    found = context.chain.undecoded
    if not found:
        return ok()
    since = episode.opened_level if episode.open else None
    lasts = since is not None and context.block - since >= limits["critical"]
    severity = Severity.CRITICAL if lasts else Severity.WARNING
    return bad(severity, "undecoded", {"items": list(found), "detail": found[0]})


RULE = Condition(
    id="C6",
    card=Card(
        name="decode_failed",
        title="Answers cannot be decoded",
        kind="chain",
        default="an answer could not be decoded, or contradicts itself",
        severity="warning; critical after 10 blocks (2 minutes)",
        recovery="2 runs in which everything was understood",
    ),
    about="The node answers, and what it answers cannot be what the chain holds.",
    read="every answer; `System.Number` beside the header, `Timestamp.Now`",
    scopes=("chain",),
    assess=assess,
    thresholds=(Threshold("critical", 10, "blocks", "since the first such answer"),),
    policy=Policy(resolve_streak=2, flapping=True),
)
