"""deactivation_near: the delegate will be deactivated after this cycle or the next unless it acts.

Opens when its grace period ends with this cycle; when it ends with the next one, only if half of this cycle went by
without a trace of it or its latest 5 attestations are missing. (Octez, delegate_activation_storage.ml: the grace period
is the last active cycle plus the tolerance of 2, so for every healthy delegate it ends with the next cycle until its
first duty of this one is in a block.)
Severity: critical. Closes when the grace period is longer again, or the delegate is deactivated.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok, unknown

SILENT_FOR = 5
"""Attestation rights missed in a row that count as no trace of it."""


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state = context.state
    if state is None or not state.registered:
        return NOT_READ if state is None else NOT_APPLICABLE
    if state.deactivated:
        return ok("deactivated")
    if state.grace_period is None or context.cycle is None:
        return NOT_READ
    left = state.grace_period - context.cycle
    if left >= 2:
        return ok()
    if left <= 0:
        return critical("last-cycle", cycle=state.grace_period)
    inactive = _inactive_this_cycle(context)
    if inactive:
        return critical("next-cycle", cycle=state.grace_period)
    return unknown("early-in-cycle") if inactive is None or episode.open else ok()


def _inactive_this_cycle(context: DelegateContext) -> bool | None:
    """Whether the delegate has let this cycle pass so far; None where it is too early or too little known to tell."""
    if context.recent is not None and context.recent.streak >= SILENT_FOR:
        return True
    if context.constants is None or context.read_level is None or context.cycle_start is None:
        return None
    return (context.read_level - context.cycle_start) * 2 >= context.constants.blocks_per_cycle


RULE = DelegateRule(
    Card(
        name="deactivation_near",
        title="Deactivation near",
        kind="delegate",
        default="the grace period ends with this cycle, or with the next one and there is no trace of it in this",
        severity="critical",
        recovery="the grace period is longer again, or the delegate is deactivated",
    ),
    Policy(),
    judge,
)
