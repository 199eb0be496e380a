"""What a dead man's switch hears, and that nothing it does matters to the run."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from alerting.heartbeat import Heartbeat, address_of
from simulator import faults
from simulator.heartbeat import Heartbeat as Switch

CANARY = "canary-5bf66975-d4c7"


@pytest.fixture
def switch() -> Iterator[Switch]:
    with Switch(CANARY) as running:
        yield running


def failure_of(heartbeat: Heartbeat, success: bool = True, body: str = "") -> Exception | None:
    return heartbeat.end(success, body).failure(6.0)


@pytest.mark.parametrize(("success", "signal"), [(True, "success"), (False, "fail")])
def test_start_and_end_carry_the_same_run_and_come_in_their_order(switch: Switch, success: bool, signal: str) -> None:
    heartbeat = Heartbeat(switch.address)
    heartbeat.start()
    assert failure_of(heartbeat, success, "run 7 ok") is None
    start, end = switch.pings
    assert (start.signal, end.signal, end.body) == ("start", signal, "run 7 ok")
    assert start.rid == end.rid
    assert len(str(start.rid)) == 36


def test_every_run_has_its_own_id(switch: Switch) -> None:
    for _ in range(2):
        failure_of(Heartbeat(switch.address))
    assert len({ping.rid for ping in switch.pings}) == 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hc-ping.com/u", "https://hc-ping.com/u/fail?rid=r"),
        ("https://hc-ping.com/key/slug?create=1", "https://hc-ping.com/key/slug/fail?create=1&rid=r"),
        ("http://host:8000/ping/u/", "http://host:8000/ping/u/fail?rid=r"),
    ],
)
def test_signals_are_put_behind_the_path(url: str, expected: str) -> None:
    assert address_of(url, "fail", "r") == expected


def test_an_address_with_a_place_for_the_status_is_called_once_a_run(switch: Switch) -> None:
    url = f"{switch.url}/{CANARY}/log?status={{status}}&msg=x"
    for success in (True, False):
        heartbeat = Heartbeat(url)
        heartbeat.start()
        failure_of(heartbeat, success)
    assert [request.target for request in switch.arrived] == [
        f"/{CANARY}/log?status=up&msg=x",
        f"/{CANARY}/log?status=down&msg=x",
    ]
    assert {request.method for request in switch.arrived} == {"GET"}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.status(302), "answered 302"),
        (faults.status(400), "answered 400"),
        (faults.status(401), "answered 401"),
        (faults.status(403), "answered 403"),
        (faults.status(404), "answered 404"),
        (faults.rate_limited(), "answered 429"),
        (faults.rate_limited(5000), "answered 429"),
        (faults.status(500, CANARY), "answered 500"),
        (faults.status(503), "answered 503"),
        (faults.huge(20_000_000, 500), "answered 500"),
        (faults.reset(), "no connection, or it was lost"),
        (faults.lost_answer(), "no connection, or it was lost"),
        (faults.hang(), "no answer in time"),
        (faults.late_answer(), "no answer in time"),
        (faults.dribble("headers", 0.3), "no answer in time"),
    ],
    ids=lambda value: f"{value.kind} {value.status}" if isinstance(value, faults.Fault) else None,
)
def test_a_failure_is_said_without_the_address(
    switch: Switch, fault: faults.Fault, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    switch.faults.add(fault)
    begun = time.monotonic()
    failure = Heartbeat(switch.address).end(True, "").failure(2.5)
    assert said in str(failure)
    assert time.monotonic() - begun < 4
    assert CANARY not in f"{failure!r} {failure.__cause__ if failure else ''} {caplog.text}"


@pytest.mark.parametrize(
    "fault", [faults.garbage(), faults.truncated(), faults.huge(20_000_000)], ids=["?", "half", "huge"]
)
def test_what_a_switch_says_beside_its_status_is_not_read(switch: Switch, fault: faults.Fault) -> None:
    switch.faults.add(fault)
    begun = time.monotonic()
    assert Heartbeat(switch.address).end(True, "").failure(2.5) is None
    assert time.monotonic() - begun < 2.5


def test_a_switch_where_nobody_listens_is_said_without_the_address(switch: Switch) -> None:
    with switch.refusing():
        failure = Heartbeat(switch.address).end(True, "").failure(2.5)
    assert str(failure) == "no connection, or it was lost"


def test_a_start_that_hangs_holds_up_nobody_and_comes_before_the_end(switch: Switch) -> None:
    switch.faults.add(faults.latency(0.4, path="/start"))
    heartbeat = Heartbeat(switch.address)
    begun = time.monotonic()
    heartbeat.start()
    assert time.monotonic() - begun < 0.3
    assert failure_of(heartbeat) is None
    assert switch.signals == ["start", "success"]


def test_a_long_body_is_cut(switch: Switch) -> None:
    failure_of(Heartbeat(switch.address), False, "ä" * 50_000)
    assert len(switch.arrived[0].body) == 10_000
