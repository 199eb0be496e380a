"""A key in any part of an endpoint's URL appears in nothing that is raised, logged, printed or stored."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Iterator

import pytest

from collectors.endpoint import EndpointHealth, parse_endpoints
from collectors.errors import SourceError
from collectors.route import Route
from collectors.rpc import RpcClient
from tests.collectors.raw_node import (
    Behaviour,
    RawNode,
    client_for,
    dribbles,
    hangs,
    hangs_up,
    in_turn,
    reply,
    resets,
    says,
    sends,
)

CANARY = "c4n4ry-k3y"
HIDDEN_IN = "//" + f"{CANARY}-user:{CANARY}-password@{{host}}/v1/{CANARY}-path/?apikey={CANARY}-query"
ECHO = f"https://{CANARY}-user:{CANARY}-password@h/v1/{CANARY}-path?apikey={CANARY}-query".encode()

FAILURES: dict[str, Behaviour] = {
    "hangs": hangs,
    "hangs up": hangs_up,
    "resets": resets,
    "not HTTP": sends(ECHO + b"\r\n\r\n"),
    "dribbles": dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "),
    "cut short": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ECHO, then_close=True),
    "bad chunk": sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ECHO + b"\r\n"),
    "bad header": sends(b"HTTP/1.1 200 OK\r\nno colon here\r\n : odd\r\nContent-Length: 1\r\n\r\n[", then_close=True),
    "wrongly compressed": sends(reply(200, ECHO, Content_Encoding="gzip")),
    "not JSON": sends(reply(200, ECHO)),
    "too deep": sends(reply(200, b"[" * 100_000)),
    "too large": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
    "redirect": sends(reply(302, ECHO, Location=ECHO.decode())),
    "refused": sends(reply(403, ECHO)),
    "bad request": sends(reply(400, ECHO)),
    "not found": sends(reply(404, ECHO)),
    "pruned": sends(reply(410, ECHO)),
    "throttled": sends(reply(429, ECHO, Retry_After="600")),
    "bad gateway": sends(reply(502, ECHO)),
    "node error": sends(reply(500, b'[{"kind":"permanent","id":"%s-path.%s-query"}]' % ((CANARY.encode(),) * 2))),
    "node error with text": sends(reply(500, b'[{"kind":"permanent","id":"failure","msg":"%s"}]' % ECHO)),
}


@contextlib.contextmanager
def _everything_logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, handler = logging.getLogger(), Keep()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def _shown(error: BaseException | None) -> str:
    """All that a careless handler could print of an error, suppressed contexts included."""
    shown = ""
    while error is not None:
        shown += f"{error} {error!r} {error.args} {vars(error)}"
        shown += "".join(traceback.format_exception(error))
        error = error.__cause__ or error.__context__
    return shown


def _fail(client: RpcClient) -> str:
    with pytest.raises(SourceError) as raised:
        client.get("/chains/main", tries=1)
    return _shown(raised.value)


def _health(rows: tuple[EndpointHealth, ...]) -> str:
    return " ".join(repr(row) for row in rows)


@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_shows_the_key(failure: str, capfd: pytest.CaptureFixture[str]) -> None:
    with RawNode(FAILURES[failure]) as node, _everything_logged() as lines:
        url = "http:" + HIDDEN_IN.format(host=f"127.0.0.1:{node.port}")
        with client_for(url, timeout=1, seconds=3) as client:
            shown = _fail(client) + _health(client.health()) + repr(client)
        assert CANARY in node.asked[0].target
    printed = capfd.readouterr()
    assert CANARY not in shown + "".join(lines) + printed.out + printed.err


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http:" + HIDDEN_IN.format(host="127.0.0.1:1"), id="nobody listens"),
        pytest.param("http:" + HIDDEN_IN.format(host="node.invalid"), id="no such host"),
        pytest.param("https:" + HIDDEN_IN.format(host="127.0.0.1:1"), id="no TLS"),
    ],
)
def test_no_failure_to_connect_shows_the_key(url: str) -> None:
    with _everything_logged() as lines, client_for(url, timeout=2) as client:
        shown = _fail(client) + _health(client.health())
    assert CANARY not in shown + "".join(lines)


def test_a_proxy_s_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for proxy in (f"http://user:{CANARY}@127.0.0.1:1", f"socks5://user:{CANARY}@127.0.0.1:1", f"{CANARY}://x"):
        monkeypatch.setenv("http_proxy", proxy)
        with _everything_logged() as lines, client_for("http://node.invalid", timeout=2) as client:
            shown = _fail(client) + _health(client.health())
        assert CANARY not in shown + "".join(lines)


def test_success_logs_nothing() -> None:
    with RawNode(in_turn(says())) as node, _everything_logged() as lines:
        with client_for("http:" + HIDDEN_IN.format(host=f"127.0.0.1:{node.port}")) as client:
            client.get("/chains/main")
        assert lines == []


def test_a_list_of_endpoints_can_be_printed() -> None:
    endpoints = parse_endpoints("https:" + HIDDEN_IN.format(host="node.example"), "RPC_URL")
    assert str(endpoints) == "(Endpoint(label='node.example#1', kind=None),)"


def test_a_request_can_be_printed() -> None:
    (endpoint,) = parse_endpoints("https:" + HIDDEN_IN.format(host="node.example"), "RPC_URL")
    request = Route(endpoint, 1).request("POST", "/x", f"key={CANARY}", CANARY.encode())
    assert CANARY in request.target
    assert CANARY not in repr(request) + str(request) + f"{request}"
