"""429 slows down instead of failing."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import backoff
from collectors.errors import NoAnswer, Throttled
from collectors.gate import ANSWERS_TO_WIDEN, Gate
from tests.collectors.raw_node import Asked, RawNode, client_for, in_turn, reply, says, sends

TOO_MANY = sends(reply(429, b"<html>slow down</html>"))


class Clock:
    """Monotonic time that only sleeping moves."""

    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds


def test_a_429_is_asked_again_later() -> None:
    pauses: list[float] = []
    with (
        RawNode(in_turn(TOO_MANY, TOO_MANY, TOO_MANY, says("at last"))) as node,
        client_for(node.url, connections=16, sleep=pauses.append) as client,
    ):
        assert client.get("/x").value == "at last"
        assert client.health()[0].failures == 0
    assert [round(pause, 1) for pause in pauses] == [0.5, 1.0, 2.0]


def test_retry_after_is_honoured() -> None:
    wish = sends(reply(429, b"", Retry_After="1"))
    with RawNode(in_turn(wish, says("done"))) as node, client_for(node.url) as client:
        began = time.monotonic()
        assert client.get("/x").value == "done"
        assert 0.95 < time.monotonic() - began < 1.5


def test_retry_after_holds_other_requests_back_too() -> None:
    wish = sends(reply(429, b"", Retry_After="1"))
    with RawNode(in_turn(wish, says())) as node, client_for(node.url) as client, ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        first = pool.submit(client.get, "/x")
        while not node.asked:
            time.sleep(0.01)
        time.sleep(0.1)
        client.get("/y")
        assert time.monotonic() - began > 0.95
        assert first.result().value == "yes"


def test_another_endpoint_is_used_meanwhile() -> None:
    with (
        RawNode(sends(reply(429, b"", Retry_After="15"))) as a,
        RawNode(says("b")) as b,
        client_for(a.url, b.url) as client,
    ):
        began = time.monotonic()
        assert [client.get("/x").value for _ in range(3)] == ["b"] * 3
        assert time.monotonic() - began < 1
        assert len(a.asked) == 1


def test_a_wait_beyond_the_run_is_no_answer_and_remembered() -> None:
    with RawNode(sends(reply(429, b"", Retry_After="300"))) as node, client_for(node.url, seconds=5) as client:
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(Throttled, match="HTTP 429 too many requests") as raised:
                client.get("/x")
            assert isinstance(raised.value, NoAnswer)
            assert raised.value.endpoint == "127.0.0.1#1"
        assert time.monotonic() - began < 1
        assert len(node.asked) == 1
        (health,) = client.health()
        assert (health.failures, health.last_error, health.retry_at) == (0, "HTTP 429 too many requests", 1_300)


def test_a_403_that_tells_when_to_come_back_is_a_429() -> None:
    wish = sends(reply(403, b"", Retry_After="300"))
    with RawNode(wish) as node, client_for(node.url, seconds=5) as client:
        with pytest.raises(Throttled, match="HTTP 403 too many requests") as raised:
            client.get("/x")
        assert (raised.value.status, raised.value.retry_after) == (403, 300)
        assert client.health()[0].retry_at == 1_300


def test_who_is_not_patient_asks_the_next_endpoint_and_no_endpoint_twice() -> None:
    with RawNode(TOO_MANY) as a, RawNode(TOO_MANY) as b, client_for(a.url, b.url) as client:
        with pytest.raises(Throttled):
            client.post("", [], patient=False)
        assert (len(a.asked), len(b.asked)) == (1, 1)
        assert [health.retry_at for health in client.health()] == [1_060, 1_060]


def test_a_429_that_lasts_ends_with_the_run() -> None:
    with RawNode(TOO_MANY) as node, client_for(node.url, seconds=1.2) as client:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            client.get("/x")
        assert time.monotonic() - began < 1.5
        assert client.health()[0].retry_at == 1_060


def test_a_node_with_a_limit_is_read_to_the_end() -> None:
    """Two at once is what the node bears: eight workers get everything, and no request fails."""
    lock = threading.Lock()
    busy = 0

    def limited(connection: object, asked: Asked) -> None:
        nonlocal busy
        with lock:
            busy += 1
            too_many = busy > 2
        if not too_many:
            time.sleep(0.01)
        (TOO_MANY if too_many else says(asked.target))(connection, asked)  # type: ignore[arg-type]
        with lock:
            busy -= 1

    with RawNode(limited) as node, client_for(node.url) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda level: client.get(f"/{level}").value, range(120)))
    assert answers == [f"/{level}" for level in range(120)]
    assert len(node.asked) < 2 * 120


def test_a_burst_of_429_halves_the_requests_at_once_only_once() -> None:
    clock = Clock()
    gate = Gate(8, clock, clock.sleep)
    lane = gate.lane()
    for _ in range(4):
        gate.rejected(lane, sent_at=0.0, pause=0.5, told=False)
        clock.moment = 0.1
    assert lane.limit == 4
    gate.rejected(lane, sent_at=0.2, pause=0.5, told=False)
    assert lane.limit == 2


def test_a_lane_widens_again_with_answers_up_to_the_whole() -> None:
    clock = Clock()
    gate = Gate(4, clock, clock.sleep)
    lane = gate.lane()
    gate.rejected(lane, sent_at=0.0, pause=0.5, told=False)
    widths = []
    for _ in range(3):
        for _ in range(ANSWERS_TO_WIDEN):
            gate.answered(lane)
        widths.append(lane.limit)
    assert widths == [3, 4, 4]


def test_a_lane_at_its_narrowest_pauses_as_a_whole() -> None:
    clock = Clock()
    gate = Gate(1, clock, clock.sleep)
    lane = gate.lane()
    gate.rejected(lane, sent_at=0.0, pause=2.0, told=False)
    assert gate.enter(lane, until=10.0)
    assert clock.moment == 2.0


def test_no_place_before_the_deadline_is_told() -> None:
    gate = Gate(1, time.monotonic, time.sleep)
    lane = gate.lane()
    assert gate.enter(lane, until=time.monotonic() + 1)
    assert not gate.enter(lane, until=time.monotonic() + 0.05)
    gate.leave(lane)
    assert gate.enter(lane, until=time.monotonic() + 0.05)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        (formatdate(1_030, usegmt=True), 30.0),
        (formatdate(900, usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert backoff.retry_after(header, now=1_000) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_header_is_a_wait_or_none(header: str) -> None:
    seconds = backoff.retry_after(header, now=1_000)
    assert seconds is None or seconds >= 0
