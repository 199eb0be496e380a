"""vtrust_low: consensus trusts a validator's weights less than it used to.

Severity: warning; critical at half of its usual trust, or none. Closes after two epochs at 95 % of the usual.
"""

from __future__ import annotations

from monitor.bittensor.units import U16_MAX
from monitor.model import Severity, Status, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.bittensor.usual import drop


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    if context.neuron is None or context.neuron.validator_trust is None:
        return NOT_READ
    samples, epochs = context.samples("validator_trust"), max(1, round(limits["epochs"]))
    newest = samples.last(epochs)
    peers = _quarter(context)
    verdict = drop(samples, limits, episode, "trust", peers=peers)
    if verdict.status is Status.BAD and verdict.reached:
        return verdict
    if len(newest) == epochs and max(newest) == 0 and peers:
        return bad(Severity.CRITICAL, "no-trust", {"value": 0.0, "peers": peers})
    if peers is not None and len(newest) == epochs and max(newest) < peers - limits["below_peers"]:
        return bad(Severity.WARNING, "below-peers", {"value": newest[-1], "peers": peers})
    return verdict


def _quarter(context: BittensorContext) -> float | None:
    """Trust that three quarters of the permit holders are above of."""
    if context.subnet is None:
        return None
    vectors = context.subnet.vectors
    if vectors.validator_trust is None or vectors.validator_permit is None:
        return None
    pairs = zip(vectors.validator_trust, vectors.validator_permit, strict=False)
    trusts = sorted(trust for trust, permit in pairs if permit)
    return trusts[len(trusts) // 4] / U16_MAX if len(trusts) >= 4 else None


RULE = Condition(
    id="V5",
    card=Card(
        name="vtrust_low",
        title="Validator trust low",
        kind="validator",
        default="two epochs below 85 % of its own median of 20 epochs, or 0.05 below the subnet's lower quartile",
        severity="warning; critical below half of its median, or at none",
        recovery="two epochs at 95 % of its median",
    ),
    about="Consensus trusts a validator's weights less than it used to.",
    read="`ValidatorTrust`, once per epoch",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.85, "of its median", "validator trust"),
        Threshold("critical", 0.5, "of its median", "validator trust"),
        Threshold("recovery", 0.95, "of its median", "validator trust"),
        Threshold("below_peers", 0.05, "share", "below the trust that three quarters of the validators have"),
        Threshold("epochs", 2, "epochs", "in a row, to open and to recover"),
    ),
    needs=needs.EARNING_VALIDATOR,
    policy=Policy(flapping=True),
)
