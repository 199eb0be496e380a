"""What may become of a message, minute after minute: receivers on loopback, in every mood, that keep what they took."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from simulator import faults
from simulator.cloudwatch import CloudWatchLogs
from simulator.faults import Fault
from simulator.receiver import Arrived, Receiver, Reply
from simulator.telegram import KICKED, Telegram
from tests.crash.victim import EVENTS

CHAT = "-1001"
GROUP_LIMIT = 20
"""Messages a minute, as Telegram takes them in a group."""


class Chat(Telegram):
    """A bot's chat."""

    def __init__(self, token: str, clock: Callable[[], float]) -> None:
        super().__init__(token, clock=clock)
        self.per_minute = GROUP_LIMIT
        self.carried: list[tuple[int, ...]] = []
        """Of each message that arrived, the events."""

    def answer(self, request: Arrived) -> Reply:
        before = len(self.messages)
        reply = super().answer(request)
        if len(self.messages) > before:
            self.carried.append(tuple(json.loads(request.headers[EVENTS.lower()])))
        return reply


class LogStream(CloudWatchLogs):
    """A stream of CloudWatch Logs."""

    @property
    def carried(self) -> list[tuple[int, ...]]:
        """Of each batch that arrived, the events."""
        return [tuple(json.loads(message)["event_id"] for message in batch) for batch in self.batches]


Mood = Callable[[Receiver], AbstractContextManager[object]]


def _fault(make: Callable[[], Fault]) -> Mood:
    return lambda receiver: receiver.faults.during(make())


def _limited(retry_after: int | None) -> Mood:
    parameters = {} if retry_after is None else {"parameters": {"retry_after": retry_after}}
    body = json.dumps({"__type": "ThrottlingException", "ok": False, "error_code": 429, **parameters})
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return _fault(lambda: Fault("status", status=429, body=body, headers=headers))


@contextmanager
def _closed_to_us(receiver: Receiver) -> Iterator[None]:
    """It takes nothing until a person mends it."""
    if isinstance(receiver, Telegram):
        receiver.chats[CHAT].gone = KICKED
        try:
            yield
        finally:
            receiver.chats[CHAT].gone = None
        return
    refusal = Fault("status", status=400, body='{"__type": "AccessDeniedException"}')
    with receiver.faults.during(refusal):
        yield


MOODS: Mapping[str, Mood] = {
    "up": lambda receiver: nullcontext(),
    "down": lambda receiver: receiver.refusing(),
    "slow": _fault(lambda: faults.latency(0.3)),
    "429": _limited(None),
    "429 with retry_after": _limited(150),
    "500": _fault(lambda: faults.status(500, '{"ok": false, "error_code": 500, "description": "Internal"}')),
    "502 of a proxy": _fault(lambda: faults.status(502, "<html>Bad Gateway</html>")),
    "reset": _fault(faults.reset),
    "reset after it was taken": _fault(faults.lost_answer),
    "no answer": _fault(faults.hang),
    "no answer after it was taken": _fault(faults.late_answer),
    "refuses": _closed_to_us,
}
TIRESOME = frozenset({"no answer", "no answer after it was taken"})
"""A run waits for these to its end."""
