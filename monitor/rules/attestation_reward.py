"""attestation_reward: the delegate is about to miss more slots than the cycle allows, and with them its reward.

Opens when at the present rate of misses the allowance is used up within 2 hours and before the cycle ends, or when the
reward is lost already. Severity: critical. Closes when at the present rate it lasts more than 3 hours or the cycle; a
lost one, and any other, with the new cycle ("new-cycle").

The allowance is the node's (Octez, delegate_missed_attestations_storage.ml: never below 0, and with the reward gone
`expected_attesting_rewards` is 0). The rate is the share of missed rights of late times the slots per block.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.model import Status, Verdict
from monitor.rules.delegate_context import DelegateContext, RecentRights
from monitor.rules.interface import (
    HOUR,
    NOT_APPLICABLE,
    NOT_READ,
    Card,
    DelegateRule,
    Episode,
    Policy,
    critical,
    ok,
    unknown,
)

OPENS_WITHIN = 2 * HOUR
CLOSES_BEYOND = 3 * HOUR
STOPPED_AFTER = 5
"""Rights missed in a row after which every right is taken to be missed."""
FEWEST_RIGHTS = 20
"""A few misses just after a recovery are not a rate."""


class Allowance(NamedTuple):
    """Slots a delegate may still miss in this cycle, and how that goes."""

    left: int
    missed: int
    lost: bool
    seconds: float | None
    """Until it is used up, at the present rate; None where it lasts for the cycle."""


def allowance(context: DelegateContext) -> Allowance | None:
    """None where it is not known: not read in this cycle, or the node does not tell."""
    state, constants, seconds = context.state, context.constants, context.block_seconds
    if state is None or constants is None or seconds is None or not context.read_this_cycle:
        return None
    expected, missed, left = state.expected_cycle_activity, state.missed_slots, state.remaining_allowed_missed_slots
    if not expected or missed is None or left is None or context.cycle_position is None:
        return None
    gone = left == 0 and missed > 0 and state.expected_attesting_rewards == 0
    if left < 0 or gone:
        return Allowance(0, missed, True, None)
    rate = _rate(context.recent) * expected / constants.blocks_per_cycle
    blocks = (left + 1) / rate if rate else None
    if blocks is None or blocks > constants.blocks_per_cycle - context.cycle_position:
        return Allowance(left, missed, False, None)
    return Allowance(left, missed, False, blocks * seconds)


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state = context.state
    if state is not None and (not state.registered or state.expected_cycle_activity == 0):
        return ok("new-cycle") if context.before_this_cycle(episode.opened_level) else NOT_APPLICABLE
    if episode.open and context.before_this_cycle(episode.opened_level):
        return ok("new-cycle", cycle=context.cycle)
    if state is not None and not context.read_this_cycle:
        return unknown("read-before-this-cycle")
    figures = allowance(context)
    if figures is None or state is None:
        return NOT_READ
    evidence = {
        "cycle": context.cycle,
        "slots_left": figures.left,
        "allowance_share": round(figures.missed / ((figures.missed + figures.left) or 1), 4),
    }
    if figures.lost:
        return critical("lost", **evidence)
    if figures.seconds is None:
        return ok("", **evidence)
    evidence["reward_lost_at"] = context.now + round(figures.seconds)
    if figures.seconds <= OPENS_WITHIN:
        return critical("at-risk", **evidence)
    if episode.open and figures.seconds <= CLOSES_BEYOND:
        return Verdict(Status.UNKNOWN, "in-between", evidence=evidence)
    return ok("", **evidence)


def _rate(recent: RecentRights | None) -> float:
    """Share of the rights that is being missed."""
    if recent is None or not recent.rights:
        return 0.0
    if recent.streak >= STOPPED_AFTER:
        return 1.0
    return recent.missed / max(recent.rights, FEWEST_RIGHTS)


RULE = DelegateRule(
    Card(
        name="attestation_reward",
        title="Attestation reward at risk",
        kind="delegate",
        default="at the present rate the cycle's allowance of missed slots is used up within 2 hours, or it is",
        severity="critical",
        recovery="at the present rate it lasts 3 hours or the cycle; a new cycle, when it was lost",
    ),
    Policy(flapping=True),
    judge,
)
