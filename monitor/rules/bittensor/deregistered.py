"""deregistered: a watched hotkey no longer holds a uid on the subnet.

Severity: critical, also where the subnet itself is gone; warning where it was never seen to hold one, and where its
owner swapped it for another, which is then the one to be watched. Closes when it is registered again.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.bittensor.occurrences import SWAPPED_AWAY
from monitor.rules.interface import ok, unknown


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron, subnet = context.neuron, context.subnet
    removed = subnet is not None and subnet.exists is False
    if neuron is None or (neuron.registered is None and not removed):
        return NOT_READ
    if neuron.registered and not removed:
        return ok("registered" if episode.open else "", uid=neuron.uid)
    seen = [sample for sample in context.samples("uid").values if sample.value >= 0]
    uid = round(seen[-1].value) if seen else context.last_uid
    if uid is None and not context.explicit:
        return unknown("never-registered")
    swaps = context.happened(SWAPPED_AWAY, seen[-1].block if seen else 0)
    new = swaps[-1].detail.get("new") if swaps else None
    if isinstance(new, str):
        return bad(Severity.WARNING, "swapped", {"uid": uid, "new": new})
    if removed:
        return bad(Severity.WARNING if uid is None else Severity.CRITICAL, "subnet-removed", {"uid": uid})
    burn = None if subnet is None else subnet.burn
    if uid is None:
        return bad(Severity.WARNING, "never-registered", {"burn": burn})
    return bad(Severity.CRITICAL, "deregistered", {"uid": uid, "burn": burn})


RULE = Condition(
    id="M1",
    card=Card(
        name="deregistered",
        title="Deregistered",
        kind="miner",
        default="the hotkey holds no uid on the subnet, or the subnet is gone",
        severity="critical; warning where it was never seen to hold one, or its owner swapped it for another",
        recovery="registered again",
    ),
    about="A watched hotkey no longer holds a uid on the subnet.",
    read="`Uids`, `NetworksAdded`, in every run; the uid is never remembered; `HotkeySwapped…` events",
    scopes=("neuron",),
    assess=assess,
)
