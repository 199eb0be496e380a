"""Which endpoint is asked, in what order, and what is remembered of it."""

from __future__ import annotations

import pytest

from collectors.endpoint import EndpointHealth
from collectors.errors import Lagging, NoAnswer, NodeError, OutOfTime, Refused
from tests.collectors.raw_node import (
    Behaviour,
    RawNode,
    client_for,
    closed_port,
    hangs,
    hangs_up,
    in_turn,
    reply,
    resets,
    says,
    sends,
)

FIRST, SECOND, THIRD = "127.0.0.1#1", "127.0.0.1#2", "127.0.0.1#3"
TEMPORARY = reply(500, b'[{"kind": "temporary", "id": "node.busy"}]')
PERMANENT = reply(500, b'[{"kind": "permanent", "id": "proto.025-PsUshuai.delegate.not_registered"}]')


def test_endpoints_are_asked_in_the_order_of_the_setting() -> None:
    with RawNode(says("a")) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        assert [client.get("/x").endpoint for _ in range(3)] == [FIRST] * 3
        assert b.asked == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(hangs_up, id="hangs up"),
        pytest.param(resets, id="resets"),
        pytest.param(hangs, id="hangs"),
        pytest.param(sends(reply(502, b"<html>Bad gateway</html>")), id="502"),
        pytest.param(sends(reply(500, b"")), id="500 without a list"),
        pytest.param(sends(reply(200, b"<html>log in</html>")), id="HTML with 200"),
        pytest.param(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1", then_close=True), id="cut short"),
        pytest.param(sends(reply(301, b"", Location="http://127.0.0.1:1/")), id="redirect"),
    ],
)
def test_a_node_that_gives_no_answer_is_replaced_by_the_next_for_the_rest_of_the_run(broken: Behaviour) -> None:
    # The second node has as long as the first: on a busy machine a third of a second is not enough for it.
    with RawNode(broken) as a, RawNode(says("b")) as b, client_for(a.url, b.url, timeout=1.5) as client:
        assert [client.get("/x").endpoint for _ in range(3)] == [SECOND] * 3
        assert len(a.asked) == 1
        assert [(row.label, row.failures, row.retry_at) for row in client.health()] == [
            (FIRST, 1, 1_060),
            (SECOND, 0, None),
        ]


def test_a_node_that_failed_is_still_asked_when_nobody_else_answers() -> None:
    recovering = in_turn(hangs_up, says("back"))
    with RawNode(recovering) as a, closed_port() as nobody, client_for(a.url, nobody) as client:
        with pytest.raises(NoAnswer):
            client.get("/x")
        assert client.get("/x").value == "back"


def test_a_lagging_node_is_asked_again_elsewhere() -> None:
    with RawNode(says([], status=404)) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        assert client.get("/x").endpoint == SECOND
        assert client.health()[0].failures == 0


@pytest.mark.parametrize("late", [sends(reply(404, b"")), sends(TEMPORARY)], ids=["404", "temporary error"])
def test_a_lone_lagging_node_is_given_time(late: Behaviour) -> None:
    with RawNode(in_turn(late, late, says("here"))) as node, client_for(node.url) as client:
        assert client.get("/x").value == "here"
        assert client.health()[0].failures == 0


def test_what_stays_unknown_is_no_answer_and_no_failure_of_the_node() -> None:
    with RawNode(says([], status=404)) as node, client_for(node.url, sleep=lambda _: None) as client:
        with pytest.raises(Lagging) as raised:
            client.get("/x")
        assert isinstance(raised.value, NoAnswer)
        assert raised.value.status == 404
        assert len(node.asked) == 3
        assert client.health()[0].failures == 0
        assert client.health()[0].last_ok_at == 1_000


def test_a_path_that_a_node_may_not_have_can_be_asked_once() -> None:
    with RawNode(says([], status=404)) as node, client_for(node.url) as client:
        with pytest.raises(Lagging):
            client.get("/network/connections", tries=1)
        assert len(node.asked) == 1


def test_a_lagging_node_is_not_kept_waiting_by_a_dead_one() -> None:
    behind = in_turn(says("a"), sends(reply(404, b"")), says("a"))
    with RawNode(hangs) as dead, RawNode(behind) as b, client_for(dead.url, b.url, timeout=0.3) as client:
        client.get("/x")
        assert client.get("/x").endpoint == SECOND
        assert len(dead.asked) == 1


def test_a_node_that_is_always_outdone_goes_behind() -> None:
    with RawNode(says([], status=404)) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        for _ in range(10):
            client.get("/x")
        assert len(a.asked) == 3


def test_a_question_put_to_one_endpoint_goes_to_no_other() -> None:
    with RawNode(hangs_up) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        with pytest.raises(NoAnswer) as raised:
            client.get("/x", endpoint=FIRST)
        assert raised.value.endpoint == FIRST
        assert client.get("/x", endpoint=SECOND).value == "b"


def test_excluded_endpoints_are_not_asked() -> None:
    with RawNode(says("a")) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        assert client.get("/x", exclude=[FIRST]).endpoint == SECOND
        with pytest.raises(NoAnswer, match="no endpoint is left to ask"):
            client.get("/x", exclude=[FIRST, SECOND])


