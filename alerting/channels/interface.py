"""What a channel is: one place where messages go. It never sees an incident, only a Message."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from monitor.model import Format, Message


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may hold, and how fast they may follow each other."""

    units: int
    """UTF-16 units of visible text per message."""
    events: int
    """Events per message."""
    interval: float = 0.0
    """Seconds from one message to the next."""


class Receipt(NamedTuple):
    """The receiver took it. `remote_id` is its name for the message, where it has one."""

    remote_id: str | None = None


class Channel(ABC):
    """One receiver, e.g. one Telegram chat. `send` is called from a thread of its own, one message at a time."""

    limits: ClassVar[Limits]
    patience: ClassVar[int | None] = None
    """Seconds of failures without any success after which it counts as broken, where its errors never say so."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Names its delivery rows and never changes: `console`, `telegram`, `telegram:night-shift`."""

    @property
    @abstractmethod
    def format(self) -> Format:
        """The format it wants its messages in. A rejected one comes again as Format.PLAIN."""

    @abstractmethod
    def send(self, message: Message, timeout: float) -> Receipt:
        """Hand the message over, within `timeout` seconds.

        Raises:
            DeliveryError: one of alerting/errors.py, saying whether it may have arrived. Its text holds no secret.
        """

    def move(self, address: str) -> None:  # noqa: B027 - most receivers never move
        """The receiver told a new address (now, or in an earlier run): send there from now on."""
