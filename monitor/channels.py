"""The channels that are switched on, by name. A channel's module is imported only where it is."""

from __future__ import annotations

from collections.abc import Mapping

from alerting.channels.console import Console
from alerting.channels.interface import Channel
from monitor.config.settings import Settings


def channels_of(settings: Settings, console: Console) -> Mapping[str, Channel]:
    """`console` writes where the command wants it; left out where SEND_TO_CONSOLE is off."""
    found: list[Channel] = []
    if settings.send_to_console:
        found.append(console)
    if settings.send_to_telegram and settings.telegram_bot_token is not None:
        from alerting.channels.telegram import Telegram

        token = settings.telegram_bot_token.get_secret_value()
        found += [Telegram(token, chat, name=name) for name, chat in telegram_chats(settings.telegram_chat_id).items()]
    if settings.send_to_cloudwatch:
        from alerting.channels.cloudwatch import CloudWatch

        stream = settings.cloudwatch_stream_name or settings.identifier or "sentinel"
        found.append(CloudWatch(settings.cloudwatch_log_group, stream, settings.aws_region))
    return {channel.name: channel for channel in found}


def telegram_chats(value: str | None) -> dict[str, str]:
    """`-1001,night-shift=-1002` -> {"telegram": "-1001", "telegram:night-shift": "-1002"}.

    Chats without a name after the first are numbered: telegram:2, telegram:3, …
    """
    chats: dict[str, str] = {}
    entries = [entry.strip() for entry in (value or "").split(",") if entry.strip()]
    for number, entry in enumerate(entries, start=1):
        label, equals, chat = entry.rpartition("=")
        suffix = label.strip() if equals else str(number) if "telegram" in chats else ""
        chats[f"telegram:{suffix}" if suffix else "telegram"] = chat.strip()
    return chats
