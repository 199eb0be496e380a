"""Sentences that several rules share. Each returns None where the payload does not know."""

from __future__ import annotations

from alerting.render.figures import Times, duration, number, percent, plural, short
from alerting.render.item import Item

ALONE = 0.9
"""With so much of the committee attesting, it is the target's own fault."""
EVERYONE = 2 / 3
"""Below the quorum the chain itself has trouble."""

LATE_SECONDS = 300


def details(*sentences: str | None) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def others(item: Item) -> str | None:
    share = item.payload.share_others
    if share is None:
        return None
    if share >= ALONE:
        return f"Only you (others {percent(share)})"
    if share < EVERYONE:
        return f"Everyone: {percent(share)} attested"
    return f"Not only you: {percent(share)} attested"


def others_in_short(item: Item) -> str:
    """For the first line of several targets."""
    share = item.payload.share_others
    if share is None:
        return ""
    return f" (only yours: others {percent(share)})" if share >= ALONE else f" (everyone: {percent(share)} attested)"


def reward(item: Item, times: Times) -> str | None:
    lost_at = item.payload.reward_lost_at
    return None if lost_at is None else f"Cycle reward lost at {times.at(lost_at)}"


def next_right(item: Item, times: Times) -> str | None:
    next_at = item.payload.next_right_at
    return None if next_at is None else f"Next right {times.at(next_at)}"


def required_key(item: Item) -> str | None:
    return None if item.payload.key is None else f"Needs key {short(item.payload.key)}"


def runbook(item: Item) -> str | None:
    return item.payload.runbook


def bakes_lost(item: Item) -> str | None:
    return None if item.payload.bakes_lost is None else f"{plural(item.payload.bakes_lost, 'bake')} lost"


def allowance(item: Item) -> str | None:
    share = item.payload.allowance_share
    return None if share is None else f"{percent(share)} of allowance"


def blocks_late(item: Item) -> str | None:
    count = item.payload.blocks_late
    return None if not count else f"{plural(count, 'block')} late for everyone"


def level_range(item: Item) -> str | None:
    first, last = item.payload.first_level, item.payload.last_level
    if first is None:
        return None
    return f"level {number(first)}" if last is None or last == first else f"levels {number(first)}–{number(last)}"


def late(item: Item, times: Times) -> str | None:
    """Judged late (a catch-up), delivered late (a channel that was down), or both."""
    seconds = (item.payload.late_by or 0) + max(0, times.now - item.created_at)
    return f"Late by {duration(seconds)}" if seconds >= LATE_SECONDS else None


def since(item: Item, times: Times) -> str:
    """As " since 03:04"; " already at first look" for what began before anybody looked."""
    return " already at first look" if item.payload.first_look else f" since {times.at(item.opened_at)}"


def began(item: Item, times: Times) -> str:
    """As " 03:04", for something that happens at a moment."""
    if item.payload.first_look:
        return " already at first look"
    return f"{' again' if item.payload.again else ''} {times.at(item.opened_at)}"


def lasted(item: Item, times: Times) -> str:
    """As " 03:26, down 22 min"."""
    return f" {times.at(item.ended_at)}, down {duration(item.ended_at - item.opened_at)}"
