"""What people did with the monitor, and what it had to give up."""

from __future__ import annotations

from alerting.render.figures import Times, named, one_line, plural
from alerting.render.item import Item, Wording
from alerting.render.phrases import details

_OVER = {"removed": "ended by hand", "resolved": "it is resolved", "healthy": "it is healthy again"}


def silence(item: Item, times: Times) -> Wording:
    """A silence or a maintenance that began or ended."""
    maintenance = item.key.rule == "maintenance"
    if item.payload.reason == "begun":
        predicate = f" {'is in maintenance' if maintenance else 'is silenced'}{_until(item, times)}"
        return Wording(predicate, details(_reason(item)), _subject(item))
    count = item.payload.count
    held = "Nothing was held back" if not count else f"{plural(count, 'message')} held back meanwhile"
    why = _OVER.get(item.payload.reason or "")
    because = f": {why}" if why else ""
    if maintenance:
        return Wording(f" is over{because}", details(held), f"Maintenance of {_subject(item)}")
    return Wording(f" is no longer silenced{because}", details(held), _subject(item))


def given_up(item: Item, times: Times) -> Wording:
    count = item.payload.count or 1
    where = one_line(item.payload.channel or item.key.target)
    return Wording(
        f" did not take {plural(count, 'message')}, given up after 24 h",
        details("main.py incidents --all shows what happened"),
        f"Channel {where}",
    )


def taken_over(item: Item, times: Times) -> Wording:
    before = item.payload.detail
    return Wording(
        f" now runs on {one_line(item.payload.host or 'this host')}",
        details(None if not before else f"Its state was taken over from {one_line(before)}"),
        "The monitor",
    )


def _subject(item: Item) -> str:
    return named(item.payload.name, item.key.target)


def _until(item: Item, times: Times) -> str:
    parts = [] if item.payload.until is None else [f"until {times.at(item.payload.until)}"]
    if item.payload.close_reason is not None:
        parts.append(f"until it is {item.payload.close_reason}")
    return f" {' or '.join(parts)}" if parts else ""


def _reason(item: Item) -> str | None:
    said = "" if not item.payload.detail else one_line(item.payload.detail)
    who = "" if not item.payload.by else one_line(item.payload.by)
    return f"{said} ({who})" if said and who else said or (f"By {who}" if who else None)
