"""What a miner is told: its place, its immunity, its incentive, where it serves."""

from __future__ import annotations

from alerting.render.bittensor.facts import (
    amount,
    flag,
    lasting,
    real,
    share,
    tao,
    text,
    whole,
)
from alerting.render.figures import Times, duration, number, one_line, plural, short
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED


def deregistered(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": registered again", "was deregistered")
    if item.payload.reason == "never-registered":
        return Wording(": not registered on this subnet", details(_price(item), runbook(item)))
    uid = whole(item, "uid")
    if item.payload.reason == "subnet-removed":
        held = None if uid is None else f"It held UID {uid}"
        return Wording(f": its subnet is gone{told(item, times)}", details(held, runbook(item)))
    if item.payload.reason == "swapped":
        return Wording(
            f": hotkey swapped for {short(text(item, 'new') or 'another')}{told(item, times)}",
            details(None if uid is None else f"UID {uid} is the new one's", "Watch that one instead", runbook(item)),
        )
    return Wording(
        f": deregistered{told(item, times)}",
        details(None if uid is None else f"It was UID {uid}", _price(item), runbook(item)),
    )


def dereg_risk(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no longer near deregistration", "was near deregistration")
    rank = whole(item, "rank")
    if rank is None:
        what = "near deregistration"
    else:
        what = f"{plural(rank, 'UID')} from deregistration" if rank else "next to be deregistered"
    return Wording(
        f": {what}", details(_pace(item), "Still immune" if flag(item, "immune") else None, _price(item), runbook(item))
    )


def immunity_ending(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        over = item.payload.close_reason == "over"
        return ended(
            item, times, ": immunity is over" if over else ": earns in its immunity", "was about to lose its immunity"
        )
    left = lasting(item, "blocks_left")
    when = "soon" if left is None else f"in {left}"
    first = "Then it is among the first to go" if flag(item, "full") else None
    return Wording(f": immunity ends {when} with zero emission", details(first, _price(item), runbook(item)))


def incentive_drop(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": incentive is back", "had less incentive")
    value, drop = real(item, "value"), share(item, "drop")
    what = "no incentive" if value == 0 else f"incentive down{'' if drop is None else f' {drop}'}"
    return Wording(f": {what}{since(item, times)}", details(runbook(item)))


def axon(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": axon is served", "served no axon")
    now, expected = text(item, "axon"), text(item, "expected")
    if now is not None and expected is not None:
        return Wording(f": axon at {one_line(now)}, not {one_line(expected)}", details(runbook(item)))
    wanted = None if expected is None else f"Expected at {one_line(expected)}"
    return Wording(f": serves no axon{since(item, times)}", details(wanted, "Validators cannot ask it", runbook(item)))


def collateral(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": collateral is enough again", "had too little collateral")
    locked, needed = whole(item, "locked"), whole(item, "needed")
    if locked is None or needed is None:
        return Wording(f": collateral too low{since(item, times)}", details(runbook(item)))
    return Wording(f": {amount(locked, 'alpha')} of {amount(needed, 'alpha')} collateral", details(runbook(item)))


def _pace(item: Item) -> str | None:
    hours, per_day = real(item, "hours_left"), real(item, "per_day")
    if hours is None or not per_day:
        return None if per_day is None else "Nobody registered within a day"
    return f"≈ {duration(round(hours * 3600))} at {_rate(per_day)}"


def _rate(per_day: float) -> str:
    count = round(per_day)
    return f"{number(count)} registrations/day" if count > 1 else "a registration a day"


def _price(item: Item) -> str | None:
    price = tao(item, "burn")
    return None if price is None else f"Re-register {price}"
