"""Telling a dead man's switch that a run began, did its work or failed: healthchecks.io's way of being called.

`<url>/start`, `<url>` and `<url>/fail`, each with the run's `?rid=`, so that overlapping runs are told apart; a body
says how it went (healthchecks.io, "Pinging API"). An address with {status} in it is called once a run, with `up`
or `down` in its place, for Uptime Kuma and its like. The address is the secret: it stands in no error.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from alerting.background import Background
from alerting.errors import Ambiguous, NotSent, Rejected
from alerting.library_logs import quiet

TIMEOUT = 2.0
LONGEST_BODY = 10_000
"""Bytes; the hosted service keeps the first 100 kB."""
_STATUS = "{status}"

Signal = Literal["start", "success", "fail"]


class Heartbeat:
    """One run's. `rid` is for tests."""

    def __init__(self, url: str, rid: str | None = None) -> None:
        self._url = url
        self._rid = rid or str(uuid4())
        self._started: Background | None = None

    def start(self) -> None:
        """Does not wait: the work does not depend on it."""
        if _STATUS not in self._url:
            self._started = Background("heartbeat-start", lambda: self._call("start", ""))

    def end(self, success: bool, body: str) -> Background:
        """After the start, which it waits for: the two are told in their order."""
        return Background("heartbeat-end", lambda: self._end("success" if success else "fail", body))

    def _end(self, signal: Signal, body: str) -> None:
        if self._started is not None:
            self._started.failure(TIMEOUT)
        self._call(signal, body)

    def _call(self, signal: Signal, body: str) -> None:
        """Raises DeliveryError."""
        import requests

        quiet()
        data = body.encode("utf-8", "replace")[:LONGEST_BODY]
        try:
            if _STATUS in self._url:
                address = self._url.replace(_STATUS, "down" if signal == "fail" else "up")
                response = requests.get(address, timeout=TIMEOUT, stream=True, allow_redirects=False)
            else:
                headers = {"Content-Type": "text/plain; charset=utf-8"}
                response = requests.post(
                    address_of(self._url, signal, self._rid),
                    data=data,
                    headers=headers,
                    timeout=TIMEOUT,
                    stream=True,
                    allow_redirects=False,
                )
            response.close()
        except requests.exceptions.Timeout:
            raise Ambiguous("no answer in time") from None
        except requests.exceptions.ConnectionError:
            raise NotSent("no connection, or it was lost") from None
        except Exception as error:  # noqa: BLE001 - their texts hold the address
            raise Ambiguous(f"failed: {type(error).__name__}") from None
        if not 200 <= response.status_code < 300:
            raise Rejected(f"answered {response.status_code}")


def address_of(url: str, signal: Signal, rid: str) -> str:
    """`https://hc-ping.com/<uuid>?create=1` -> `https://hc-ping.com/<uuid>/fail?create=1&rid=<rid>`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + ("" if signal == "success" else f"/{signal}")
    query = f"{parts.query}&rid={rid}" if parts.query else f"rid={rid}"
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))
