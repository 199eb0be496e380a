"""Connections, headers and what is (not) taken from the environment."""

from __future__ import annotations

import base64
import gzip
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from collectors.errors import NoAnswer
from tests.collectors.raw_node import (
    Asked,
    HangUp,
    RawNode,
    client_for,
    closed_port,
    dribbles,
    hangs_up,
    in_turn,
    reply,
    says,
    sends,
)


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def test_connections_are_kept_and_shared() -> None:
    with RawNode(says()) as node, client_for(node.url) as client:
        for _ in range(20):
            client.get("/x")
        assert node.connections == 1


def test_a_connection_is_kept_after_an_error_answer() -> None:
    with RawNode(says("no", status=403)) as node, client_for(node.url) as client:
        for _ in range(5):
            with pytest.raises(Exception, match="403"):
                client.get("/x")
        assert node.connections == 1


def test_chunked_and_unframed_bodies_are_read() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n3\r\n,2]\r\n0\r\n\r\n"
    unframed = b"HTTP/1.0 200 OK\r\n\r\n[3]"
    with RawNode(in_turn(sends(chunked), sends(unframed, then_close=True))) as node, client_for(node.url) as client:
        assert [client.get("/x").value for _ in range(2)] == [[1, 2], [3]]


def test_no_more_than_the_allowed_requests_are_on_their_way_at_once() -> None:
    lock = threading.Lock()
    busy = most = 0

    def slow(connection: socket.socket, asked: Asked) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1
        connection.sendall(reply())

    with RawNode(slow) as node, client_for(node.url, connections=3) as client, ThreadPoolExecutor(12) as pool:
        for asking in [pool.submit(client.get, "/x") for _ in range(36)]:
            asking.result()
    assert most == 3


