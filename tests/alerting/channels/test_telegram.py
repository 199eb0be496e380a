"""A Bot API on loopback that answers as told, and what the channel makes of it."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from alerting.channels.interface import Receipt
from alerting.channels.telegram import Telegram
from alerting.errors import Ambiguous, Broken, DeliveryError, Migrated, NotSent, RateLimited, Rejected, TooLong
from monitor.model import Format, Message, Severity

TOKEN = "123456:canary-AAH-secret"
MESSAGE = Message("🔴 <b>alice</b> #a1f3c2", Severity.CRITICAL, False, (), Format.HTML)


class Api:
    """Keeps what it was asked; gives `status` and `body`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.status, self.body = 200, b'{"ok":true,"result":{"message_id":42}}'
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                api.asked.append((self.path, json.loads(self.rfile.read(length))))
                self.send_response(api.status)
                self.send_header("Content-Length", str(len(api.body)))
                self.end_headers()
                self.wfile.write(api.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, status: int, description: str = "", **parameters: Any) -> None:
        self.status = status
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.body = json.dumps(body).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[Api]:
    api = Api()
    yield api
    api.server.shutdown()
    api.server.server_close()


@pytest.fixture
def api(running: Api) -> Api:
    running.asked.clear()
    running.status, running.body = 200, b'{"ok":true,"result":{"message_id":42}}'
    return running


def telegram(api: Api, **options: Any) -> Telegram:
    return Telegram(TOKEN, "-1001", api_url=api.url, **options)


def test_a_message_goes_out_as_html_with_sound(api: Api) -> None:
    assert telegram(api).send(MESSAGE, 2.0) == Receipt("42")
    path, body = api.asked[0]
    assert path == f"/bot{TOKEN}/sendMessage"
    assert body == {
        "chat_id": "-1001",
        "text": MESSAGE.text,
        "parse_mode": "HTML",
        "disable_notification": False,
        "link_preview_options": {"is_disabled": True},
    }


def test_a_plain_and_silent_message_into_a_topic(api: Api) -> None:
    telegram(api, thread_id=7).send(Message("a < b", Severity.INFO, True, ()), 2.0)
    body = api.asked[0][1]
    assert (body["disable_notification"], body["message_thread_id"]) == (True, 7)
    assert "parse_mode" not in body


def test_after_a_move_messages_go_to_the_new_chat(api: Api) -> None:
    channel = telegram(api)
    channel.move("-100999")
    channel.send(MESSAGE, 2.0)
    assert api.asked[0][1]["chat_id"] == "-100999"


def test_a_move_is_forgotten_when_the_settings_name_another_chat(api: Api) -> None:
    moved = telegram(api)
    moved.move("-1001>-100999")
    named_anew = Telegram(TOKEN, "-1002", api_url=api.url)
    named_anew.move("-1001>-100999")
    for channel in (moved, named_anew):
        channel.send(MESSAGE, 2.0)
    assert [body["chat_id"] for _, body in api.asked] == ["-100999", "-1002"]


@pytest.mark.parametrize(
    ("severity", "silent"), [(Severity.INFO, True), (Severity.WARNING, False), (Severity.CRITICAL, False)]
)
def test_what_matters_little_makes_no_sound(api: Api, severity: Severity, silent: bool) -> None:
    telegram(api, sound_from=Severity.WARNING).send(Message("x", severity, False, ()), 2.0)
    assert api.asked[0][1]["disable_notification"] is silent


def test_any_method_of_the_api_can_be_called(api: Api) -> None:
    api.body = b'{"ok":true,"result":{"username":"sentinel_bot"}}'
    assert telegram(api).call("getMe", {}, 2.0) == {"username": "sentinel_bot"}
    assert api.asked[0][0].endswith("/getMe")


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (400, "Bad Request: can't parse entities: unclosed tag", Rejected),
        (400, "Bad Request: message is too long", TooLong),
        (413, "Request Entity Too Large", TooLong),
        (400, "Bad Request: chat not found", Broken),
        (401, "Unauthorized", Broken),
        (403, "Forbidden: bot was kicked from the supergroup chat", Broken),
        (404, "Not Found", Broken),
        (400, "Bad Request: message thread not found", Broken),
        (400, "Bad Request: need administrator rights in the channel chat", Broken),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", Broken),
        (408, "", Ambiguous),
        (500, "Internal Server Error", Ambiguous),
        (502, "Bad Gateway", Ambiguous),
        (302, "", Ambiguous),
    ],
)
def test_what_an_answer_means(api: Api, status: int, description: str, kind: type[DeliveryError]) -> None:
    api.answers(status, description)
    with pytest.raises(DeliveryError) as failure:
        telegram(api).send(MESSAGE, 2.0)
    assert type(failure.value) is kind
    assert str(status) in failure.value.reason


@pytest.mark.parametrize(
    ("parameters", "seconds"), [({"retry_after": 3600}, 3600), ({}, 60), ({"retry_after": "x"}, 60)]
)
def test_a_429_says_how_long(api: Api, parameters: dict[str, Any], seconds: int) -> None:
    api.answers(429, "Too Many Requests: retry after 3", **parameters)
    with pytest.raises(RateLimited) as failure:
        telegram(api).send(MESSAGE, 2.0)
    assert failure.value.retry_after == seconds


def test_a_group_that_became_a_supergroup_names_its_new_chat(api: Api) -> None:
    api.answers(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001234567890)
    with pytest.raises(Migrated) as failure:
        telegram(api).send(MESSAGE, 2.0)
    assert failure.value.address == "-1001>-1001234567890"


@pytest.mark.parametrize(
    "body", [b"<html>captive portal</html>", b"", b"[]", b'{"ok":"yes"}', b"[" * 50_000, b"x" * 200_000]
)
def test_a_200_that_is_no_answer_may_have_arrived(api: Api, body: bytes) -> None:
    api.body = body
    with pytest.raises(Ambiguous):
        telegram(api).send(MESSAGE, 2.0)


def test_a_refused_connection_told_nobody() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotSent):
        Telegram(TOKEN, "1", api_url=f"http://127.0.0.1:{port}").send(MESSAGE, 2.0)


def test_a_host_that_does_not_exist_told_nobody() -> None:
    with pytest.raises(NotSent):
        Telegram(TOKEN, "1", api_url="http://no-such-host.invalid").send(MESSAGE, 2.0)


def test_a_silent_or_resetting_receiver_may_have_got_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Ambiguous):
            Telegram(TOKEN, "1", api_url=url).send(MESSAGE, 0.3)

        def reset() -> None:
            listener.accept()[0].close()  # of the call above
            connection, _ = listener.accept()
            connection.recv(100)
            connection.close()

        thread = threading.Thread(target=reset)
        thread.start()
        with pytest.raises(Ambiguous):
            Telegram(TOKEN, "1", api_url=url).send(MESSAGE, 2.0)
        thread.join()


@pytest.mark.parametrize("fault", ["refused", "echo", "garbage"])
def test_the_token_is_in_no_failure(api: Api, fault: str) -> None:
    url = "http://127.0.0.1:1" if fault == "refused" else api.url
    if fault == "echo":
        api.answers(400, f"Bad Request: /bot{TOKEN}/sendMessage")
    else:
        api.body = b"garbage"
    with pytest.raises(DeliveryError) as failure:
        Telegram(TOKEN, "1", api_url=url).send(MESSAGE, 2.0)
    shown = "".join(traceback.format_exception(failure.value))
    assert "canary" not in shown
    assert "canary" not in repr(failure.value)
