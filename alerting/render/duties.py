"""Missed attestations and bakes."""

from __future__ import annotations

from alerting.render.figures import Times, number, plural
from alerting.render.item import Item, Wording
from alerting.render.phrases import (
    allowance,
    bakes_lost,
    began,
    blocks_late,
    details,
    lasted,
    next_right,
    others,
    others_in_short,
    required_key,
    reward,
    runbook,
    since,
)
from monitor.model import EventKind, Severity


def missed_attestation(item: Item, times: Times) -> Wording:
    payload = item.payload
    if item.kind is EventKind.RESOLVED:
        return Wording(f" attesting again{lasted(item, times)}", details(_attestation_cost(item)))
    if item.kind is EventKind.MISSED_INCIDENT:
        period = times.between(item.opened_at, item.ended_at)
        return Wording(f" was not attesting {period}, now OK", details(_attestation_cost(item)))

    # It attests some levels and misses too many.
    some = payload.reason == "window" and (payload.missed is None or payload.missed != payload.of)
    # Of several, each has a count of its own, and the first line has no room.
    counted = "" if payload.missed is None or item.several else f", {_out_of(payload.missed, payload.of)} missed"
    if item.kind is not EventKind.FIRING:
        predicate = f": attestations still {'missing' if some else 'stopped'}{since(item, times)}{counted}"
    elif some:
        predicate = f": attestations missing{' again' if payload.again else ''}{since(item, times)}{counted}"
    else:
        predicate = f": attestations stopped{began(item, times)}{counted}"
    return Wording(
        predicate + (others_in_short(item) if item.several else ""),
        details(
            None if item.several else others(item),
            blocks_late(item),
            reward(item, times),
            bakes_lost(item),
            next_right(item, times),
            required_key(item),
            runbook(item),
        ),
    )


def missed_baking(item: Item, times: Times) -> Wording:
    payload = item.payload
    if item.kind is EventKind.RESOLVED:
        missed = f"{_bakes(item)} missed since {times.at(item.opened_at)}"
        return Wording(f" baking again {times.at(item.ended_at)}, {missed}", details(next_right(item, times)))
    if item.kind is EventKind.MISSED_INCIDENT:
        return Wording(f" missed {_bakes(item)} {times.at(item.opened_at)}, baking again {times.at(item.ended_at)}")

    if item.kind is EventKind.FIRING:
        predicate = f" missed {_bakes(item)}{began(item, times)}"
    else:
        predicate = f" still missing bakes{since(item, times)}, {_bakes(item)} so far"
    harmless = (
        item.severity is not Severity.CRITICAL
        and payload.attested is not None
        and payload.attested == payload.attested_of
    )
    attesting = None
    if payload.attested is not None and payload.attested_of:
        attesting = f"Attesting {number(payload.attested)}/{number(payload.attested_of)}"
    return Wording(
        predicate,
        details(
            f"{attesting}: nothing to do" if harmless else attesting,
            None if not payload.round else f"The block came at round {number(payload.round)}",
            None if harmless or item.several else others(item),
            next_right(item, times),
            required_key(item),
            None if harmless else runbook(item),
        ),
    )


def _bakes(item: Item) -> str:
    missed, of = item.payload.missed, item.payload.of
    if missed is None:
        return "bakes"
    if missed == 1:
        return "one bake"
    return plural(missed, "bake") if of is None or of <= missed else f"{number(missed)} of {number(of)} bakes"


def _attestation_cost(item: Item) -> str | None:
    """As "214 levels, 4.5 % of allowance; 1 bake lost"."""
    missed = None if item.payload.missed is None else plural(item.payload.missed, "level")
    parts = ", ".join(part for part in (missed, allowance(item)) if part)
    return "; ".join(part for part in (parts, bakes_lost(item)) if part) or None


def _out_of(missed: int, of: int | None) -> str:
    return number(missed) if of is None or of < missed else f"{number(missed)} of {number(of)}"
