"""registrations: many register on a subnet at once, or nobody can any more.

Severity: warning for a burst; critical where registration was open and is closed. Closes after a quiet hour, or when it
is open again.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet = context.subnet
    if subnet is None or subnet.registration_allowed is None:
        return NOT_READ
    evidence = {"neurons": subnet.neurons, "max_uids": subnet.max_uids, "burn": subnet.burn}
    if not subnet.registration_allowed:
        was_open = any(sample.value for sample in context.samples("registration_allowed").values)
        return bad(Severity.CRITICAL, "closed", evidence) if was_open else ok("", **evidence)
    window = round(limits["window"])
    recent = [s for s in context.samples("registrations").values if s.block > context.block - window]
    count = round(sum(sample.value for sample in recent))
    evidence |= {"count": count, "window": window}
    if count >= limits["warning"]:
        return bad(Severity.WARNING, "burst", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="S10",
    card=Card(
        name="registrations",
        title="Registrations",
        kind="subnet",
        default="3 or more registrations within 25 blocks (5 minutes), or registration was open and is closed",
        severity="warning; critical where it is closed",
        recovery="an hour without a burst; open again",
    ),
    about="Many register on a subnet at once, or nobody can any more.",
    read="`NetworkRegistrationAllowed`, `NeuronRegistered` events",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 3, "registrations", "within the window"),
        Threshold("window", 25, "blocks", "that are looked back on"),
    ),
    needs=(needs.subnet, needs.mining_subnet),
    policy=Policy(resolve_after=3600, flapping=True),
)
