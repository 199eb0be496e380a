"""One HTTP request and its answer, bounded in time and size. No second thoughts: rpc.py decides what follows."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import urllib3.exceptions
from urllib3.response import BaseHTTPResponse

from collectors.connection import run_under
from collectors.errors import NoAnswer, TimedOut, Unreadable
from collectors.proxy import UnsupportedProxy, UnusableProxy
from collectors.route import Request, Route
from collectors.watchdog import Watchdog

CHUNK = 256 * 1024
"""Bytes asked of the socket at once: a block in one or two reads."""

LARGEST_ERROR_BODY = 256 * 1024

_CLOSED = "connection closed by the node"
_TIMED_OUT = "timed out"

# Ordered: the first kind found anywhere in an exception's chain names it.
_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (UnsupportedProxy, "proxy of a kind that is not supported"),
    (UnusableProxy, "proxy address cannot be used"),
    (urllib3.exceptions.ProxyError, "proxy failed"),
    (socket.gaierror, "host name not found"),
    (ssl.SSLCertVerificationError, "TLS certificate not accepted"),
    (ssl.SSLError, "TLS failed"),
    (ConnectionRefusedError, "connection refused"),
    (TimeoutError, _TIMED_OUT),
    (urllib3.exceptions.TimeoutError, _TIMED_OUT),
    (ConnectionError, _CLOSED),
    (http.client.IncompleteRead, "answer was cut short"),
    (urllib3.exceptions.DecodeError, "answer is wrongly compressed"),
    (http.client.HTTPException, "answer is not HTTP"),
    (urllib3.exceptions.ProtocolError, "answer is not HTTP"),
    (FileNotFoundError, "no usable CA bundle"),
)

_FAILURES = (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError)
"""What urllib3, http.client, ssl and sockets raise."""


class Reply(NamedTuple):
    status: int
    body: bytes
    """Decompressed; empty where an answer other than 200 was too large to matter."""
    retry_after: str | None


class Exchange:
    """Sends requests, each under the watchdog, each body below `max_body` bytes."""

    def __init__(self, watchdog: Watchdog, max_body: int) -> None:
        self._watchdog = watchdog
        self._max_body = max_body
        self._lock = threading.Lock()
        self.requests = 0
        """Sent so far, the ones sent twice counted twice."""

    def send(self, route: Route, request: Request, seconds: float) -> Reply:
        """The answer, whatever its status, within `seconds` of wall clock from name lookup to last byte.

        Raises NoAnswer (nothing came, or not all of it) and Unreadable (a 200 larger than `max_body`). A kept
        connection that the node had closed in the meantime is replaced and the request sent again, once: every
        request of this client only reads.
        """
        ends_at = time.monotonic() + seconds
        result, stale = self._try(route, request, seconds)
        if stale and (left := ends_at - time.monotonic()) > 0:
            result, _ = self._try(route, request, left)
        if isinstance(result, Reply):
            return result
        raise result

    def _try(self, route: Route, request: Request, seconds: float) -> tuple[Reply | NoAnswer | Unreadable, bool]:
        """The outcome, and whether it is that of a stale connection. Errors are returned, not raised: an exception
        raised below would carry the library's, and the URL in it, in its context."""
        begun = False
        reason = _TIMED_OUT
        with self._lock:
            self.requests += 1
        with self._watchdog.watch(seconds) as watch:
            run_under(watch)
            try:
                response = route.pool.send(*request, seconds)
                begun = True
                try:
                    body = self._body(response)
                finally:
                    if not response.closed:  # not read to its end: the connection cannot serve another request
                        response.close()
                if not watch.expired:  # else the end of the body may be the watchdog's doing
                    if body is not None:
                        return Reply(response.status, body, response.headers.get("Retry-After")), False
                    if response.status == 200:
                        return Unreadable(f"answer is larger than {self._max_body:,} bytes", status=200), False
                    return Reply(response.status, b"", response.headers.get("Retry-After")), False
            except _FAILURES as error:
                reason = _reason(error)
            finally:
                run_under(None)
        if watch.expired or reason == _TIMED_OUT:
            return TimedOut(), False
        return NoAnswer(reason), watch.reused and not begun and reason == _CLOSED

    def _body(self, response: BaseHTTPResponse) -> bytes | None:
        """None when larger than allowed."""
        largest = self._max_body if response.status == 200 else min(self._max_body, LARGEST_ERROR_BODY)
        announced = response.length_remaining
        if announced is not None and announced > largest:
            return None
        chunks: list[bytes] = []
        size = 0
        while chunk := response.read(CHUNK, decode_content=True):
            size += len(chunk)
            if size > largest:
                return None
            chunks.append(chunk)
        return b"".join(chunks)


def _reason(error: BaseException) -> str:
    """Fixed words for what went wrong; never the exception's own text, which quotes URLs."""
    chain = list(_chain(error))
    for kind, words in _REASONS:
        if any(isinstance(link, kind) for link in chain):
            return words
    for link in chain:
        if isinstance(link, OSError) and link.errno is not None:
            return f"no connection ({errno.errorcode.get(link.errno, link.errno)})"
    return "no answer"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it was made from: causes, contexts, and those wrapped as an argument or a reason."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        link = pending.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            pending += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
