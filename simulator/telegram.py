"""A Telegram Bot API on loopback: getMe, getChat and sendMessage, with the real one's errors and limits.

    with Telegram() as telegram:
        telegram.chats["-1001"] = Chat("supergroup", topics={7})
        ...                                              # TELEGRAM_API_URL=telegram.url, token telegram.token
        telegram.heard("-1001")                          # what people read there
        telegram.chats["-1001"].gone = KICKED
        telegram.chats["-1001"].moved_to = "-1009"       # the group became a supergroup
        telegram.per_minute = 20                         # and then 429 with retry_after
        telegram.faults.add(faults.status(502))          # see simulator.receiver

Bodies of errors as the real API gives them (core.telegram.org/bots/api, and the wordings of tdlib/telegram-bot-api).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulator.receiver import Arrived, Receiver, Reply
from simulator.telegram_markup import MarkupError, units, visible

KICKED = "Forbidden: bot was kicked from the supergroup chat"
BLOCKED = "Forbidden: bot was blocked by the user"
DEACTIVATED = "Forbidden: user is deactivated"
NEVER_STARTED = "Forbidden: bot can't initiate conversation with a user"
NO_RIGHTS = "Bad Request: not enough rights to send text messages to the chat"
"""What may be the matter with a chat; 403 or 400 by its first word."""

LONGEST = 4096
_STATUS = {"Bad Request": 400, "Unauthorized": 401, "Forbidden": 403, "Not Found": 404, "Too Many Requests": 429}


@dataclass(slots=True)
class Chat:
    kind: str = "supergroup"
    """private | group | supergroup | channel"""
    topics: set[int] = field(default_factory=set)
    gone: str | None = None
    moved_to: str | None = None


class Sent(NamedTuple):
    """A message that arrived."""

    chat: str
    text: str
    """As people read it."""
    silent: bool
    topic: int | None
    message_id: int
    body: dict[str, Any]


class _Refused(Exception):
    def __init__(self, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.description = description
        self.parameters = parameters


class Telegram(Receiver):
    """One bot. `clock` counts the messages of the last minute, in seconds."""

    def __init__(
        self,
        token: str = "123456:AAH-simulated_bot_token_0123456789",
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.chats: dict[str, Chat] = {"-1001": Chat()}
        self.messages: list[Sent] = []
        self.per_minute: int | None = None
        """Messages a minute that a chat takes; None: any number."""
        self._clock = clock
        self._times: dict[str, list[float]] = {}
        super().__init__(port)

    def heard(self, chat: str | None = None) -> list[str]:
        """The texts that arrived, in order."""
        return [message.text for message in self.messages if chat in (None, message.chat)]

    def answer(self, request: Arrived) -> Reply:
        try:
            result = self._result(request)
        except _Refused as refused:
            status = _STATUS[refused.description.partition(":")[0]]
            value: dict[str, Any] = {"ok": False, "error_code": status, "description": refused.description}
            if refused.parameters:
                value["parameters"] = refused.parameters
            return Reply(status, json.dumps(value).encode())
        return Reply(200, json.dumps({"ok": True, "result": result}).encode())

    def _result(self, request: Arrived) -> Any:
        _, bot, method, *rest = [*request.path.split("/"), "", ""]
        if not bot.startswith("bot") or ":" not in bot or rest[2:]:
            raise _Refused("Not Found")
        if bot != f"bot{self.token}":
            raise _Refused("Unauthorized")
        body = _parameters(request)
        match method.lower():
            case "getme":
                return {"id": 123456, "is_bot": True, "first_name": "Sentinel", "username": "sentinel_bot"}
            case "getchat":
                name, chat = self._chat(body)
                return {"id": _number(name), "type": chat.kind, "title": name, "is_forum": bool(chat.topics)}
            case "sendmessage":
                return self._send_message(body)
        raise _Refused("Not Found")

    def _chat(self, body: dict[str, Any]) -> tuple[str, Chat]:
        name = str(body.get("chat_id", ""))
        if not name:
            raise _Refused("Bad Request: chat_id is empty")
        chat = self.chats.get(name)
        if chat is None:
            raise _Refused("Bad Request: chat not found")
        if chat.moved_to is not None:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _Refused(description, migrate_to_chat_id=int(chat.moved_to))
        if chat.gone is not None:
            raise _Refused(chat.gone)
        return name, chat

    def _send_message(self, body: dict[str, Any]) -> dict[str, Any]:
        name, chat = self._chat(body)
        topic = body.get("message_thread_id")
        if topic is not None and topic not in chat.topics:
            raise _Refused("Bad Request: message thread not found")
        text = self._read(body)
        self._count(name)
        number = len(self.messages) + 1
        self.messages.append(Sent(name, text, bool(body.get("disable_notification")), topic, number, body))
        return {"message_id": number, "date": int(self._clock()), "chat": {"id": _number(name)}, "text": text}

    def _read(self, body: dict[str, Any]) -> str:
        raw = str(body.get("text", ""))
        mode = str(body.get("parse_mode", ""))
        if mode not in ("", "HTML"):
            raise _Refused("Bad Request: unsupported parse_mode")
        try:
            text = (visible(raw) if mode else raw).strip()
        except MarkupError as error:
            raise _Refused(f"Bad Request: {error}") from None
        if not text:
            raise _Refused("Bad Request: message text is empty")
        if units(text) > LONGEST:
            raise _Refused("Bad Request: message is too long")
        return text

    def _count(self, chat: str) -> None:
        now = self._clock()
        times = self._times[chat] = [at for at in self._times.get(chat, []) if now - 60 < at <= now]
        if self.per_minute is not None and len(times) >= self.per_minute:
            wait = max(1, math.ceil(times[0] + 60 - now))
            raise _Refused(f"Too Many Requests: retry after {wait}", retry_after=wait)
        times.append(now)


def _parameters(request: Arrived) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        value = json.loads(request.body)
    except ValueError:
        raise _Refused("Bad Request: can't parse JSON object") from None
    return value if isinstance(value, dict) else {}


def _number(chat: str) -> int | str:
    return int(chat) if chat.lstrip("-").isdecimal() else chat