@pytest.mark.parametrize("status", [400, 401, 403, 405, 414])
def test_a_node_that_refuses_is_replaced_and_not_counted_as_failed(status: int) -> None:
    with RawNode(says("no", status=status)) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        assert client.get("/x").endpoint == SECOND
        assert client.health()[0].failures == 0


def test_when_every_node_refuses_it_is_refused() -> None:
    no = says("no", status=403)
    with (
        RawNode(no) as a,
        RawNode(no) as b,
        client_for(a.url, b.url) as client,
        pytest.raises(Refused, match="HTTP 403 refused"),
    ):
        client.get("/x")


def test_when_one_refuses_and_one_is_down_there_is_no_answer() -> None:
    with (
        RawNode(says("no", status=403)) as a,
        closed_port() as nobody,
        client_for(a.url, nobody) as client,
        pytest.raises(NoAnswer, match="connection refused"),
    ):
        client.get("/x")


def test_an_error_list_is_told_at_once_with_its_ids() -> None:
    with RawNode(sends(PERMANENT)) as a, RawNode(says("b")) as b, client_for(a.url, b.url) as client:
        with pytest.raises(NodeError) as raised:
            client.get("/x")
        assert raised.value.ids == ("proto.025-PsUshuai.delegate.not_registered",)
        assert raised.value.endpoint == FIRST
        assert raised.value.status == 500
        assert client.health()[0].failures == 0


def test_an_endpoint_that_rests_since_an_earlier_run_goes_last_until_it_answers() -> None:
    resting = EndpointHealth(FIRST, failures=2, last_failed_at=900, last_error="timed out", retry_at=1_020)
    with RawNode(says("a")) as a, RawNode(says("b")) as b, client_for(a.url, b.url, health=[resting]) as client:
        assert client.get("/x").endpoint == SECOND
        assert client.get("/x", endpoint=FIRST).value == "a"
        assert client.get("/x").endpoint == FIRST
        assert client.health()[0] == EndpointHealth(
            FIRST, failures=0, last_ok_at=1_000, last_failed_at=900, last_error="timed out", retry_at=None
        )


def test_of_resting_endpoints_the_one_that_failed_least_is_asked_first() -> None:
    resting = [EndpointHealth(FIRST, failures=5, retry_at=1_020), EndpointHealth(SECOND, failures=1, retry_at=1_020)]
    with RawNode(says("a")) as a, RawNode(says("b")) as b, client_for(a.url, b.url, health=resting) as client:
        assert client.get("/x").endpoint == SECOND


def test_an_endpoint_whose_rest_is_over_is_asked_first_again() -> None:
    rested = EndpointHealth(FIRST, failures=2, retry_at=1_000)
    with RawNode(says("a")) as a, RawNode(says("b")) as b, client_for(a.url, b.url, health=[rested]) as client:
        assert client.get("/x").endpoint == FIRST


def test_a_node_that_stays_down_rests_longer_from_run_to_run() -> None:
    rests = []
    health: tuple[EndpointHealth, ...] = ()
    for run in range(6):
        with closed_port() as nobody, client_for(nobody, health=health, now=run * 1_000) as client:
            for _ in range(3):  # an outage is one failure, however many requests it hits
                with pytest.raises(NoAnswer):
                    client.get("/x")
            health = client.health()
        assert health[0].failures == run + 1
        rests.append((health[0].retry_at or 0) - run * 1_000)
    assert rests == [60, 120, 240, 480, 900, 900]
    assert health[0].last_error == "connection refused"


def test_the_end_of_the_run_stops_the_failover() -> None:
    with RawNode(hangs) as a, RawNode(hangs) as b, client_for(a.url, b.url, timeout=0.2, seconds=0.3) as client:
        with pytest.raises(OutOfTime):
            client.get("/x")
        assert [row.failures for row in client.health()] == [1, 0]


def test_a_post_carries_its_payload_to_the_path_of_the_endpoint() -> None:
    with RawNode(says({"result": 1})) as node, client_for(node.url + "/rpc") as client:
        assert client.post("", [{"id": 1, "method": "m"}]).value == {"result": 1}
        (asked,) = node.asked
        assert (asked.method, asked.target, asked.body) == ("POST", "/rpc", b'[{"id":1,"method":"m"}]')
        assert asked.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("given", "path", "target"),
    [
        ("", "/chains/main", "/chains/main?level=1&level=2"),
        ("/", "/chains/main", "/chains/main?level=1&level=2"),
        ("/v1/key/", "/chains/main", "/v1/key/chains/main?level=1&level=2"),
        ("/v1?apikey=k%2C1", "/chains/main", "/v1/chains/main?apikey=k%2C1&level=1&level=2"),
        ("", "", "/?level=1&level=2"),
        ("/v1/key/", "", "/v1/key/?level=1&level=2"),
    ],
)
def test_path_and_parameters_are_added_to_the_endpoint_s_own(given: str, path: str, target: str) -> None:
    with RawNode(says()) as node, client_for(node.url + given) as client:
        client.get(path, [("level", 1), ("level", 2)])
        assert node.asked[0].target == target


def test_every_request_sent_is_counted() -> None:
    with RawNode(in_turn(sends(reply(404, b"")), says())) as node, client_for(node.url) as client:
        client.get("/x")
        client.get("/x")
        assert client.requests == 3 == len(node.asked)
