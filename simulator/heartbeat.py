"""A dead man's switch on loopback that is called as healthchecks.io is (its page "Pinging API").

with Heartbeat() as heartbeat:
    ...                                  # HEARTBEAT_URL=heartbeat.address
    [ping.signal for ping in heartbeat.pings]        # ["start", "success"]
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from simulator.receiver import Arrived, Receiver, Reply


class Ping(NamedTuple):
    signal: str
    """start | success | fail | log, or an exit status"""
    rid: str | None
    body: str
    method: str


class Heartbeat(Receiver):
    """One check, named by its secret."""

    def __init__(self, secret: str = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278", port: int = 0) -> None:
        self.secret = secret
        self.pings: list[Ping] = []
        super().__init__(port)

    @property
    def address(self) -> str:
        return f"{self.url}/{self.secret}"

    @property
    def signals(self) -> list[str]:
        return [ping.signal for ping in self.pings]

    def answer(self, request: Arrived) -> Reply:
        url = urlsplit(request.target)
        _, secret, *rest = [*url.path.split("/"), ""]
        signal = rest[0] or "success"
        known = signal in ("start", "success", "fail", "log") or signal.isdecimal()
        if secret != self.secret or not known or request.method not in ("GET", "HEAD", "POST"):
            return Reply(404, b"(not found)")
        rid = parse_qs(url.query).get("rid", [None])[0]
        self.pings.append(Ping(signal, rid, request.body.decode("utf-8", "replace"), request.method))
        return Reply(200, b"OK", {"Ping-Body-Limit": "100000"})
