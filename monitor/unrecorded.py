"""A state that cannot be written is told past the outbox: nothing can be queued where nothing can be stored.

Best effort, to every channel but the console, whose reader has it on stderr: when two runs in a row could record
nothing, then once an hour, and once more when it is over. What is remembered of it are the times of two empty files
beside `.env`, or in the folder for temporary files: a full disk takes those.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from alerting.channels.interface import Channel
from alerting.errors import Migrated
from monitor.model import Format, Message

IN_A_ROW = 300
"""Seconds between two runs that follow each other, at most."""
EVERY = 3600
TIMEOUT = 4.0
"""Seconds that a run spends on it."""


class Marks:
    """When a run last failed to record, and when that was last told."""

    def __init__(self, home: Path) -> None:
        elsewhere = f"sentinel-{os.getuid()}-{crc32(bytes(home.absolute())):08x}"
        self._prefixes = (home / ".cannot-record", Path(os.environ.get("TMPDIR", "/tmp"), elsewhere))

    def failed(self, now: int) -> bool:
        """Notes it. Whether it is to be told now."""
        before, told_at = self._time("failed"), self._time("told")
        noted = self._touch("failed", now)
        if noted and (before is None or not 0 <= now - before <= IN_A_ROW):
            return False
        if told_at is not None and 0 <= now - told_at < EVERY:
            return False
        # Where nothing can be noted, the first minute of an hour is as good as any.
        return self._touch("told", now) or now % EVERY < 60

    def over(self) -> bool:
        """Forgets it. Whether it had been told."""
        told = self._time("told") is not None
        for prefix in self._prefixes:
            for what in ("failed", "told"):
                with suppress(OSError):
                    _path(prefix, what).unlink(missing_ok=True)
        return told

    def _time(self, what: str) -> float | None:
        times = []
        for prefix in self._prefixes:
            with suppress(OSError):
                times.append(_path(prefix, what).stat().st_mtime)
        return max(times, default=None)

    def _touch(self, what: str, now: int) -> bool:
        for prefix in self._prefixes:
            with suppress(OSError):
                path = _path(prefix, what)
                path.touch(mode=0o600)
                os.utime(path, (now, now))
                return True
        return False


def tell_unrecorded(
    home: Path, reason: str | None, identifier: str, channels: Mapping[str, Channel], now: int
) -> dict[str, Exception]:
    """`reason`: why this run could not record; None where it could. Returns what failed, by channel."""
    marks = Marks(home)
    if not (marks.over() if reason is None else marks.failed(now)):
        return {}
    from alerting.render.unrecorded import cannot_record, records_again  # once in a long while

    if reason is None:
        return _send(channels, lambda format: records_again(identifier, format, now))
    return _send(channels, lambda format: cannot_record(reason, identifier, format, now))


def _send(channels: Mapping[str, Channel], message: Callable[[Format], Message]) -> dict[str, Exception]:
    from alerting.background import Background

    calls = {
        name: Background(f"direct-{name}", _sending(channel, message(channel.format)))
        for name, channel in channels.items()
        if name != "console"
    }
    failures = {name: call.failure(TIMEOUT + 1) for name, call in calls.items()}
    return {name: failure for name, failure in failures.items() if failure is not None}


def _sending(channel: Channel, message: Message) -> Callable[[], None]:
    def send() -> None:
        try:
            channel.send(message, TIMEOUT)
        except Migrated as error:  # followed before; but where to stands in what cannot be read
            channel.move(error.address)
            channel.send(message, TIMEOUT)

    return send


def _path(prefix: Path, what: str) -> Path:
    return prefix.with_name(f"{prefix.name}-{what}")
