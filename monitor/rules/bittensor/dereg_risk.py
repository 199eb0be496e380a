"""dereg_risk: few registrations stand between a neuron and the end of its own.

Severity: warning; critical when at the present rate it is a matter of 3 hours, or of 3 UIDs. Judged over two epochs,
since emissions move then. Closes when the subnet has room, or with 15 UIDs and more than 36 hours in between.
"""

from __future__ import annotations

from monitor.bittensor.units import BLOCKS_PER_DAY, BLOCKS_PER_HOUR
from monitor.model import Evidence, Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.bittensor.pruning import Rank, is_full, prune_rank
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    if subnet is None or neuron is None or neuron.uid is None:
        return NOT_READ
    full = is_full(subnet)
    if full is None or subnet.registration_allowed is None:
        return NOT_READ
    if not full:
        return ok("room")
    if not subnet.registration_allowed:
        return ok("closed")
    rank = prune_rank(subnet, neuron.uid, context.block)
    if rank is None:
        return NOT_READ
    return _judge(context, limits, episode, rank)


def _judge(context: BittensorContext, limits: Limits, episode: Episode, rank: Rank) -> Verdict:
    assert context.subnet is not None
    last_hour, per_day = registrations(context)
    hours = None if not per_day else (rank.before + 1) / per_day * 24
    evidence = {
        "rank": rank.before,
        "hours_left": hours,
        "per_day": per_day,
        "last_hour": last_hour,
        "burn": context.subnet.burn,
        "immune": rank.immune or None,
    }
    if rank.immune:
        # Immune ones go only where hardly anybody else is left; immunity_ending tells what comes after.
        return ok("immune", **evidence) if rank.before > limits["critical"] else _bad(Severity.WARNING, evidence)
    if rank.before < limits["critical"] or _within(hours, limits["critical_hours"]) or _reached(rank, last_hour):
        return _bad(Severity.CRITICAL, evidence, context, limits, episode)
    if _within(hours, limits["warning_hours"]) or (hours is None and rank.before < limits["warning"]):
        return _bad(Severity.WARNING, evidence, context, limits, episode)
    if episode.open and (rank.before < limits["recovery"] or _within(hours, 1.5 * limits["warning_hours"])):
        return _bad(Severity.WARNING, evidence)
    return ok("", **evidence)


def _within(hours: float | None, limit: float) -> bool:
    return hours is not None and hours <= limit


def _reached(rank: Rank, last_hour: int | None) -> bool:
    """Whether as many registrations as in the last hour would reach it."""
    return last_hour is not None and last_hour > rank.before


def _bad(
    severity: Severity,
    evidence: Evidence,
    context: BittensorContext | None = None,
    limits: Limits | None = None,
    episode: Episode | None = None,
) -> Verdict:
    """Told once it was near in the epoch before too: emissions of one epoch alone may be a hiccup."""
    reached = True
    if context is not None and limits is not None and episode is not None and not episode.open:
        ranks = [sample for sample in context.samples("prune_rank").values if sample.value >= 0]
        newest = context.subnet.last_epoch_block if context.subnet is not None else None
        earlier = [sample for sample in ranks if newest is None or sample.block < newest][-1:]
        reached = all(sample.value < limits["recovery"] for sample in earlier)
    return bad(severity, "near", evidence, reached=reached)


def registrations(context: BittensorContext) -> tuple[int | None, float | None]:
    """(in the last hour, per day at the pace of the last day or of what of it was seen); None where nothing was."""
    samples = context.samples("registrations").values
    if not samples:
        return None, None
    block = context.block
    hour = round(sum(sample.value for sample in samples if sample.block > block - BLOCKS_PER_HOUR))
    day = [sample for sample in samples if sample.block > block - BLOCKS_PER_DAY]
    seen = min(BLOCKS_PER_DAY, max(BLOCKS_PER_HOUR, block - samples[0].block))
    return hour, sum(sample.value for sample in day) * BLOCKS_PER_DAY / seen


RULE = Condition(
    id="M2",
    card=Card(
        name="dereg_risk",
        title="Deregistration near",
        kind="miner",
        default="the subnet is full and open, and at the present rate of registrations its turn comes within 24 hours, "
        "or (where nobody registers) fewer than 10 UIDs go before it; for two epochs",
        severity="warning; critical within 3 hours, with fewer than 3 UIDs in between, or when the last hour's "
        "registrations would have reached it",
        recovery="15 UIDs or more in between and more than 36 hours to go, or a free place",
    ),
    about="Few registrations stand between a neuron and the end of its own.",
    read="`Emission`, `BlockAtRegistration`, `ImmunityPeriod`, `SubnetworkN`, `MaxAllowedUids`, `NeuronRegistered`",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 10, "UIDs", "that go before it, where no rate is known"),
        Threshold("critical", 3, "UIDs", "that go before it"),
        Threshold("recovery", 15, "UIDs", "that go before it"),
        Threshold("warning_hours", 24, "hours", "until its turn"),
        Threshold("critical_hours", 3, "hours", "until its turn"),
    ),
    needs=(*needs.NEURON, needs.mining_subnet, needs.prunable),
    policy=Policy(fire_after=120, flapping=True),
)
