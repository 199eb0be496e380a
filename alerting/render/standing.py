"""How a state that lasts is told to begin, to go on and to end."""

from __future__ import annotations

from alerting.render.figures import Times, duration
from alerting.render.item import Item, Wording
from alerting.render.phrases import began, since
from monitor.model import EventKind


def told(item: Item, times: Times) -> str:
    """As " 03:04" when it begins, " since 03:04" later."""
    return began(item, times) if item.kind is EventKind.FIRING else since(item, times)


def ended(
    item: Item, times: Times, now: str, was: str, details: tuple[str, ...] = (), subject: str | None = None
) -> Wording:
    """As "reachable again 03:26, after 22 min", or where nobody was told "was unreachable 12:03–12:41, now OK"."""
    if item.kind is EventKind.MISSED_INCIDENT:
        return Wording(f" {was} {times.between(item.opened_at, item.ended_at)}, now OK", details, subject)
    lasted = duration(item.ended_at - item.opened_at)
    return Wording(f"{now} {times.at(item.ended_at)}, after {lasted}", details, subject)
