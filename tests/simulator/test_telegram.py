"""The simulated Bot API answers as the real one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from simulator import faults
from simulator.telegram import BLOCKED, KICKED, NO_RIGHTS, Chat, Telegram
from simulator.telegram_markup import MarkupError, visible


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as running:
        yield running


def ask(telegram: Telegram, method: str, token: str | None = None, **body: Any) -> tuple[int, dict[str, Any]]:
    response = requests.post(f"{telegram.url}/bot{token or telegram.token}/{method}", json=body, timeout=3)
    return response.status_code, response.json()


def refusal(telegram: Telegram, **body: Any) -> tuple[int, str]:
    status, answer = ask(telegram, "sendMessage", **{"chat_id": "-1001", "text": "hello", **body})
    assert answer["ok"] is False
    assert answer["error_code"] == status
    return status, answer["description"]


def test_a_message_is_heard_as_people_read_it(telegram: Telegram) -> None:
    status, answer = ask(
        telegram,
        "sendMessage",
        chat_id="-1001",
        text="<b>a</b> &lt; <i>b</i>",
        parse_mode="HTML",
        disable_notification=True,
    )
    assert (status, answer["ok"], answer["result"]["message_id"]) == (200, True, 1)
    assert telegram.heard("-1001") == ["a < b"]
    assert telegram.messages[0].silent


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"chat_id": "-5"}, 400, "Bad Request: chat not found"),
        ({"chat_id": ""}, 400, "Bad Request: chat_id is empty"),
        ({"text": ""}, 400, "Bad Request: message text is empty"),
        ({"text": "x" * 4097}, 400, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, 400, "Bad Request: message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, 400, 'Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "<x>", "parse_mode": "HTML"}, 400, 'Unsupported start tag "x" at byte offset 0'),
        ({"message_thread_id": 7}, 400, "Bad Request: message thread not found"),
    ],
)
def test_what_it_refuses(telegram: Telegram, body: dict[str, Any], status: int, said: str) -> None:
    found = refusal(telegram, **body)
    assert found[0] == status
    assert said in found[1]


@pytest.mark.parametrize(("gone", "status"), [(KICKED, 403), (BLOCKED, 403), (NO_RIGHTS, 400)])
def test_a_chat_that_will_not_have_the_bot(telegram: Telegram, gone: str, status: int) -> None:
    telegram.chats["-1001"].gone = gone
    assert refusal(telegram) == (status, gone)


def test_a_wrong_token_and_an_unknown_method(telegram: Telegram) -> None:
    assert ask(telegram, "getMe", token="1:other")[1]["description"] == "Unauthorized"
    assert ask(telegram, "getMe", token="nonsense")[1]["description"] == "Not Found"
    assert ask(telegram, "sendRockets")[0] == 404


def test_the_bot_and_its_chats_can_be_asked_for(telegram: Telegram) -> None:
    telegram.chats["-1002"] = Chat("group")
    assert ask(telegram, "getMe")[1]["result"]["is_bot"] is True
    assert ask(telegram, "getChat", chat_id="-1002")[1]["result"]["type"] == "group"


def test_a_group_that_moved_says_where(telegram: Telegram) -> None:
    telegram.chats["-7"] = Chat("group", moved_to="-1007")
    _, answer = ask(telegram, "sendMessage", chat_id="-7", text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": -1007}


def test_a_chat_takes_so_many_messages_a_minute() -> None:
    now = 1000.0
    with Telegram(clock=lambda: now) as telegram:
        telegram.per_minute = 2
        assert [ask(telegram, "sendMessage", chat_id="-1001", text="x")[0] for _ in range(3)] == [200, 200, 429]
        _, answer = ask(telegram, "sendMessage", chat_id="-1001", text="x")
        assert answer["parameters"] == {"retry_after": 60}
        now += 61
        assert ask(telegram, "sendMessage", chat_id="-1001", text="x")[0] == 200


def test_an_answer_may_be_lost_after_the_message_was_taken(telegram: Telegram) -> None:
    telegram.faults.add(faults.lost_answer(count=1))
    with pytest.raises(requests.ConnectionError):
        ask(telegram, "sendMessage", chat_id="-1001", text="x")
    telegram.faults.add(faults.reset(count=1))
    with pytest.raises(requests.ConnectionError):
        ask(telegram, "sendMessage", chat_id="-1001", text="y")
    assert telegram.heard() == ["x"]
    assert len(telegram.arrived) == 2


def test_it_can_refuse_connections_for_a_while(telegram: Telegram) -> None:
    with telegram.refusing(), pytest.raises(requests.ConnectionError):
        ask(telegram, "getMe")
    assert ask(telegram, "getMe")[0] == 200


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a &amp; b &#9786; &nbsp;", "a & b ☺ &nbsp;"),
        ('<a href="https://x/y?a=1&amp;b=2">z</a>', "z"),
        ("<pre><code class='c'>1</code></pre>", "1"),
        ("5 > 4", "5 > 4"),
    ],
)
def test_markup_that_is_read(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["a < b", "</b>", "<b><i>x</b></i>", "<b", "<script>x</script>", "<b>"])
def test_markup_that_is_refused(text: str) -> None:
    with pytest.raises(MarkupError, match="can't parse entities"):
        visible(text)
