"""The terminal, or whatever cron does with output: a block of text per event, or a JSON object per line."""

from __future__ import annotations

from typing import ClassVar, Protocol

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.errors import Ambiguous, NotSent
from monitor.model import Format, Message

_COLOURS = {"🔴": "31", "🟡": "33", "✅": "32", "ℹ": "36"}


class Output(Protocol):
    """What a text file can do, as far as it is needed here."""

    @property
    def encoding(self) -> str | None: ...

    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool: ...


class Console(Channel):
    """Writes to `stream`; colours first lines where that is a terminal."""

    limits: ClassVar[Limits] = Limits(units=64_000, events=500)

    def __init__(self, stream: Output, *, json: bool = False) -> None:
        self._stream = stream
        self._json = json

    @property
    def name(self) -> str:
        return "console"

    @property
    def format(self) -> Format:
        return Format.JSON if self._json else Format.PLAIN

    def send(self, message: Message, timeout: float) -> Receipt:
        """Raises: NotSent where the stream is closed, Ambiguous where it failed midway."""
        try:
            text = message.text
            if message.format is not Format.JSON:
                text = _coloured(text) + "\n" if self._stream.isatty() else f"{text}\n"
            encoding = self._stream.encoding or "utf-8"
            self._stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except ValueError:  # what Python raises for a stream that is closed
            raise NotSent("the output is closed") from None
        except OSError as error:
            raise Ambiguous(f"the output failed: {type(error).__name__}") from None
        return Receipt()


def _coloured(text: str) -> str:
    return "\n".join(_coloured_line(line) for line in text.split("\n"))


def _coloured_line(line: str) -> str:
    colour = _COLOURS.get(line[:1])
    return line if colour is None else f"\033[{colour}m{line}\033[0m"
