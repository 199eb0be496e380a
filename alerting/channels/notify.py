"""One receiver of whatever Apprise knows: Slack, Discord, e-mail, PagerDuty, a webhook, …

Apprise says no more than that it did or did not work, so that every failure is tried again, and the channel counts as
broken after an hour without a success. Its address is a secret; what Apprise logs may hold it and goes nowhere.
"""

from __future__ import annotations

import logging
import re
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.errors import Ambiguous, Broken
from alerting.library_logs import quiet
from monitor.loading import loading_code
from monitor.model import EventKind, Format, Message, Severity

if TYPE_CHECKING:
    from apprise import NotifyBase

_ENDED = (EventKind.RESOLVED.value, EventKind.MISSED_INCIDENT.value)
_LONGEST_WAIT = 5.0
_MAKING = threading.Lock()
"""Apprise loads its plug-ins at the first use, which is not made for several threads."""


class Notify(Channel):
    """`address` as Apprise writes it, e.g. slack://…"""

    # Discord takes 2,000 characters; where a receiver takes less, Apprise splits.
    limits: ClassVar[Limits] = Limits(units=1800, events=50, interval=1.0)
    patience: ClassVar[int | None] = 3600

    def __init__(self, address: str, *, name: str = "notify") -> None:
        self._address = address
        self._name = name
        self._service: NotifyBase | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def format(self) -> Format:
        return Format.PLAIN

    def send(self, message: Message, timeout: float) -> Receipt:
        """Raises: Broken where the address is none that Apprise knows, Ambiguous for every other failure."""
        service = self._made()
        service.socket_connect_timeout = min(service.socket_connect_timeout, timeout)
        service.socket_read_timeout = min(service.socket_read_timeout, timeout, _LONGEST_WAIT)
        title, _, body = message.text.partition("\n")
        _OVERHEARD.listen()
        try:
            # The service itself: Apprise's own dispatch sends from threads that hold up the end of the process.
            sent = service.notify(
                body=body or title,
                title=title if body else "",
                notify_type=_kind(message),
                body_format="text",
                overflow="split",
            )
        except Exception as error:  # noqa: BLE001 - plug-ins raise what their libraries do, with addresses in it
            raise Ambiguous(f"{_called(service)} failed: {type(error).__name__}") from None
        if not sent:
            status = f" ({_OVERHEARD.status})" if _OVERHEARD.status else ""
            raise Ambiguous(f"{_called(service)} did not take it{status}")
        return Receipt()

    def _made(self) -> NotifyBase:
        if self._service is None:
            quiet()
            try:
                with loading_code():
                    from apprise import Apprise, AppriseAsset
            except ImportError:
                raise Broken("Apprise is not installed: pip install -r requirements-notify.txt") from None
            asset = AppriseAsset(app_id="Sentinel", app_desc="Sentinel", storage_mode="memory", secure_logging=True)
            _OVERHEARD.listen()
            with _MAKING:
                try:
                    self._service = Apprise.instantiate(self._address, asset=asset, suppress_exceptions=False)
                except Exception:  # noqa: BLE001 - its text quotes the address
                    self._service = None
            if self._service is None:
                raise Broken("its address in NOTIFY_URLS is none that Apprise understands")
        return self._service


def _kind(message: Message) -> str:
    if message.severity is not Severity.INFO:
        return "failure" if message.severity is Severity.CRITICAL else "warning"
    ended = bool(message.events) and all(fact.get("kind") in _ENDED for fact in message.events)
    return "success" if ended else "info"


def _called(service: Any) -> str:
    """The kind of service, e.g. "Slack"; nothing of its address."""
    name = "".join(character for character in str(service.service_name) if character.isalnum() or character in " .-")
    return name[:40] or "it"


class _Overheard(logging.Filter):
    """Lets nothing that Apprise logs get anywhere, since it quotes addresses, and keeps the HTTP status in it."""

    def __init__(self) -> None:
        super().__init__()
        self._said = threading.local()

    @property
    def status(self) -> str | None:
        """The last one in this thread since `listen`."""
        return getattr(self._said, "status", None)

    def listen(self) -> None:
        self._said.status = None
        logger = logging.getLogger("apprise")
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        with suppress(TypeError, ValueError):  # a plug-in's mistake in its own log line
            found = re.search(r"\berror=([1-5][0-9]{2})\b", record.getMessage())
            self._said.status = found[1] if found else self.status
        return False


_OVERHEARD = _Overheard()
