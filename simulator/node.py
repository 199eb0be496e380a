"""A node: an HTTP/1.1 server on loopback that answers for a chain, with faults on demand.

with Node(chain, clock=Clock(chain.timestamp(120))) as node:
    requests.get(f"{node.url}/chains/main/blocks/head/header")
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Thread
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

from simulator.answers import Answer, Answers, ChainAnswers, Request
from simulator.chain import Chain
from simulator.control import control
from simulator.faults import CONTENT, Fault, Faults
from simulator.traffic import Traffic

MAX_TARGET = 8192
"""Bytes of path and query. Longer ones are answered 414, as by the proxies in front of public nodes."""
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 410: "Gone"}
_REASONS |= {414: "URI Too Long", 429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


class _Asked(NamedTuple):
    method: str
    target: str
    keep_alive: bool
    body: bytes


class _Gone(Exception):
    """The connection is over: reset, cut, or left."""


class Node:
    """Serves from `start` to `stop` in a thread of its own. Several nodes may serve one chain.

    `faults` may be shared or given; `requests` counts what was asked; `clock` decides the head.
    """

    method = "GET"
    """The one that is answered."""

    def __init__(
        self,
        answers: Chain | Answers,
        *,
        faults: Faults | None = None,
        clock: Callable[[], float] = time.time,
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        self.answers: Answers = ChainAnswers(answers) if isinstance(answers, Chain) else answers
        self.faults = faults if faults is not None else Faults()
        self.requests = Traffic()
        self.clock = clock
        self.latency = latency
        """Seconds before every answer."""
        self.port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._last_second: deque[float] = deque()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def follow(self, chain: Chain) -> None:
        """From now on this node tells another history: a reorganisation of whatever depth."""
        self.answers = ChainAnswers(chain)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def named(self, target: str, body: bytes) -> str:
        """What a request is counted by, and what the `path` of a fault is looked for in."""
        return target

    def start(self) -> None:
        """Listens and returns. A node that was stopped comes back on the same port."""
        listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where it reads this
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(512)
        self.port = listener.getsockname()[1]
        started = Event()
        self._thread = Thread(target=self._run, args=(listener, started), name=f"node:{self.port}", daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        """Closes every connection, answered or not. New ones are refused."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    def wait(self) -> None:
        """Returns when the node is stopped or the process is interrupted."""
        with contextlib.suppress(KeyboardInterrupt):
            while self._thread is not None:
                self._thread.join(1)

    def _run(self, listener: socket.socket, started: Event) -> None:
        loop = self._loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)
        server = loop.run_until_complete(asyncio.start_server(self._connected, sock=listener, limit=1 << 18))
        started.set()
        loop.run_forever()
        server.close()
        for writer in self._writers:
            writer.transport.abort()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.opened()
        self._writers.add(writer)
        try:
            while True:
                asked = await _read(reader)
                if asked.target.startswith("/_simulator/"):
                    await _write(writer, *_framed(control(self, asked.method, asked.target, asked.body)))
                else:
                    ordinal = self.requests.begun(self.clock(), self.named(asked.target, asked.body))
                    try:
                        await self._answered(asked, writer, ordinal)
                    finally:
                        self.requests.ended()
                if not asked.keep_alive:
                    return
        except (_Gone, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.requests.closed()
            self._writers.discard(writer)
            writer.close()

    async def _answered(self, asked: _Asked, writer: asyncio.StreamWriter, ordinal: int) -> None:
        if len(asked.target) > MAX_TARGET:
            return await self._send(Answer(414, b"URI too long", "text/plain"), writer)
        if asked.method != self.method:
            return await self._send(Answer(405, b"", "text/plain"), writer)
        url = urlsplit(asked.target)
        request = Request(unquote(url.path), parse_qs(url.query, keep_blank_values=True), ordinal, asked.body)
        view, struck = self.faults.view(), []
        if self.faults:
            target = self.named(asked.target, asked.body)
            struck = self.faults.strike(target, self.answers.level(request, self.clock(), view))
        delay = self.latency + sum(fault.seconds for fault in struck if fault.kind == "latency")
        if delay:
            await asyncio.sleep(delay)
        answer, headers = None, {}
        for fault in struck:
            match fault.kind:
                case "hang":
                    await asyncio.Event().wait()
                case "reset":
                    _reset(writer)
                case "status":
                    answer, headers = _static(fault), fault.headers
                case "rate_limit" if self._too_many(fault.number):
                    answer, headers = _static(fault), fault.headers
        if answer is None:
            content = [fault for fault in struck if fault.kind in CONTENT]
            try:
                answer = self.answers.answer(request, self.clock(), view, content)
            except Exception as error:  # noqa: BLE001 - a mistake of the simulator must be seen by whoever asked
                answer = Answer(500, f"simulator: {error!r}".encode(), "text/plain")
        return await self._send(answer, writer, headers, struck)

    async def _send(
        self,
        answer: Answer,
        writer: asyncio.StreamWriter,
        headers: dict[str, str] | None = None,
        struck: Sequence[Fault] = (),
    ) -> None:
        kinds = {fault.kind for fault in struck}
        if "truncated" in kinds:
            answer = answer._replace(body=answer.body[: len(answer.body) // 2])
        self.requests.answering(answer.status)
        head, body = _framed(answer, headers)
        if "cut" in kinds:
            await _write(writer, head, body[: len(body) // 2])
            raise _Gone
        slow = {fault.text: fault.seconds for fault in struck if fault.kind == "dribble"}
        if slow:
            await _dribble(writer, head, slow.get("headers", 0))
            await _dribble(writer, body, slow.get("body", 0))
        else:
            await _write(writer, head, body)

    def _too_many(self, per_second: int) -> bool:
        now = time.monotonic()
        while self._last_second and self._last_second[0] <= now - 1:
            self._last_second.popleft()
        if len(self._last_second) >= per_second:
            return True
        self._last_second.append(now)
        return False


async def _read(reader: asyncio.StreamReader) -> _Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    method, _, rest = first.partition(" ")
    target, _, protocol = rest.rpartition(" ")
    keep_alive, length = protocol == "HTTP/1.1", 0
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "connection":
            keep_alive = value.strip().lower() != "close"
        elif name.lower() == "content-length":
            length = int(value)
    return _Asked(method, target, keep_alive, await reader.readexactly(length) if length else b"")


def _framed(answer: Answer, headers: dict[str, str] | None = None) -> tuple[bytes, bytes]:
    """Head and body."""
    lines = [
        f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Status')}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode(), answer.body


async def _write(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    writer.write(head + body)
    await writer.drain()


async def _dribble(writer: asyncio.StreamWriter, data: bytes, seconds: float) -> None:
    """A byte each so many seconds; 0: all at once."""
    for piece in (data[place : place + 1] for place in range(len(data))) if seconds else (data,):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(seconds)


def _static(fault: Fault) -> Answer:
    return Answer(fault.status, fault.body.encode(), fault.content_type)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Sends RST instead of FIN."""
    linger: Any = writer.get_extra_info("socket")
    linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise _Gone
