"""weights_failed: a validator tries to set or commit weights, and the chain refuses.

Severity: warning; critical when five attempts failed and none succeeded. Closes with an attempt that succeeds, or half
an hour without one that fails.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    since = context.block - round(limits["window"])
    failed, succeeded = context.happened("weights_failed", since), context.happened("weights_called", since)
    if not failed:
        return ok()
    if succeeded and succeeded[-1].level >= failed[-1].level:
        return ok("succeeded")
    evidence = {
        "count": len(failed),
        "succeeded": len(succeeded),
        "error": failed[-1].detail.get("error"),
        "window": round(limits["window"]),
    }
    if len(failed) >= limits["critical"] and not succeeded:
        return bad(Severity.CRITICAL, "refused", evidence)
    return bad(Severity.WARNING, "refused", evidence, reached=len(failed) >= limits["warning"])


RULE = Condition(
    id="V10",
    card=Card(
        name="weights_failed",
        title="Weights refused",
        kind="validator",
        default="2 failed attempts to set or commit weights within 150 blocks (30 minutes)",
        severity="warning; critical from 5, none of which succeeded",
        recovery="an attempt that succeeds, or 30 minutes without one that fails",
    ),
    about="A validator tries to set or commit weights, and the chain refuses.",
    read="the hotkey's extrinsics in every block, with their decoded errors",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 2, "attempts", "failed within the window"),
        Threshold("critical", 5, "attempts", "failed within the window"),
        Threshold("window", 150, "blocks", "that are looked back on"),
    ),
    needs=(*needs.NEURON, needs.mining_subnet),
    policy=Policy(flapping=True),
)
