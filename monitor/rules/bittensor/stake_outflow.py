"""stake_outflow: stake is leaving a hotkey.

Severity: warning; critical from 15 % in an hour or 30 % in a day. Closes after 3 hours in which less than 2 % an hour
left.
"""

from __future__ import annotations

from monitor.bittensor.units import BLOCKS_PER_DAY, BLOCKS_PER_HOUR
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.bittensor.pace import change
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    stake = None if context.neuron is None else context.neuron.alpha_stake
    if stake is None:
        return NOT_READ
    samples = context.samples("alpha_stake")
    hour = change(samples, context.block, stake, BLOCKS_PER_HOUR)
    day = change(samples, context.block, stake, BLOCKS_PER_DAY)
    if hour is None and day is None:
        return NOT_READ
    lost_hour, lost_day = None if hour is None else -hour, None if day is None else -day
    evidence = {"lost_hour": lost_hour, "lost_day": lost_day, "stake": stake}
    if (lost_hour or 0.0) >= limits["critical"] or (lost_day or 0.0) >= limits["critical_day"]:
        return bad(Severity.CRITICAL, "leaving", evidence)
    if lost_hour is None:
        return NOT_READ
    if lost_hour >= limits["warning"] or (episode.open and lost_hour >= limits["recovery"]):
        return bad(Severity.WARNING, "leaving", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="V12",
    card=Card(
        name="stake_outflow",
        title="Stake leaves",
        kind="validator",
        default="5 % of its stake left within an hour",
        severity="warning; critical from 15 % in an hour or 30 % in a day",
        recovery="3 hours in which less than 2 % an hour left",
    ),
    about="Stake is leaving a hotkey.",
    read="`TotalHotkeyAlpha`, beside what it was an hour and a day ago",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.05, "share", "lost within an hour"),
        Threshold("critical", 0.15, "share", "lost within an hour"),
        Threshold("critical_day", 0.30, "share", "lost within a day"),
        Threshold("recovery", 0.02, "share", "lost within an hour"),
    ),
    needs=(needs.subnet, needs.validator),
    policy=Policy(resolve_after=3 * 3600),
)
