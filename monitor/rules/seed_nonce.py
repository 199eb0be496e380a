"""seed_nonce: a nonce the delegate committed to in the last cycle must be revealed early in this one, or its
attestation reward of that cycle is lost.

Opens when half of `nonce_revelation_threshold` blocks of this cycle went by without it; lost ones are told once.
Severity: warning; critical from 80 % of the threshold, and when lost. Closes when it is revealed ("revealed"), when the
time is over ("lost"), or, where it was told only as lost, with the new cycle.

(Octez, nonce_storage.ml: a revelation is too late in a block at position `nonce_revelation_threshold` or beyond.)
"""

from __future__ import annotations

from monitor.model import Severity, Status, Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok

WARNING_FROM = 0.5
CRITICAL_FROM = 0.8


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    if episode.open and context.before_this_cycle(episode.opened_level):
        return ok("new-cycle")
    constants, start, position = context.constants, context.cycle_start, context.cycle_position
    if constants is None or start is None or position is None or context.commitments is None:
        return NOT_READ
    threshold = constants.nonce_revelation_threshold
    if threshold is None:
        return NOT_READ
    if not context.commitments:
        return ok("revealed" if episode.open else "")
    evidence = {
        "cycle": None if context.cycle is None else context.cycle - 1,
        "first_level": context.commitments[0],
        "unrevealed": len(context.commitments),
    }
    deadline = start + threshold - 1
    """The last level whose block can hold the revelation."""
    if context.level >= deadline:
        told_in_time = episode.open and episode.opened_level is not None and episode.opened_level < deadline
        told_before = not episode.open and episode.closed_level is not None and episode.closed_level >= deadline
        return ok("lost", **evidence) if told_in_time or told_before else critical("lost", **evidence)
    if position < WARNING_FROM * threshold:
        return ok()
    if context.block_seconds is not None:
        evidence["reward_lost_at"] = context.now + round((deadline - context.level) * context.block_seconds)
    severity = Severity.CRITICAL if position >= CRITICAL_FROM * threshold else Severity.WARNING
    return Verdict(Status.BAD, "unrevealed", severity, evidence=evidence)


RULE = DelegateRule(
    Card(
        name="seed_nonce",
        title="Seed nonce not revealed",
        kind="delegate",
        default="a nonce of the last cycle is not revealed by half of nonce_revelation_threshold blocks of this one",
        severity="warning; critical from 80 % of the threshold, and when lost",
        recovery="revealed, or too late to be: lost, told once",
    ),
    Policy(),
    judge,
)
