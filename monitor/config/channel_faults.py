"""What is wrong with the settings of the channels that are switched on. Secrets and addresses are never repeated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from monitor.config.channel_names import LABEL, Entry, notify_entries, telegram_entries
from monitor.config.problem import shown
from monitor.config.settings import Settings

Fault = tuple[str, str, str]
"""Name of the setting, text, fix."""

REQUIREMENTS = Path(__file__).parents[2] / "requirements-notify.txt"
_CHAT = re.compile(r"-?[0-9]{1,19}|@[A-Za-z][A-Za-z0-9_]{3,31}")


def channel_faults(settings: Settings) -> list[Fault]:
    found = _telegram(settings) if settings.send_to_telegram else []
    group = settings.cloudwatch_log_group
    if settings.send_to_cloudwatch and not re.fullmatch(r"[A-Za-z0-9._/#-]+", group):
        text = f"{shown(group)} is not the name of a log group"
        found.append(("CLOUDWATCH_LOG_GROUP", text, "write letters, digits and . - _ / # only"))
    return found + _notify(settings)


def _telegram(settings: Settings) -> list[Fault]:
    found: list[Fault] = []
    token = settings.telegram_bot_token
    if token is None:
        found.append(("TELEGRAM_BOT_TOKEN", "is not set, but SEND_TO_TELEGRAM is true", "write the bot's token"))
    elif not re.fullmatch(r"[0-9]{3,}:[A-Za-z0-9_-]{20,}", token.get_secret_value()):
        found.append(("TELEGRAM_BOT_TOKEN", "is not a token (it is not shown here)", "copy it from @BotFather"))
    chats = telegram_entries(settings.telegram_chat_id)
    if not chats:
        found.append(("TELEGRAM_CHAT_ID", "is not set, but SEND_TO_TELEGRAM is true", "write the chat's id"))
    for entry in chats:
        if not _CHAT.fullmatch(entry.value):
            text = f"{shown(entry.value)} is not the id of a chat"
            found.append(
                ("TELEGRAM_CHAT_ID", text, "write a number, e.g. -1001234567890, or @name of a public channel")
            )
    found += _names("TELEGRAM_CHAT_ID", chats)
    threads = telegram_entries(settings.telegram_thread_id)
    for entry in threads:
        if not re.fullmatch(r"[1-9][0-9]{0,17}", entry.value):
            text = f"{shown(entry.value)} is not the id of a topic"
            found.append(("TELEGRAM_THREAD_ID", text, "write a number, e.g. 7 or night-shift=7"))
        if entry.channel not in {chat.channel for chat in chats}:
            known = ", ".join(chat.channel.partition(":")[2] or "the first" for chat in chats)
            text = f"names no chat of TELEGRAM_CHAT_ID: {entry.channel}"
            found.append(("TELEGRAM_THREAD_ID", text, f"name one of its chats ({known}), as they are named there"))
    return found + _names("TELEGRAM_THREAD_ID", threads)


def _notify(settings: Settings) -> list[Fault]:
    if settings.notify_urls is None:
        return []
    name = "NOTIFY_URLS"
    entries = notify_entries(settings.notify_urls.get_secret_value())
    found = _names(name, entries)
    for number, entry in enumerate(entries, start=1):
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", entry.value):
            text = f"entry {number} is not an address (it is not shown here)"
            found.append((name, text, "write service://…, as in Apprise's list of services, or name=service://…"))
    if find_spec("apprise") is None:
        import sys

        command = f"{sys.executable} -m pip install -r {REQUIREMENTS}"
        found.append((name, "needs Apprise, which is not installed", f"run {command}"))
    return found


def _names(setting: str, entries: Sequence[Entry]) -> list[Fault]:
    """Names that cannot be names, and names given twice: the second would take the place of the first."""
    found: list[Fault] = []
    for channel, count in Counter(entry.channel for entry in entries).items():
        label = channel.partition(":")[2]
        if label and not re.fullmatch(LABEL, label):
            found.append((setting, f"{shown(label)} is not a name", "write letters, digits and . - _, 32 at most"))
        if count > 1:
            found.append((setting, f"names {channel} {count} times", "give each its own name: name=…"))
    return found
