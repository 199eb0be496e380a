"""Which events share a block of text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from alerting.payload import Payload
from alerting.render.figures import number
from alerting.render.item import Item, RenderedInput, continued, item_of
from monitor.model import ENDED, OPENING

SHARED = frozenset(
    {"missed_attestation", "missed_baking", "dal_participation", "weights_stale", "inactive", "reveal_missing"}
    | {"deregistered", "axon", "weights_failed"}
)
"""Rules whose targets fail together when a machine, a network or the chain does."""

TOGETHER_SECONDS = 300
"""Begun (and ended) within so long of each other: one cause."""

_EARLIEST = ("opened_at", "reward_lost_at", "next_right_at", "share_others")
_LATEST = ("ended_at", "at", "late_by")
_FIELDS = tuple((field.name, field.default) for field in fields(Payload))


def grouped(events: Sequence[RenderedInput]) -> list[Item]:
    """Blocks in the order of the events given; several targets with one cause stand where the first of them stood."""
    return _together(_continued(events))


def _continued(events: Sequence[RenderedInput]) -> list[Item]:
    """A firing whose reminder or escalation waits behind it is told once, with what the newest knows."""
    items: list[Item] = []
    for event in events:
        last = items[-1] if items else None
        if (
            last is not None
            and event.incident is not None
            and last.incidents == (event.incident,)
            and last.kind in OPENING
            and event.kind in OPENING
        ):
            items[-1] = continued(last, event)
        else:
            items.append(item_of(event))
    return items


def _together(items: list[Item]) -> list[Item]:
    told_once = _incidents_told_once(items)
    groups: list[list[Item]] = []
    by_cause: dict[tuple[object, ...], list[list[Item]]] = {}
    for item in items:
        cause = _cause(item) if item.incidents and item.incidents[0] in told_once else None
        if cause is None:
            groups.append([item])
            continue
        candidates = by_cause.setdefault(cause, [])
        group = next((group for group in candidates if _at_once(group[0], item)), None)
        if group is None:
            group = []
            candidates.append(group)
            groups.append(group)
        group.append(item)
    return [group[0] if len(group) == 1 else _merged(group) for group in groups]


def _incidents_told_once(items: list[Item]) -> set[str]:
    """An incident with two blocks (over, and there again) keeps them in its own order."""
    counts: dict[str, int] = {}
    for item in items:
        for incident in item.incidents:
            counts[incident] = counts.get(incident, 0) + 1
    return {incident for incident, count in counts.items() if count == 1}


def _cause(item: Item) -> tuple[object, ...] | None:
    if item.key.rule not in SHARED or item.kind not in OPENING | ENDED or item.payload.close_reason == "removed":
        return None
    payload = item.payload
    flags = (payload.first_look, payload.again, payload.reason)
    return (item.kind, item.key.rule, item.key.network, item.severity, item.silent, *flags)


def _at_once(first: Item, item: Item) -> bool:
    if first.payload.first_look:
        return True
    if abs(first.opened_at - item.opened_at) > TOGETHER_SECONDS:
        return False
    return first.kind not in ENDED or abs(first.ended_at - item.ended_at) <= TOGETHER_SECONDS


def _merged(items: list[Item]) -> Item:
    target = items[0].key.target
    kind = "bakers" if target.startswith("tz") else "neurons" if "/" in target else "targets"
    return replace(
        items[0],
        payload=_common([item.payload for item in items]),
        created_at=min(item.created_at for item in items),
        incidents=tuple(incident for item in items for incident in item.incidents),
        events=tuple(event for item in items for event in item.events),
        subject=f"{number(len(items))} {kind}",
        names=tuple(item.subject for item in items),
    )


def _common(payloads: list[Payload]) -> Payload:
    """What is true of all of them."""
    values: dict[str, Any] = {}
    for name, default in _FIELDS:
        found = [getattr(payload, name) for payload in payloads]
        known = [value for value in found if value is not None]
        if name in _EARLIEST:
            values[name] = min(known, default=None)
        elif name in _LATEST:
            values[name] = max(known, default=None)
        else:
            values[name] = found[0] if all(value == found[0] for value in found) else default
    return Payload(**values)
