"""price: the price of a subnet's alpha falls.

Severity: warning; critical from 20 % in an hour or 30 % in a day. Closes when it moved back up by 30 % of the limit, or
falls no more. What it lost before that is told: another incident needs as much to be lost from there.
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
    price = None if context.subnet is None else context.subnet.alpha_price
    if price is None:
        return NOT_READ
    samples = context.samples("alpha_price")
    hour = change(samples, context.block, price, BLOCKS_PER_HOUR, since=episode.closed_level)
    day = change(samples, context.block, price, BLOCKS_PER_DAY, since=episode.closed_level)
    if hour is None and day is None:
        return NOT_READ
    lost_hour, lost_day = None if hour is None else -hour, None if day is None else -day
    evidence = {"lost_hour": lost_hour, "lost_day": lost_day, "price": price}
    calm = limits["warning"] * limits["rearm"]
    if episode.open and _risen(context, price, episode) >= calm:
        return ok("back", **evidence)
    if (lost_hour or 0.0) >= limits["critical"] or (lost_day or 0.0) >= limits["critical_day"]:
        return bad(Severity.CRITICAL, "falls", evidence)
    if lost_hour is None:
        return NOT_READ
    if lost_hour >= limits["warning"] or (episode.open and lost_hour >= calm):
        return bad(Severity.WARNING, "falls", evidence)
    return ok("", **evidence)


def _risen(context: BittensorContext, price: int, episode: Episode) -> float:
    """By how much it is above its lowest since the incident opened."""
    seen = [sample.value for sample in context.samples("alpha_price").since(episode.opened_level or context.block)]
    low = min(seen, default=float(price))
    return price / low - 1 if low > 0 else 0.0


RULE = Condition(
    id="S7",
    card=Card(
        name="price",
        title="Alpha price falls",
        kind="subnet",
        default="the price of its alpha fell by 10 % within an hour, and since the incident before closed",
        severity="warning; critical from 20 % in an hour or 30 % in a day",
        recovery="3 % (30 % of the limit) above its lowest since, or less than 3 % lost within the hour",
    ),
    about="The price of a subnet's alpha falls.",
    read="`current_alpha_price`, beside what it was an hour and a day ago",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.10, "share", "lost within an hour"),
        Threshold("critical", 0.20, "share", "lost within an hour"),
        Threshold("critical_day", 0.30, "share", "lost within a day"),
        Threshold("rearm", 0.30, "of warning", "that it must move back"),
    ),
    needs=(needs.subnet, needs.mining_subnet),
    policy=Policy(flapping=True),
)
