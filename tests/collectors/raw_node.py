"""A node made of raw sockets that misbehaves exactly as a test says, and the client the tests ask it with."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from collectors.endpoint import EndpointHealth, parse_endpoints
from collectors.rpc import RpcClient

Behaviour = Callable[[socket.socket, "Asked"], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. Header names in lower case."""

    number: int
    """From 1, over all connections."""
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


@dataclass(slots=True)
class RawNode:
    """Listens on loopback; `behave` is called on the connection's thread for each request, and closes by raising."""

    behave: Behaviour
    asked: list[Asked] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=socket.socket)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(32)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        return len({asked.connection for asked in self.asked})

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection, len(self._open)), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            received = b""
            while True:
                while b"\r\n\r\n" not in received:
                    received += _some(connection)
                head, _, received = received.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                method, target, _ = first.split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                length = int(headers.get("content-length", "0"))
                while len(received) < length:
                    received += _some(connection)
                with self._lock:
                    asked = Asked(len(self.asked) + 1, method, target, headers, received[:length], number)
                    self.asked.append(asked)
                received = received[length:]
                self.behave(connection, asked)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError
    return data


class HangUp(OSError):
    """Raised by a behaviour to close its connection."""


def reply(status: int = 200, body: bytes = b"[]", **headers: str) -> bytes:
    """A whole answer. Header names are written with underscores."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(value: Any = "yes", status: int = 200, **headers: str) -> Behaviour:
    """Answers every request with `value` as JSON."""
    return sends(reply(status, json.dumps(value).encode(), **headers))


def sends(data: bytes, *, then_close: bool = False) -> Behaviour:
    def behave(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(data)
        if then_close:
            raise HangUp

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The n-th request meets the n-th behaviour, later ones the last."""

    def behave(connection: socket.socket, asked: Asked) -> None:
        behaviours[min(asked.number, len(behaviours)) - 1](connection, asked)

    return behave


def hangs(connection: socket.socket, asked: Asked) -> None:
    """Reads the request and never says a word, until the other side goes."""
    select.select([connection], [], [], 30)
    raise HangUp


def dribbles(before: bytes, drop: bytes) -> Behaviour:
    """Sends `before`, then `drop` every 50 ms for as long as somebody listens."""

    def behave(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return behave


def resets(connection: socket.socket, asked: Asked) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise HangUp


def hangs_up(connection: socket.socket, asked: Asked) -> None:
    raise HangUp


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """An address on loopback where nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{holder.getsockname()[1]}"


def client_for(
    *urls: str,
    timeout: float = 2.0,
    connections: int = 8,
    max_body: int = 1_000_000,
    seconds: float = 20.0,
    health: Sequence[EndpointHealth] = (),
    now: int = 1_000,
    sleep: Callable[[float], None] = time.sleep,
) -> RpcClient:
    """A client of the nodes at `urls`, labelled 127.0.0.1#1, 127.0.0.1#2, ... `seconds` is what is left of the run."""
    return RpcClient(
        parse_endpoints(",".join(urls), "RPC_URL"),
        timeout=timeout,
        max_connections=connections,
        max_body=max_body,
        deadline=time.monotonic() + seconds,
        health={row.label: row for row in health},
        now=lambda: now,
        sleep=sleep,
        die=lambda: 0.5,
    )
