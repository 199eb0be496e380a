"""What the channels of a configuration are called: `console`, `telegram`, `telegram:night-shift`, `notify:slack`, …

TELEGRAM_CHAT_ID and NOTIFY_URLS hold several receivers, each with a name or without: `-1001,night-shift=-1002`. The
first one without a name is called like its kind, later ones are numbered: telegram, telegram:2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from monitor.config.settings import Settings

LABEL = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
"""What may stand behind the colon of a channel's name."""
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*://"
_NEXT_URL = re.compile(rf"[\s,]+(?=(?:{LABEL}=)?{_SCHEME})")
_LABELLED_URL = re.compile(rf"({LABEL})=(?={_SCHEME})")


class Entry(NamedTuple):
    """One receiver. The value may be secret."""

    channel: str
    value: str


def telegram_entries(value: str | None) -> list[Entry]:
    """`-1001,night-shift=-1002`: telegram and telegram:night-shift. TELEGRAM_THREAD_ID is written alike."""
    parts = [part.strip() for part in (value or "").split(",") if part.strip()]
    pairs = [part.rpartition("=") for part in parts]
    return _named("telegram", [(label.strip() if equals else None, chat.strip()) for label, equals, chat in pairs])


def notify_entries(value: str | None) -> list[Entry]:
    """`slack=slack://… mailto://…`, apart by spaces or commas: notify:slack and notify. URLs may hold commas."""
    parts = [part for part in _NEXT_URL.split((value or "").strip(" \t\r\n,")) if part]
    pairs: list[tuple[str | None, str]] = []
    for part in parts:
        labelled = _LABELLED_URL.match(part)
        pairs.append((labelled[1], part[labelled.end() :]) if labelled else (None, part))
    return _named("notify", pairs)


def channel_names(settings: Settings) -> tuple[str, ...]:
    """Of every channel that is switched on."""
    names = ["console"] if settings.send_to_console else []
    if settings.send_to_telegram:
        names += [entry.channel for entry in telegram_entries(settings.telegram_chat_id)]
    if settings.send_to_cloudwatch:
        names.append("cloudwatch")
    if settings.notify_urls is not None:
        names += [entry.channel for entry in notify_entries(settings.notify_urls.get_secret_value())]
    return tuple(names)


def _named(kind: str, pairs: Sequence[tuple[str | None, str]]) -> list[Entry]:
    found: list[Entry] = []
    for number, (label, value) in enumerate(pairs, start=1):
        if label is None:
            label = str(number) if any(entry.channel == kind for entry in found) else ""
        found.append(Entry(f"{kind}:{label}" if label else kind, value))
    return found
