"""Sends in threads of their own: one channel that hangs holds up neither the others nor the end of the run."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from alerting.channels.interface import Channel, Receipt
from alerting.errors import Ambiguous, DeliveryError
from alerting.leases import Lease

Outcome = Receipt | DeliveryError


@dataclass(frozen=True, slots=True)
class Answer:
    lease: Lease
    outcome: Outcome


class Sender:
    """Threads are daemons: a process may end while one still hangs. The caller sends a channel one at a time."""

    def __init__(self) -> None:
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def start(self, channel: Channel, lease: Lease, timeout: float) -> None:
        arguments = (channel, lease, timeout)
        threading.Thread(target=self._send, args=arguments, name=f"send-{lease.channel}", daemon=True).start()

    def answer(self, timeout: float) -> Answer | None:
        """The next one, waiting up to `timeout` seconds."""
        try:
            return self._answers.get(timeout=timeout) if timeout > 0 else self._answers.get_nowait()
        except Empty:
            return None

    def _send(self, channel: Channel, lease: Lease, timeout: float) -> None:
        outcome: Outcome
        try:
            outcome = channel.send(lease.message, timeout)
        except DeliveryError as error:
            outcome = error
        except Exception as error:  # noqa: BLE001 - a defect of one channel; its text may hold a secret
            outcome = Ambiguous(f"unexpected {type(error).__name__}")
        self._answers.put(Answer(lease, outcome))
