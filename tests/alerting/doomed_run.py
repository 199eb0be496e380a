"""A delivery pass in a process of its own, to be killed: `python -m tests.alerting.doomed_run DATABASE FILE RUN`.

Its channel appends every event's id to FILE. Run 1 never returns from its first send.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC
from pathlib import Path

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.outbox import Outbox
from monitor.database import open_database
from monitor.model import Format, Message


class Paper(Channel):
    limits = Limits(units=10_000, events=1)
    name = "phone"
    format = Format.PLAIN

    def __init__(self, file: Path, hangs: bool) -> None:
        self._file, self._hangs = file, hangs

    def send(self, message: Message, timeout: float) -> Receipt:
        with self._file.open("a") as file:
            file.writelines(f"{fact['incident']}\n" for fact in message.events)
        if self._hangs:
            print("sent", flush=True)
            time.sleep(60)
        return Receipt()


def main(url: str, file: Path, run: int) -> None:
    channel = Paper(file, hangs=run == 1)
    outbox = Outbox(open_database(url), {"phone": channel}, run, now=lambda: int(time.time()), zone=UTC)
    print(outbox.deliver(time.monotonic() + 20).undelivered)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
