"""An HTTP server on loopback that takes what is sent to it, keeps it, and can be troubled: the base of every receiver.

    with Receiver() as receiver:
        ...                                          # send to receiver.url
        receiver.arrived[-1].body
        receiver.faults.add(faults.lost_answer(count=1))
        with receiver.refusing(): ...                # nobody listens

Of `simulator.faults` those of the transport strike here, by `path` and `count`. A fault without an answer of its own
strikes before anything is taken; `lost_answer` and `late_answer` after.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import NamedTuple, Self

from simulator.faults import Fault, Faults

_CHUNK = b"x" * 65536


class Arrived(NamedTuple):
    """One request. Header names in lower case; the target is path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Reply(NamedTuple):
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}


class _Gone(Exception):
    """Nothing more is said on this connection."""


class Receiver:
    """Answers each request with `answer`, from a thread per connection."""

    def __init__(self, port: int = 0) -> None:
        self.faults = Faults()
        self.arrived: list[Arrived] = []
        """Every request that was read whole, whatever became of it."""
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = port
        self._listen()

    def answer(self, request: Arrived) -> Reply:
        """Takes a request; called for one at a time."""
        return Reply()

    # Being there ----------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening and drops every connection."""
        listener, self._listener = self._listener, None
        with self._lock:
            for connection in [*self._open, *([listener] if listener else [])]:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        if listener is not None:
            listener.close()

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens at the address."""
        self.close()
        try:
            yield
        finally:
            self._listen()

    def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(64)
        self._port = int(listener.getsockname()[1])
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    # Answering ------------------------------------------------------------------------------------------------------

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            with connection, contextlib.suppress(OSError, _Gone):
                request = _read(connection)
                with self._lock:
                    self.arrived.append(request)
                struck = {fault.kind: fault for fault in self.faults.strike(request.target, None)}
                self._trouble(connection, struck)
                with self._lock:
                    reply = self.answer(request)
                self._trouble_later(connection, struck)
                _send(connection, reply, struck)
        finally:
            with self._lock:
                self._open.discard(connection)

    def _trouble(self, connection: socket.socket, struck: Mapping[str, Fault]) -> None:
        """What happens before anything is taken."""
        if "latency" in struck:
            _wait(connection, struck["latency"].seconds)
        if "hang" in struck:
            _wait(connection, 60)
            raise _Gone
        if "reset" in struck:
            _reset(connection)
        if "huge" in struck:
            _flood(connection, struck["huge"])
        if "status" in struck:
            fault = struck["status"]
            _send(connection, Reply(fault.status, fault.body.encode(), fault.headers), struck, fault.content_type)
            raise _Gone

    def _trouble_later(self, connection: socket.socket, struck: Mapping[str, Fault]) -> None:
        if "lost_answer" in struck:
            _reset(connection)
        if "late_answer" in struck:
            _wait(connection, 60)
            raise _Gone


def _read(connection: socket.socket) -> Arrived:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = int(headers.get("content-length", "0"))
    while len(body) < length:
        body += _some(connection)
    return Arrived(method, target, headers, body[:length])


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise _Gone
    return data


def _send(
    connection: socket.socket, reply: Reply, struck: Mapping[str, Fault], content_type: str = "application/json"
) -> None:
    length = len(reply.body)
    body = reply.body[: length // 2] if "cut" in struck or "truncated" in struck else reply.body
    head = _head(
        reply.status, length if "cut" in struck else len(body), {"Content-Type": content_type, **reply.headers}
    )
    slow = struck.get("dribble")
    for part, data in (("headers", head), ("body", body)):
        if slow is None or slow.text != part:
            connection.sendall(data)
            continue
        for place in range(len(data)):
            connection.sendall(data[place : place + 1])
            _wait(connection, slow.seconds)


def _head(status: int, length: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {length}", "Connection: close"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode("latin-1")


def _flood(connection: socket.socket, fault: Fault) -> None:
    connection.sendall(_head(fault.status, fault.number, {"Content-Type": "application/json"}))
    left = fault.number
    while left > 0:
        connection.sendall(_CHUNK[: min(left, len(_CHUNK))])
        left -= len(_CHUNK)
    raise _Gone


def _wait(connection: socket.socket, seconds: float) -> None:
    """Until then, or until the other side goes."""
    if select.select([connection], [], [], seconds)[0]:
        raise _Gone


def _reset(connection: socket.socket) -> None:
    """Sends RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise _Gone
