"""deregistered: a watched hotkey no longer holds a uid on the subnet.

Severity: critical; warning where it was never seen to hold one, and where its owner swapped it for another, which is
then the one to be watched. Closes when it is registered again.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.bittensor.occurrences import SWAPPED_AWAY
from monitor.rules.interface import ok, unknown


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron, subnet = context.neuron, context.subnet
    if neuron is None or neuron.registered is None:
        return NOT_READ
    if neuron.registered:
        return ok("registered" if episode.open else "", uid=neuron.uid)
    burn = None if subnet is None else subnet.burn
    uids = [sample for sample in context.samples("uid").values if sample.value >= 0]
    if not uids and not context.explicit:
        return unknown("never-registered")
    if not uids:
        return bad(Severity.WARNING, "never-registered", {"burn": burn})
    uid = round(uids[-1].value)
    swaps = [swap for swap in context.happened(SWAPPED_AWAY, uids[-1].block) if isinstance(swap.detail.get("new"), str)]
    if swaps:
        return bad(Severity.WARNING, "swapped", {"uid": uid, "new": swaps[-1].detail["new"]})
    return bad(Severity.CRITICAL, "deregistered", {"uid": uid, "burn": burn})


RULE = Condition(
    id="M1",
    card=Card(
        name="deregistered",
        title="Deregistered",
        kind="miner",
        default="the hotkey holds no uid on the subnet",
        severity="critical; warning where it was never seen to hold one, or its owner swapped it for another",
        recovery="registered again",
    ),
    about="A watched hotkey no longer holds a uid on the subnet.",
    read="`Uids`, in every run; the uid is never remembered; `HotkeySwapped` and `HotkeySwappedOnSubnet` events",
    scopes=("neuron",),
    assess=assess,
    needs=(needs.subnet,),
)
