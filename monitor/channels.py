"""The channels that are switched on, by name. A channel's module is imported only where it is."""

from __future__ import annotations

from collections.abc import Mapping

from alerting.channels.console import Console
from alerting.channels.interface import Channel
from monitor.config.channel_names import notify_entries, telegram_entries
from monitor.config.settings import Settings
from monitor.model import Severity


def channels_of(settings: Settings, console: Console) -> Mapping[str, Channel]:
    """`console` writes where the command wants it; left out where SEND_TO_CONSOLE is off."""
    found: list[Channel] = []
    if settings.send_to_console:
        found.append(console)
    if settings.send_to_telegram and settings.telegram_bot_token is not None:
        found += _telegram(settings, settings.telegram_bot_token.get_secret_value())
    if settings.send_to_cloudwatch:
        from alerting.channels.cloudwatch import CloudWatch

        stream = settings.cloudwatch_stream_name or settings.identifier or "sentinel"
        retention = settings.cloudwatch_retention_days
        found.append(CloudWatch(settings.cloudwatch_log_group, stream, settings.aws_region, retention_days=retention))
    if settings.notify_urls is not None:
        from alerting.channels.notify import Notify

        entries = notify_entries(settings.notify_urls.get_secret_value())
        found += [Notify(entry.value, name=entry.channel) for entry in entries]
    return {channel.name: channel for channel in found}


def telegram_chats(value: str | None) -> dict[str, str]:
    """`-1001,night-shift=-1002` -> {"telegram": "-1001", "telegram:night-shift": "-1002"}.

    Chats without a name after the first are numbered: telegram:2, telegram:3, …
    """
    return {entry.channel: entry.value for entry in telegram_entries(value)}


def _telegram(settings: Settings, token: str) -> list[Channel]:
    from alerting.channels.telegram import Telegram

    threads = telegram_chats(settings.telegram_thread_id)
    return [
        Telegram(
            token,
            chat,
            name=name,
            thread_id=int(threads[name]) if name in threads else None,
            api_url=settings.telegram_api_url,
            sound_from=Severity(settings.telegram_sound_from),
        )
        for name, chat in telegram_chats(settings.telegram_chat_id).items()
    ]
