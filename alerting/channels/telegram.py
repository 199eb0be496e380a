"""One Telegram chat, or one topic in it, through the Bot API.

The token is part of every URL, and so of every text of requests' and urllib3's exceptions: none of them leaves here.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, SSLError

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.errors import Ambiguous, Broken, DeliveryError, Migrated, NotSent, RateLimited, Rejected, TooLong
from alerting.library_logs import quiet
from monitor.model import Format, Message, Severity

API_URL = "https://api.telegram.org"

_LARGEST_ANSWER = 64 * 1024
_CONNECT_TIMEOUT = 5.0
_RETRY_AFTER = 60
"""Seconds, where a 429 does not say."""
_MOVED_TO = ">"

# Descriptions of 400 answers that no retry changes; core.telegram.org lists none, other monitors collected these.
_GONE = (
    "chat not found",
    "user not found",
    "chat_id is empty",
    "bot was kicked",
    "bot was blocked",
    "user is deactivated",
    "user_is_blocked",
    "user_is_deactivated",
    "group chat was deleted",
    "group chat was deactivated",
    "group is deactivated",
    "upgraded to a supergroup",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_admin_required",
    "chat_restricted",
    "chat_write_forbidden",
    "message thread not found",
    "message_thread_id is invalid",
    "topic_closed",
    "topic_deleted",
    "bots can't send messages to bots",
)


class Telegram(Channel):
    """`chat_id` is a number or "@name", `thread_id` a topic of it, `sound_from` the least severity that makes a sound.

    An address it moved to is written `old>new`: a chat that is named anew in the settings is not sent to the old one's.
    """

    # 4,096 characters, of which it is disputed how they are counted; about 20 messages a minute to a group.
    limits: ClassVar[Limits] = Limits(units=3500, events=100, interval=3.0)

    def __init__(
        self,
        token: str,
        chat_id: str,
        *,
        name: str = "telegram",
        thread_id: int | None = None,
        api_url: str = API_URL,
        sound_from: Severity = Severity.INFO,
    ) -> None:
        quiet()
        self._token = token
        self._configured = self._chat_id = chat_id
        self._name = name
        self._thread_id = thread_id
        self._api_url = api_url.rstrip("/")
        self._sound_from = sound_from

    @property
    def name(self) -> str:
        return self._name

    @property
    def format(self) -> Format:
        return Format.HTML

    def move(self, address: str) -> None:
        of, moved, to = address.rpartition(_MOVED_TO)
        if not moved or of == self._configured:
            self._chat_id = to

    def send(self, message: Message, timeout: float) -> Receipt:
        result = self.call("sendMessage", self._body(message), timeout)
        number = result.get("message_id") if isinstance(result, dict) else None
        return Receipt(None if number is None else str(number))

    def call(self, method: str, body: dict[str, Any], timeout: float) -> Any:
        """The result of a method of the Bot API. Raises DeliveryError."""
        status, answer = self._post(method, body, timeout)
        if status == 200 and isinstance(answer, dict) and answer.get("ok") is True:
            return answer.get("result")
        raise self._error(status, answer if isinstance(answer, dict) else {})

    def _body(self, message: Message) -> dict[str, Any]:
        body: dict[str, Any] = {
            "chat_id": self._chat_id,
            "text": message.text,
            "disable_notification": message.silent or message.severity.rank < self._sound_from.rank,
            "link_preview_options": {"is_disabled": True},
        }
        if message.format is Format.HTML:
            body["parse_mode"] = "HTML"
        if self._thread_id is not None:
            body["message_thread_id"] = self._thread_id
        return body

    def _post(self, method: str, body: dict[str, Any], timeout: float) -> tuple[int, Any]:
        """Status and decoded answer (None where it is not JSON). Raises NotSent, Ambiguous or Broken."""
        url = f"{self._api_url}/bot{self._token}/{method}"
        try:
            with requests.post(
                url,
                json=body,
                timeout=(min(_CONNECT_TIMEOUT, timeout), timeout),
                stream=True,
                allow_redirects=False,
            ) as response:
                raw = response.raw.read(_LARGEST_ANSWER, decode_content=True)
                return response.status_code, _decoded(raw)
        except requests.exceptions.ConnectTimeout:
            raise NotSent("no connection in time") from None
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise NotSent("no connection") from None
            if _untrusted(error):
                raise NotSent("its certificate is not trusted") from None
            raise Ambiguous("connection lost") from None
        except requests.exceptions.Timeout:
            raise Ambiguous("no answer in time") from None
        except requests.exceptions.InvalidURL:
            raise Broken("TELEGRAM_API_URL is not a URL") from None
        except Exception as error:  # noqa: BLE001 - reading `raw` raises urllib3's and http.client's own
            raise Ambiguous(f"unreadable answer: {type(error).__name__}") from None

    def _error(self, status: int, answer: dict[str, Any]) -> DeliveryError:
        description = answer.get("description")
        said = self._redacted(description) if isinstance(description, str) else ""
        reason = f"{status} {said}".strip()
        parameters = answer.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        if status == 429:
            seconds = parameters.get("retry_after")
            return RateLimited(reason, seconds if isinstance(seconds, int) and seconds > 0 else _RETRY_AFTER)
        moved_to = parameters.get("migrate_to_chat_id")
        if isinstance(moved_to, int | str) and moved_to:
            address = f"{self._configured}{_MOVED_TO}{moved_to}"
            return Migrated(f"{status} group became a supergroup", address)
        lower = said.lower()
        if status in (401, 403, 404) or any(text in lower for text in _GONE):
            return Broken(reason)
        if status == 413 or "too long" in lower or "too_long" in lower:
            return TooLong(reason)
        if 400 <= status < 500 and status != 408:
            return Rejected(reason)
        return Ambiguous(reason if said else f"{status} without an answer that says what happened")

    def _redacted(self, text: str) -> str:
        # Its second half alone as well: a proxy that repeats the address may have written the colon as %3A.
        for secret in (self._token, self._token.partition(":")[2]):
            if secret:
                text = text.replace(secret, "…")
        return " ".join(text.split())[:200]


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Refused, no such host, no route: the request did not leave this machine."""
    return isinstance(_reason(error), NewConnectionError | ConnectTimeoutError) or isinstance(
        error, requests.exceptions.ProxyError
    )


def _untrusted(error: requests.exceptions.ConnectionError) -> bool:
    import ssl

    reason = _reason(error)
    cause = reason.args[0] if isinstance(reason, SSLError) and reason.args else None
    return isinstance(cause, ssl.SSLCertVerificationError)


def _reason(error: requests.exceptions.ConnectionError) -> object:
    cause = error.args[0] if error.args else None
    return cause.reason if isinstance(cause, MaxRetryError) else cause
