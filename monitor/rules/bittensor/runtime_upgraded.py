"""runtime_upgraded: after a runtime upgrade something that is watched is gone, or is another thing.

Severity: critical where an item vanished, since its rules say nothing from then on; warning where a type changed.
Closes when nothing is missing; an upgrade that changes nothing that is watched is not told.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Card, Condition, Episode, Limits, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    chain = context.chain
    evidence = {
        "spec": chain.spec_version,
        "previous_spec": chain.previous_spec_version,
        "items": list(chain.gone or chain.changed),
    }
    if chain.gone:
        return bad(Severity.CRITICAL, "gone", evidence)
    if chain.changed:
        return bad(Severity.WARNING, "changed", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="C4",
    card=Card(
        name="runtime_upgraded",
        title="Runtime upgrade took something away",
        kind="chain",
        default="a watched storage item or runtime call is gone, or has another type, since a runtime upgrade",
        severity="critical; warning where only a type changed",
        recovery="nothing is missing any more",
    ),
    about="After a runtime upgrade something that is watched is gone, or is another thing.",
    read="`System.LastRuntimeUpgrade` and the metadata of the runtime",
    scopes=("chain",),
    assess=assess,
)
