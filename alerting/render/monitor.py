"""The monitor itself: its runs, its configuration, its channels; and whatever has no wording of its own."""

from __future__ import annotations

from alerting.render.figures import (
    Times,
    capitalised,
    duration,
    network_name,
    number,
    one_line,
    plural,
)
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, level_range, runbook
from alerting.render.standing import ended, told
from monitor.model import ENDED, EventKind


def run_killed(item: Item, times: Times) -> Wording:
    payload = item.payload
    if item.kind in ENDED:
        return ended(item, times, " runs to the end again", "had a run killed", subject="The monitor")
    run = "a run" if payload.run is None else f"run {payload.run}"
    after = "" if payload.ran_seconds is None else f" at {payload.ran_seconds} s"
    return Wording(f": {run} was killed{after}", details(_detail(item), runbook(item)), "Monitor")


def config_invalid(item: Item, times: Times) -> Wording:
    subject = "delegates.json"
    if item.kind in ENDED:
        return ended(item, times, " is valid again", "was invalid", subject=subject)
    count = "" if item.payload.errors is None else f", {plural(item.payload.errors, 'error')}"
    return Wording(
        f" is invalid{told(item, times)}{count}",
        details("The last valid list stays in force", _detail(item), "main.py check names every error"),
        subject,
    )


def watch_list_changed(item: Item, times: Times) -> Wording:
    payload = item.payload
    signed = (
        *(f"+{one_line(name)}" for name in payload.added),
        *(f"−{one_line(name)}" for name in payload.removed),
        *(f"~{one_line(name)}" for name in payload.changed),
    )
    shown = " ".join(signed[:6]) + (f" and {len(signed) - 6} more" if len(signed) > 6 else "")
    return Wording(f": {shown}" if signed else " changed", (), "Watch list")


def coverage_gap(item: Item, times: Times) -> Wording:
    where = level_range(item)
    reason = item.payload.detail or item.payload.reason
    count = item.payload.levels
    return Wording(
        f": {where or 'levels'} {'was' if where and where.startswith('level ') else 'were'} not checked",
        details(
            None if count is None or count == 1 else plural(count, "level"),
            None if not reason else capitalised(one_line(reason)),
            runbook(item),
        ),
        network_name(item.key.network),
    )


def monitor_gap(item: Item, times: Times) -> Wording:
    payload = item.payload
    gap = payload.gap_seconds
    if payload.opened_at is not None and gap is not None:
        when = f" {times.between(payload.opened_at, payload.opened_at + gap)} ({duration(gap)})"
    else:
        when = "" if gap is None else f" for {duration(gap)}"
    first, last = payload.first_level, payload.last_level
    where = "" if first is None or last is None else f", {number(first)}–{number(last)}"
    return Wording(
        f" did not run{when}",
        details(
            None if payload.levels is None else f"{plural(payload.levels, 'level')} to catch up{where}", _detail(item)
        ),
        "Monitor",
    )


def channel_broken(item: Item, times: Times) -> Wording:
    payload = item.payload
    subject = f"Channel {one_line(payload.channel or item.key.target)}"
    if payload.ended_at is not None:
        lasted = duration(payload.ended_at - item.opened_at)
        return Wording(f" works again {times.at(payload.ended_at)}, after {lasted}", (), subject)
    return Wording(f" takes no messages since {times.at(item.opened_at)}", details(_detail(item)), subject)


def flapping(item: Item, times: Times) -> Wording:
    payload = item.payload
    subject = f"Node {one_line(payload.endpoint)}" if payload.endpoint else None
    what = item.key.rule.replace("_", " ")
    opens = "" if payload.opens is None else f", {number(payload.opens)} times within the hour"
    if payload.ended_at is not None:
        return Wording(f": {what} steady again {times.at(payload.ended_at)}{opens}", (), subject)
    return Wording(
        f": {what} comes and goes{opens}", details("Quiet until it is steady for 30 min", runbook(item)), subject
    )


def test(item: Item, times: Times) -> Wording:
    where = item.payload.channel
    to = "" if not where else f" to {one_line(where)}"
    return Wording(f": a test message{to} {times.at(item.at)}", details("Nothing is wrong"), "TEST")


def no_longer_monitored(item: Item, times: Times) -> Wording:
    """Any rule, when its target was taken off the watch list."""
    what = item.key.rule.replace("_", " ")
    return Wording(f": no longer monitored ({what} since {times.at(item.opened_at)})")


def generic(item: Item, times: Times) -> Wording:
    """Any rule that has no wording of its own."""
    what = item.key.rule.replace("_", " ")
    if item.kind is EventKind.RESOLVED:
        return ended(item, times, f": {what} is over", "")
    if item.kind is EventKind.MISSED_INCIDENT:
        return Wording(f": {what} {times.between(item.opened_at, item.ended_at)}, now OK")
    if item.kind in (EventKind.ESCALATED, EventKind.REMINDER):
        what = f"still {what}"
    missed, of = item.payload.missed, item.payload.of
    counted = "" if not missed else f", {number(missed)} of {number(of)}" if of else f", {number(missed)}"
    return Wording(f": {what}{told(item, times)}{counted}", details(_detail(item), runbook(item)))


def _detail(item: Item) -> str | None:
    return None if not item.payload.detail else one_line(item.payload.detail)
