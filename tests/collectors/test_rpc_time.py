"""Every request ends within its time, whatever its peer does (a socket timeout alone does not see to that)."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from collectors.errors import NoAnswer, OutOfTime, SourceError, TimedOut, Unreadable
from tests.collectors.raw_node import (
    Behaviour,
    RawNode,
    client_for,
    dribbles,
    hangs,
    hangs_up,
    reply,
    resets,
    says,
    sends,
)

TIMEOUT = 0.4
SLACK = 0.5

HUGE = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"%x\r\n" % 65536 + b"7" * 65536 + b"\r\n") * 40


@pytest.mark.parametrize(
    ("behave", "error", "detail"),
    [
        pytest.param(hangs, NoAnswer, "timed out", id="never answers"),
        pytest.param(dribbles(b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n"), NoAnswer, "timed out", id="dribbles headers"),
        pytest.param(dribbles(b"", b"H"), NoAnswer, "timed out", id="dribbles the status line"),
        pytest.param(dribbles(b"", b"HTTP/1.1 100 Go\r\n\r\n"), NoAnswer, "timed out", id="says continue for ever"),
        pytest.param(
            dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n[", b" "),
            NoAnswer,
            "timed out",
            id="dribbles a body of known length",
        ),
        pytest.param(
            dribbles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            NoAnswer,
            "timed out",
            id="dribbles chunks",
        ),
        pytest.param(
            dribbles(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]", b" "),
            NoAnswer,
            "timed out",
            id="dribbles a body that only the close ends",
        ),
        pytest.param(
            dribbles(b"HTTP/1.1 404 No\r\nContent-Length: 9999\r\n\r\n", b"x"),
            NoAnswer,
            "timed out",
            id="dribbles the body of an error",
        ),
        pytest.param(
            dribbles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"T: 1\r\n"),
            NoAnswer,
            "timed out",
            id="dribbles trailers",
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n[]"),
            Unreadable,
            "larger than 1,000,000",
            id="announces a huge body",
        ),
        pytest.param(sends(HUGE), Unreadable, "larger than 1,000,000", id="sends a huge body"),
        pytest.param(
            dribbles(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"7" * 100_000),
            NoAnswer,
            "answer was cut short",
            id="sends a negative chunk size",
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2", then_close=True),
            NoAnswer,
            "answer was cut short",
            id="truncates",
        ),
        pytest.param(resets, NoAnswer, "connection closed by the node", id="resets"),
        pytest.param(hangs_up, NoAnswer, "connection closed by the node", id="hangs up"),
        pytest.param(sends(b"\x00\xff nonsense\r\n\r\n"), NoAnswer, "answer is not HTTP", id="does not speak HTTP"),
    ],
)
def test_a_misbehaving_node_costs_one_timeout_at_most(behave: Behaviour, error: type[SourceError], detail: str) -> None:
    with RawNode(behave) as node, client_for(node.url, timeout=TIMEOUT) as client:
        began = time.monotonic()
        with pytest.raises(error) as raised:
            client.get("/x")
        assert time.monotonic() - began < TIMEOUT + SLACK
        assert detail in str(raised.value)
        assert raised.value.endpoint == "127.0.0.1#1"


def test_a_tls_handshake_that_dribbles_is_cut() -> None:
    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            try:
                connection.sendall(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KB follows, byte by byte
                while True:
                    connection.sendall(b"\x02")
                    time.sleep(0.05)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with client_for(url, timeout=TIMEOUT) as client:
            began = time.monotonic()
            with pytest.raises(NoAnswer, match="timed out"):
                client.get("/x")
            assert time.monotonic() - began < TIMEOUT + SLACK


@contextlib.contextmanager
def unanswered() -> Iterator[tuple[str, int]]:
    """An address whose connects get no reply: the queue of those waiting to be accepted is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()


def test_a_connect_that_nobody_accepts_is_cut() -> None:
    with unanswered() as (host, port), client_for(f"http://{host}:{port}", timeout=TIMEOUT) as client:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="timed out"):
            client.get("/x")
        assert time.monotonic() - began < TIMEOUT + SLACK


def test_a_dead_address_leaves_time_for_the_next_one_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with unanswered() as dead, RawNode(says("alive")) as node:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        addresses = [(*kind, dead), (*kind, ("127.0.0.1", node.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: addresses)
        with client_for("http://two.example", timeout=TIMEOUT) as client:
            assert client.get("/x").value == "alive"


def test_a_name_lookup_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    answered = threading.Event()

    def hang(host: str, *args: object, **named: object) -> object:
        if host == "slow.example" and not named.get("flags"):
            answered.wait(5)
        return real(host, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with client_for("http://slow.example", timeout=TIMEOUT) as client:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="timed out"):
            client.get("/x")
        assert time.monotonic() - began < TIMEOUT + SLACK
    answered.set()


def test_many_hanging_requests_at_once_all_end_in_time() -> None:
    behave = dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" ")
    with RawNode(behave) as node, client_for(node.url, timeout=TIMEOUT) as client, ThreadPoolExecutor(8) as pool:
        began = time.monotonic()
        asking = [pool.submit(client.get, "/x") for _ in range(8)]
        assert [type(asked.exception()) for asked in asking] == [TimedOut] * 8
        assert time.monotonic() - began < TIMEOUT + SLACK


def test_the_client_still_works_after_a_request_was_cut() -> None:
    quick = says("quick")
    slow = dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" ")
    with (
        RawNode(lambda connection, asked: (slow if asked.number == 1 else quick)(connection, asked)) as node,
        client_for(node.url, timeout=TIMEOUT) as client,
    ):
        with pytest.raises(NoAnswer):
            client.get("/x")
        assert [client.get("/x").value for _ in range(3)] == ["quick"] * 3


def test_a_request_may_ask_for_less_time_than_the_client_gives() -> None:
    with RawNode(hangs) as node, client_for(node.url, timeout=10) as client:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="timed out"):
            client.get("/x", timeout=0.2)
        assert time.monotonic() - began < 0.2 + SLACK


def test_the_end_of_the_run_ends_a_request_and_is_not_held_against_the_node() -> None:
    with RawNode(hangs) as node, client_for(node.url, timeout=10, seconds=0.3) as client:
        began = time.monotonic()
        with pytest.raises(OutOfTime):
            client.get("/x")
        assert time.monotonic() - began < 0.3 + SLACK
        assert client.health()[0].failures == 0


def test_nothing_is_asked_once_the_run_is_over() -> None:
    with RawNode(says()) as node, client_for(node.url, seconds=-1) as client:
        with pytest.raises(OutOfTime):
            client.get("/x")
        assert node.asked == []


def test_a_body_at_the_limit_is_read() -> None:
    body = b'"' + b"x" * 998 + b'"'
    with RawNode(sends(reply(200, body))) as node, client_for(node.url, max_body=1000) as client:
        assert client.get("/x").value == "x" * 998


def test_a_compressed_body_counts_as_what_it_unpacks_to() -> None:
    bomb = reply(200, gzip.compress(b'"' + b"x" * 5_000_000 + b'"'), Content_Encoding="gzip")
    with (
        RawNode(sends(bomb)) as node,
        client_for(f"public={node.url}") as client,
        pytest.raises(Unreadable, match="larger than"),
    ):
        client.get("/x")
