"""Events to messages: blocks in the channel's format, as many to a message as its limits take."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from alerting.channels.interface import Limits
from alerting.render.figures import Times, listed, one_line
from alerting.render.grouping import grouped
from alerting.render.item import Item, RenderedInput, Wording, item_of
from alerting.render.phrases import late
from alerting.render.wording import word
from monitor.model import ENDED, EventKind, Format, Message, Severity

HEADLINE = 79
"""Characters of a first line: what a pager or a lock screen shows."""

_SUBJECT = 44
_IDS_SHOWN = 3
_MARKS = {Severity.CRITICAL: "🔴", Severity.WARNING: "🟡", Severity.INFO: "ℹ️"}


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    units: int
    item: Item
    facts: tuple[dict[str, Any], ...]


def render(
    events: Sequence[RenderedInput],
    format: Format,
    zone: tzinfo,
    explorer_url: str | None,
    limits: Limits,
    *,
    now: int,
) -> list[Message]:
    """Messages in the order of `events`, each event in exactly one of them; an event is never split.

    `now` (UTC seconds) decides which times need their date and what is late. `explorer_url` is linked behind names in
    HTML only. Pure.
    """
    return list(messages(events, format, zone, explorer_url, limits, now=now))


def messages(
    events: Sequence[RenderedInput],
    format: Format,
    zone: tzinfo,
    explorer_url: str | None,
    limits: Limits,
    *,
    now: int,
) -> Iterator[Message]:
    """As `render`, one after the other: no more is worded than what is taken, and the event after it."""
    times = Times(zone, now)
    if format is Format.JSON:
        blocks = (_json_block(event, times) for event in events)
    else:
        blocks = (_text_block(item, format, times, explorer_url, limits) for item in grouped(events))
    separator = "\n" if format is Format.JSON else "\n\n"
    return (_message(part, format, separator) for part in _parts(blocks, limits, len(separator)))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text_block(item: Item, format: Format, times: Times, explorer_url: str | None, limits: Limits) -> _Block:
    wording = word(item, times)
    subject, rest = _headline(item, wording)
    first = f"{_mark(item)} {subject}{rest}"
    details = _details(item, wording, times, limits.units - units(first) - 1)
    plain = f"{first}\n{details}"
    facts = tuple(_facts(event, item, wording, times) for event in item.events)
    text = plain
    if format is Format.HTML:
        text = f"{_mark(item)} {_linked(subject, item, wording, explorer_url)}{_escaped(rest)}\n{_escaped(details)}"
    return _Block(text, units(plain), item, facts)


def _json_block(event: RenderedInput, times: Times) -> _Block:
    item = item_of(event)
    facts = _facts(event, item, word(item, times), times)
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return _Block(text, units(text), item, (facts,))


def _parts(blocks: Iterable[_Block], limits: Limits, gap: int) -> Iterator[list[_Block]]:
    part: list[_Block] = []
    room, events = limits.units + gap, limits.events
    for block in blocks:
        size = block.units + gap
        if part and (size > room or len(block.facts) > events):
            yield part
            part, room, events = [], limits.units + gap, limits.events
        part.append(block)
        room -= size
        events -= len(block.facts)
    if part:
        yield part


def _message(blocks: list[_Block], format: Format, separator: str) -> Message:
    worst = max((_weight(block.item) for block in blocks), key=lambda severity: severity.rank)
    return Message(
        text=separator.join(block.text for block in blocks),
        severity=worst,
        silent=all(block.item.silent for block in blocks),
        events=tuple(fact for block in blocks for fact in block.facts),
        format=format,
    )


def _weight(item: Item) -> Severity:
    return Severity.INFO if item.kind in ENDED else item.severity


def _headline(item: Item, wording: Wording) -> tuple[str, str]:
    """The subject and what follows it, together with the mark below 80 characters."""
    subject = wording.subject if wording.subject is not None else item.subject
    if len(subject) > _SUBJECT:
        subject = f"{subject[: _SUBJECT - 1]}…"
    if item.kind is EventKind.TEST and subject != "TEST":
        subject = f"TEST {subject}"
    predicate = wording.predicate
    suffix = " (silent)" if item.silent and item.kind is EventKind.FIRING else ""
    room = HEADLINE - len(_mark(item)) - 1 - len(subject) - len(suffix)
    if len(predicate) > room:
        predicate = f"{predicate[: max(0, room - 1)].rstrip()}…"
    return subject, predicate + suffix


def _details(item: Item, wording: Wording, times: Times, room: int) -> str:
    """Sentences, then the id: in at most `room` units, and never without the id."""
    sentences = [one_line(sentence) for sentence in wording.details]
    if item.several:
        sentences.insert(0, listed(item.names))
    lateness = late(item, times)
    if lateness:
        sentences.append(lateness)
    end = " ".join(part for part in (_ids(item), _speaker(item)) if part)
    body = _cut(" ".join(map(_stopped, sentences)), room - units(end) - 1)
    return f"{body} {end}" if body else end


def _ids(item: Item) -> str:
    if not item.incidents:
        return f"event {item.events[0].event_id}"
    shown = " ".join(f"#{incident}" for incident in item.incidents[:_IDS_SHOWN])
    more = len(item.incidents) - _IDS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _speaker(item: Item) -> str:
    return f"({one_line(item.payload.identifier)})" if item.payload.identifier else ""


def _stopped(sentence: str) -> str:
    """With its full stop, unless it would become part of an address that people click on."""
    return sentence if sentence.endswith((".", "!", "?", ":")) or "://" in sentence else f"{sentence}."


def _mark(item: Item) -> str:
    over = item.kind in ENDED or (
        item.kind in (EventKind.NOTICE, EventKind.FLAPPING) and item.payload.ended_at is not None
    )
    return "✅" if over else _MARKS[item.severity]


def _linked(subject: str, item: Item, wording: Wording, explorer_url: str | None) -> str:
    address = item.key.target
    if explorer_url is None or wording.subject is not None or item.several or not address.startswith(("tz", "KT1")):
        return _escaped(subject)
    url = f"{explorer_url.rstrip('/')}/{address}"
    return f'<a href="{html.escape(url, quote=True)}">{_escaped(subject)}</a>'


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _cut(text: str, room: int) -> str:
    """At most `room` UTF-16 units of it."""
    if units(text) <= room:
        return text
    text = text[: max(0, room - 1)]
    while text and units(text) >= room:
        text = text[:-1]
    return f"{text}…" if text else ""


def _facts(event: RenderedInput, item: Item, wording: Wording, times: Times) -> dict[str, Any]:
    """One flat JSON object. The summary is the event's own, also where the text speaks of several together."""
    if len(item.events) > 1:
        item = item_of(event)
        wording = word(item, times)
    subject, rest = _headline(item, wording)
    told = event.payload.to_value()
    return {
        **told.pop("facts", {}),
        **told,
        "event_id": event.event_id,
        "incident": event.incident,
        "kind": event.kind.value,
        "severity": event.severity.value,
        "network": event.key.network,
        "target": event.key.target,
        "rule": event.key.rule,
        "summary": f"{subject}{rest}",
        "occurred_at": event.occurred_at,
        "created_at": event.created_at,
        "silent": event.silent,
    }
