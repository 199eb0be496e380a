"""The channels: would they take a message. Nothing is written that a person is called by."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from alerting.channels.interface import Channel
from alerting.errors import DeliveryError, Migrated
from monitor.config.channel_names import telegram_entries
from monitor.config.settings import Settings
from monitor.doctor.finding import Finding, failed, warning, well
from monitor.model import Format, Message, Severity

if TYPE_CHECKING:
    from alerting.channels.telegram import Telegram

TIMEOUT = 8.0


def examine_channels(channels: Mapping[str, Channel], settings: Settings, now: int) -> Iterator[Finding]:
    if not channels:
        yield failed("channels", "none is switched on: nobody is told", "set SEND_TO_TELEGRAM=true, or another")
    elif set(channels) == {"console"}:
        yield warning(
            "channels", "only the console: under cron its output is mail or a log file", "switch on SEND_TO_TELEGRAM"
        )
    chats = [(name, channel) for name, channel in channels.items() if name.partition(":")[0] == "telegram"]
    if chats:
        yield from _telegram(dict(chats), settings)
    for name, channel in channels.items():
        kind = name.partition(":")[0]
        if kind == "cloudwatch":
            yield _cloudwatch(name, channel, now)
        elif kind == "notify":
            yield well(name, f"set up; python main.py test-alert --channel {name} sends to it")
    if "console" in channels:
        yield well("console", "told on standard output")


def _telegram(chats: Mapping[str, Channel], settings: Settings) -> Iterator[Finding]:
    """getMe for the token, getChat for every chat: harmless questions."""
    addresses = {entry.channel: entry.value for entry in telegram_entries(settings.telegram_chat_id)}
    bot: dict[str, Any] | None = None
    for name, channel in chats.items():
        if bot is None:
            bot = yield from _bot(channel)
            if bot is None:
                return
        try:
            chat = _asked(channel, "getChat", {"chat_id": addresses[name]})
        except Migrated:
            yield warning(
                name, "the group became a supergroup; messages follow it", "write its new id: TELEGRAM_CHAT_ID"
            )
            continue
        except DeliveryError as error:
            fix = "is the bot a member of the chat? A private chat must press Start first; see TELEGRAM_CHAT_ID"
            yield failed(name, error.reason, fix)
            continue
        kind = chat.get("type", "chat") if isinstance(chat, dict) else "chat"
        yield well(name, f"the bot sees the {kind}; python main.py test-alert --channel {name} sends to it")


def _bot(channel: Channel) -> Generator[Finding, None, dict[str, Any] | None]:
    try:
        bot = _asked(channel, "getMe", {})
    except DeliveryError as error:
        yield failed("telegram", error.reason, "see TELEGRAM_BOT_TOKEN (@BotFather), TELEGRAM_API_URL and the network")
        return None
    bot = bot if isinstance(bot, dict) else {}
    yield well("telegram", f"the token is that of @{bot.get('username', '?')}")
    return bot


def _asked(channel: Channel, method: str, body: dict[str, Any]) -> Any:
    return cast("Telegram", channel).call(method, body, TIMEOUT)


def _cloudwatch(name: str, channel: Channel, now: int) -> Finding:
    """The one way to know that it may write is to write: an object that no metric filter takes for an alert."""
    fact = {"kind": "doctor", "severity": "info", "summary": "main.py doctor can write here", "created_at": now}
    message = Message("", Severity.INFO, True, (fact,), Format.JSON)
    try:
        channel.send(message, TIMEOUT)
    except DeliveryError as error:
        return failed(name, error.reason, "see AWS_REGION, the credentials, and their right to logs:PutLogEvents")
    return well(name, 'took an event of kind "doctor"')