def test_a_kept_connection_that_the_node_closed_is_replaced_quietly() -> None:
    def once(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(reply())
        raise HangUp

    with RawNode(once) as node, client_for(node.url) as client:
        for _ in range(5):
            client.get("/x")
        assert client.health()[0].failures == 0
        assert node.connections == 5


def test_a_request_that_meets_the_close_of_a_kept_connection_is_sent_again() -> None:
    """The node takes the second request on the old connection and hangs up: the moment no check can foresee."""
    with RawNode(in_turn(says(1), hangs_up, says(2))) as node, client_for(node.url) as client:
        assert [client.get("/x").value for _ in range(2)] == [1, 2]
        assert client.health()[0].failures == 0
        assert client.requests == 3


def test_own_nodes_are_asked_uncompressed_and_public_ones_compressed() -> None:
    with RawNode(says()) as node:
        for url in (node.url, f"own={node.url}", f"public={node.url}"):
            with client_for(url) as client:
                client.get("/x")
        assert [asked.headers["accept-encoding"] for asked in node.asked] == ["identity", "identity", "gzip"]


def test_compressed_answers_are_unpacked() -> None:
    body = reply(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    with RawNode(sends(body)) as node, client_for(f"public={node.url}") as client:
        assert client.get("/x").value == {"a": 1}


def test_wrongly_compressed_answers_are_no_answer() -> None:
    with (
        RawNode(sends(reply(200, b"plain", Content_Encoding="gzip"))) as node,
        client_for(node.url) as client,
        pytest.raises(NoAnswer, match="answer is wrongly compressed"),
    ):
        client.get("/x")


def test_a_redirect_is_not_followed() -> None:
    with RawNode(says("elsewhere")) as other, RawNode(sends(reply(302, b"", Location=other.url))) as node:
        redirected = pytest.raises(NoAnswer, match="HTTP 302 redirect: configure the address it leads to")
        with client_for(node.url) as client, redirected:
            client.get("/x")
        assert other.asked == []


def test_cookies_are_not_kept() -> None:
    with RawNode(says(Set_Cookie="session=1; Path=/")) as node, client_for(node.url) as client:
        client.get("/x")
        client.get("/x")
        assert "cookie" not in node.asked[1].headers


def test_credentials_of_the_url_are_sent_as_basic_authentication() -> None:
    with RawNode(says()) as node, client_for(node.url.replace("//", "//user:p%40ss@")) as client:
        client.get("/x")
        expected = "Basic " + base64.b64encode(b"user:p@ss").decode()
        assert node.asked[0].headers["authorization"] == expected


def test_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with RawNode(says()) as node, client_for(node.url) as client:
        client.get("/x")
        assert "authorization" not in node.asked[0].headers


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawNode(says("through")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with client_for("http://node.invalid:8732/base") as client:
            assert client.get("/x").value == "through"
        assert proxy.asked[0].target == "http://node.invalid:8732/base/x"


def test_a_proxy_is_shown_the_credentials_of_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawNode(says("through")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//user:p%40ss@"))
        with client_for("http://node.invalid") as client:
            assert client.get("/x").value == "through"
        expected = "Basic " + base64.b64encode(b"user:p@ss").decode()
        assert proxy.asked[0].headers["proxy-authorization"] == expected


def test_tls_goes_through_a_proxy_in_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawNode(says("no", status=403)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with client_for("https://node.invalid/key") as client, pytest.raises(NoAnswer, match="proxy failed"):
            client.get("/x")
        assert (proxy.asked[0].method, proxy.asked[0].target) == ("CONNECT", "node.invalid:443")


def test_what_no_proxy_names_is_asked_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "other.example,node.invalid")
        with client_for("http://node.invalid") as client, pytest.raises(NoAnswer, match="host name not found"):
            client.get("/x")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "ftp://127.0.0.1:1"])
def test_a_proxy_that_does_not_speak_http_is_not_gone_around(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    with client_for("http://node.invalid") as client, pytest.raises(NoAnswer, match="proxy of a kind that is not"):
        client.get("/x")


def test_a_proxy_without_a_scheme_speaks_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawNode(says("through")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://").replace("127.0.0.1", "localhost"))
        with client_for("http://node.invalid") as client:
            assert client.get("/x").value == "through"


@pytest.mark.parametrize("proxy", ["http://user:pass@", "http://:3128", "http://proxy:port"])
def test_a_proxy_that_is_no_address_is_told_as_such(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with client_for("http://node.invalid") as client, pytest.raises(NoAnswer, match="proxy address cannot be used"):
        client.get("/x")


def test_a_proxy_that_dribbles_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawNode(dribbles(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n")) as proxy:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with client_for("http://node.invalid", "https://node.invalid", timeout=0.3) as client:
            began = time.monotonic()
            with pytest.raises(NoAnswer, match="timed out"):
                client.get("/x")
            assert time.monotonic() - began < 1.2


def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as proxy, RawNode(says("direct")) as node:
        monkeypatch.setenv("http_proxy", proxy)
        with client_for(node.url) as client:
            assert client.get("/x").value == "direct"


def test_a_host_that_does_not_exist_is_named_as_such() -> None:
    with client_for("http://node.invalid", timeout=5) as client, pytest.raises(NoAnswer, match="host name not found"):
        client.get("/x")


@dataclass
class TlsServer:
    """Answers "secured" on a certificate of its own."""

    url: str
    certificate: Path
    handshakes: int = 0
    targets: list[str] = field(default_factory=list)


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate for this test and is not installed")
    subprocess.run(
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=node "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem".split(),
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    def serve(listener: socket.socket, server: TlsServer) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    server.handshakes += 1
                    while asked := secured.recv(65536):
                        server.targets.append(asked.split()[1].decode())
                        secured.sendall(reply(200, b'"secured"'))
            except OSError:
                continue  # the client that does not trust us

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = TlsServer(f"https://127.0.0.1:{listener.getsockname()[1]}", tmp_path / "cert.pem")
        threading.Thread(target=serve, args=(listener, server), daemon=True).start()
        yield server


def test_tls_is_verified_and_kept(tls: TlsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_for(tls.url) as client, pytest.raises(NoAnswer, match="TLS certificate not accepted"):
        client.get("/x")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with client_for(tls.url) as client, pytest.raises(NoAnswer, match="no usable CA bundle"):
        client.get("/x")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.certificate))
    with client_for(tls.url) as client:
        tls.handshakes = 0
        assert [client.get("/x").value for _ in range(3)] == ["secured"] * 3
        assert tls.handshakes == 1


def test_a_certificate_for_another_host_is_not_accepted(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.certificate))
    named = tls.url.replace("127.0.0.1", "localhost")
    with client_for(named) as client, pytest.raises(NoAnswer, match="TLS certificate not accepted"):
        client.get("/x")


def test_a_proxy_over_tls_is_trusted_by_the_same_bundle(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", tls.url)
    with client_for("http://node.invalid") as client, pytest.raises(NoAnswer):
        client.get("/x")
    assert tls.targets == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.certificate))
    with client_for("http://node.invalid") as client:
        assert client.get("/x").value == "secured"
    assert tls.targets == ["http://node.invalid/x"]
