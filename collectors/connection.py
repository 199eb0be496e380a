"""A connection that the watchdog can cut at any moment.

The watch of the running request is found through a thread-local, since urllib3 opens connections deep inside a call
that takes no argument of ours; a request stays on one thread from its first byte to its last.
"""

from __future__ import annotations

import http.client
import socket
import threading
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from collectors.watchdog import Watch

_running = threading.local()


def run_under(watch: Watch | None) -> None:
    """Connections opened or reused by this thread from now on belong to `watch`."""
    _running.watch = watch


class _CheckedResponse(http.client.HTTPResponse):
    """Refuses negative chunk sizes, which http.client takes for "read everything there is"."""

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:
            raise ValueError("negative chunk size")  # http.client makes it an IncompleteRead
        return size


class WatchedConnection(HTTPConnection):
    """Shows its socket to the watch of the request that uses it, from before the connect to the last byte."""

    response_class = _CheckedResponse
    _handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        watch: Watch = _running.watch
        addresses = _resolve(self._dns_host, self.port, watch.remaining())
        for position, (family, kind, protocol, _, address) in enumerate(addresses, start=1):
            made = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    made.setsockopt(*option)
                # An address that swallows packets leaves time for the ones behind it.
                made.settimeout(watch.remaining() / (len(addresses) - position + 1))
                self._show(made, watch)
                made.connect(address)
            except OSError:
                made.close()
                if watch.expired:  # a cut connect looks like a broken pipe, which urllib3 takes for an early answer
                    raise TimeoutError("connect timed out") from None
                if position == len(addresses):
                    raise
            else:
                made.settimeout(watch.remaining())  # the TLS handshake's; urllib3 sets the one for reading
                return made
        raise socket.gaierror(socket.EAI_NONAME, "no address")

    def _show(self, made: socket.socket, watch: Watch) -> None:
        self._drop_handle()
        self._handle = made.dup()
        watch.attach(self._handle)

    def request(self, *args: Any, **named: Any) -> None:
        watch: Watch = _running.watch
        if self._handle is not None and not watch.attached:
            watch.reused = True
            watch.attach(self._handle)
        super().request(*args, **named)

    def close(self) -> None:
        self._drop_handle()
        super().close()

    def _drop_handle(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            watch: Watch | None = getattr(_running, "watch", None)
            # After "Connection: close" http.client closes the connection before its body is read.
            if watch is None or not watch.keep(handle):
                handle.close()


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same over TLS: the watch holds the TCP socket, so the handshake is watched too."""


def _resolve(host: str, port: int | None, seconds: float) -> list[Any]:
    """getaddrinfo within `seconds`: the system call has no timeout and cannot be interrupted, so a thread makes it."""
    host = host.strip("[]")
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        pass  # a name
    found: list[Any] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            failed.append(socket.gaierror(socket.EAI_NONAME, "name not known"))

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("name lookup timed out")
    return found
