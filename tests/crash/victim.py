"""The checker in a process of its own that tells where it is, and may die there.

    python -m tests.crash.victim HOME NOW JOURNAL STEPS [--hurried] [ARGUMENT …]

It is `main.py check` with HOME's configuration, with four things around it: the clock says NOW, each step and each
send is a line of JOURNAL, a request to Telegram names the events it carries, and the process kills itself with SIGKILL
at the first of STEPS that it comes to: a JSON object, step -> how many times it is passed before.
--hurried: two messages to a channel need not be apart.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.engine.default import DefaultDialect

import monitor.check
import monitor.commands.check
from alerting.channels.interface import Channel, Receipt
from monitor.clock import SystemClock
from monitor.life_signs import LifeSigns
from monitor.model import Format, Message
from tests.crash.process import ROOT

EVENTS = "X-Events"
"""Header: the ids of the events that a request carries."""


HURRIED = "--hurried"


class Journal:
    """Lines that outlive the process: each is written at once, by one system call."""

    def __init__(self, path: Path, ends: Mapping[str, int]) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._left = dict(ends)
        self._attempts = 0
        self._lock = threading.Lock()

    def step(self, name: str) -> None:
        with self._lock:
            self._write({"step": name})
            if self._left.get(name) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if name in self._left:
                self._left[name] -= 1

    def attempt(self, channel: str, message: Message) -> int:
        with self._lock:
            self._attempts += 1
            events = [fact["event_id"] for fact in message.events]
            self._write({"attempt": self._attempts, "channel": channel, "events": events, "text": message.text})
            return self._attempts

    def answer(self, attempt: int, outcome: str) -> None:
        with self._lock:
            self._write({"answer": attempt, "outcome": outcome})

    def _write(self, line: dict[str, Any]) -> None:
        os.write(self._file, f"{json.dumps(line)}\n".encode())


class Watched(Channel):
    """A channel, with what it sends on record."""

    def __init__(self, channel: Channel, journal: Journal, hurried: bool) -> None:
        self._channel, self._journal = channel, journal
        self.limits = replace(channel.limits, interval=0.0) if hurried else channel.limits  # type: ignore[misc]
        self.patience = channel.patience  # type: ignore[misc] # class data, but this one's

    @property
    def name(self) -> str:
        return self._channel.name

    @property
    def format(self) -> Format:
        return self._channel.format

    def move(self, address: str) -> None:
        self._channel.move(address)

    def send(self, message: Message, timeout: float) -> Receipt:
        self._journal.step(f"{self.name}: leased, not sent")
        number = self._journal.attempt(self.name, message)
        _carried.events = [fact["event_id"] for fact in message.events]
        try:
            receipt = self._channel.send(message, timeout)
        except Exception as error:
            self._journal.answer(number, type(error).__name__)
            self._journal.step(f"{self.name}: failed, not settled")
            raise
        self._journal.answer(number, "Receipt")
        self._journal.step(f"{self.name}: sent, not settled")
        return receipt


_carried = threading.local()
"""Of this thread's request: a Telegram message names incidents, not events."""


def prepare(journal: Journal, now: int, hurried: bool) -> None:
    """Puts the clock and the steps around the checker that this process is going to be."""

    def do_commit(commit: Any) -> Any:
        def step_by_step(dialect: DefaultDialect, connection: Any) -> None:
            owner = _owner()
            journal.step(f"{owner}: before its commit")
            commit(dialect, connection)
            journal.step(f"{owner}: committed")

        return step_by_step

    def post(send: Any) -> Any:
        def labelled(*arguments: Any, **named: Any) -> Any:
            events = getattr(_carried, "events", None)
            if events is not None:
                named["headers"] = {**named.get("headers", {}), EVENTS: json.dumps(events)}
            return send(*arguments, **named)

        return labelled

    def channels_of(make: Any) -> Any:
        return lambda *arguments: {name: Watched(one, journal, hurried) for name, one in make(*arguments).items()}

    def lock_of(make: Any) -> Any:
        def stepping(engine: Any) -> Any:
            journal.step("before the lock")
            return make(engine)

        return stepping

    def made_ready(prepare_database: Any) -> Any:
        def stepping(engine: Any) -> None:
            journal.step("the lock is taken")
            prepare_database(engine)

        return stepping

    def begin(call: Any) -> Any:
        def stepping(signs: LifeSigns) -> None:
            call(signs)
            journal.step("heartbeat: begun")

        return stepping

    def end(call: Any) -> Any:
        def stepping(signs: LifeSigns, report: Any) -> None:
            journal.step("heartbeat: before its end")
            call(signs, report)
            journal.step("all is done")

        return stepping

    _around(SystemClock, "now", lambda _: lambda clock: now)
    _around(DefaultDialect, "do_commit", do_commit)
    _around(requests, "post", post)
    _around(monitor.commands.check, "channels_of", channels_of)
    _around(monitor.check, "lock_of", lock_of)
    _around(monitor.check, "prepare", made_ready)
    _around(LifeSigns, "begin", begin)
    _around(LifeSigns, "end", end)


def _around(owner: Any, name: str, wrapped: Callable[[Any], Any]) -> None:
    setattr(owner, name, wrapped(getattr(owner, name)))


def _owner() -> str:
    """Whose transaction it is: the nearest function of the program's that is not the transaction itself."""
    frame = sys._getframe(2)
    while frame.f_back is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(("monitor.", "alerting.")) and name not in ("writing", "reading", "in_our_words"):
            return f"{module.rpartition('.')[2]}.{name.lstrip('_')}"
        frame = frame.f_back
    return "somebody"


def main() -> None:
    home, now, journal, steps, *arguments = sys.argv[1:]
    hurried = HURRIED in arguments
    prepare(Journal(Path(journal), json.loads(steps)), int(now), hurried)
    arguments = [argument for argument in arguments if argument != HURRIED]
    sys.argv = ["main.py", "check", "--env-file", str(Path(home) / ".env"), *arguments]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")


if __name__ == "__main__":
    main()
