from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.bittensor.batch import RpcCall, RpcReply, read_batch, write_batch
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.rpc_error import (
    BatchTooLarge,
    MethodMissing,
    RateLimited,
    RpcFailed,
    RuntimeMethodMissing,
    StateDiscarded,
    UnknownBlock,
    read_error,
)
from collectors.errors import NoAnswer, Refused, SourceError, Throttled, Unreadable
from tests.collectors.raw_node import Asked, Behaviour, RawNode, client_for, in_turn, reply, says

TOO_LARGE = {
    "jsonrpc": "2.0",
    "id": None,
    "error": {"code": -32010, "message": "The batch request was too large", "data": "Exceeded max limit of 50"},
}
"""What a public endpoint answered to 51 calls."""


def answers(answer: Callable[[Any], Any]) -> Behaviour:
    """Answers with what `answer` makes of the parsed request."""

    def behave(connection: socket.socket, asked: Asked) -> None:
        connection.sendall(reply(200, json.dumps(answer(json.loads(asked.body))).encode()))

    return behave


def echo(request: Any) -> Any:
    """Each call's own parameters as its result, last call first."""
    calls = request if isinstance(request, list) else [request]
    told = [{"jsonrpc": "2.0", "id": call["id"], "result": call["params"]} for call in reversed(calls)]
    return told if isinstance(request, list) else told[0]


def calls(count: int) -> list[RpcCall]:
    return [RpcCall("echo", (number,)) for number in range(count)]


def values(replies: tuple[RpcReply, ...]) -> list[Any]:
    return [reply.result() for reply in replies]


def test_a_hundred_and_twenty_calls_go_in_three_requests_and_come_back_in_order() -> None:
    with RawNode(answers(echo)) as node, client_for(node.url) as client:
        found = JsonRpc(client).ask(calls(120))

        assert values(found.replies) == [[number] for number in range(120)]
        assert found.endpoint == "127.0.0.1#1"
        assert [len(json.loads(asked.body)) for asked in node.asked] == [50, 50, 20]


def test_no_id_is_used_twice_and_a_single_call_is_no_list() -> None:
    with RawNode(answers(echo)) as node, client_for(node.url) as client:
        rpc = JsonRpc(client)
        rpc.ask(calls(2))
        assert rpc.one("echo", "a").value == ["a"]

        first, second = (json.loads(asked.body) for asked in node.asked)
        assert [call["id"] for call in first] == [1, 2]
        assert second == {"jsonrpc": "2.0", "id": 3, "method": "echo", "params": ["a"]}


def test_a_batch_refused_as_one_object_is_asked_again_in_smaller_ones() -> None:
    def at_most_20(request: Any) -> Any:
        return TOO_LARGE if isinstance(request, list) and len(request) > 20 else echo(request)

    with RawNode(answers(at_most_20)) as node, client_for(node.url) as client:
        rpc = JsonRpc(client)

        assert values(rpc.ask(calls(50)).replies) == [[number] for number in range(50)]
        sizes = [len(json.loads(asked.body)) for asked in node.asked]
        assert sizes[:3] == [50, 25, 12]
        assert max(sizes[3:]) <= 12


def test_a_node_that_refuses_even_one_call_is_left() -> None:
    with RawNode(says(TOO_LARGE)) as node, client_for(node.url) as client:
        with pytest.raises(BatchTooLarge) as caught:
            JsonRpc(client).ask(calls(50))

        assert str(caught.value) == "127.0.0.1#1: batch too large for the node"
        assert len(node.asked) < 8


@pytest.mark.parametrize("code", [-32004, -32005])
def test_a_rate_limit_inside_of_an_answer_leads_to_the_next_endpoint_without_asking_again(code: int) -> None:
    def limited(request: Any) -> Any:
        told = echo(request)
        told[0] = {"jsonrpc": "2.0", "id": told[0]["id"], "error": {"code": code, "message": "Rate limit exceeded"}}
        return told

    with RawNode(answers(limited)) as first, RawNode(answers(echo)) as second:
        with client_for(first.url, second.url) as client:
            found = JsonRpc(client).ask(calls(3))

        assert found.endpoint == "127.0.0.1#2"
        assert (len(first.asked), len(second.asked)) == (1, 1)


def test_a_rate_limit_for_the_batch_is_told_when_nobody_else_answers() -> None:
    refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32005, "message": "https://node/key"}}
    with RawNode(says(refusal)) as first, RawNode(says(refusal)) as second, client_for(first.url, second.url) as client:
        with pytest.raises(RateLimited) as caught:
            JsonRpc(client).ask(calls(3))

        assert str(caught.value) == "127.0.0.1#1: rate limit of the node"
        assert len(first.asked) == len(second.asked) == 1


def test_an_endpoint_asked_by_name_is_the_only_one_asked() -> None:
    with RawNode(says(TOO_LARGE)) as first, RawNode(answers(echo)) as second:
        with client_for(first.url, second.url) as client, pytest.raises(BatchTooLarge):
            JsonRpc(client).ask(calls(1), endpoint="127.0.0.1#1")

        assert second.asked == []


def test_http_403_leads_to_the_next_endpoint_and_is_told_where_there_is_none() -> None:
    with RawNode(says("no", 403, X_RateLimit_Reason="policy")) as first:
        with client_for(first.url) as client, pytest.raises(Refused):
            JsonRpc(client).ask(calls(2))
        with RawNode(answers(echo)) as second, client_for(first.url, second.url) as client:
            assert JsonRpc(client).ask(calls(2)).endpoint == "127.0.0.1#2"


def test_http_429_is_not_asked_again_in_the_run() -> None:
    with RawNode(in_turn(says("no", 429), answers(echo))) as node, client_for(node.url) as client:
        with pytest.raises(Throttled):
            JsonRpc(client).ask(calls(2))

        assert len(node.asked) == 1


def test_http_429_with_a_wait_beyond_the_run_is_told_at_once() -> None:
    with (
        RawNode(says("no", 429, Retry_After="600")) as node,
        client_for(node.url) as client,
        pytest.raises(Throttled) as caught,
    ):
        JsonRpc(client).ask(calls(2))

    assert caught.value.retry_after == 600


def test_an_endpoint_lost_between_two_batches_is_left_for_another_that_tells_everything() -> None:
    with RawNode(in_turn(answers(echo), says("", 503))) as first, RawNode(answers(echo)) as second:
        with client_for(first.url, second.url) as client:
            found = JsonRpc(client).ask(calls(60))

        assert found.endpoint == "127.0.0.1#2"
        assert values(found.replies) == [[number] for number in range(60)]


def test_errors_of_single_calls_leave_the_others_readable() -> None:
    def one_fails(request: Any) -> Any:
        told = echo(request)
        told[1] = {"id": told[1]["id"], "error": {"message": "wasm `unreachable` instruction executed"}}
        return told

    with RawNode(answers(one_fails)) as node, client_for(node.url) as client:
        replies = JsonRpc(client).ask(calls(3)).replies

    assert [reply.value for reply in replies] == [[0], None, [2]]
    with pytest.raises(RpcFailed, match=r"^127\.0\.0\.1#1: JSON-RPC error without a code$"):
        replies[1].result()


def test_a_null_result_is_a_result() -> None:
    assert read_batch([{"id": 7, "result": None}], 7, 1) == (RpcReply(None),)
    assert read_batch({"id": 7, "result": None, "error": None}, 7, 1) == (RpcReply(None),)


def test_calls_left_out_or_answered_twice_have_no_result() -> None:
    replies = read_batch([{"id": 1, "result": 1}, {"id": 2, "result": 2}, {"id": 2, "result": 3}], 1, 3)

    assert replies[0].result() == 1
    with pytest.raises(Unreadable, match="answered twice"):
        replies[1].result()
    with pytest.raises(NoAnswer, match="left out"):
        replies[2].result()


@pytest.mark.parametrize(
    "body",
    [
        [{"id": 3, "result": 1}],
        [{"id": 0, "result": 1}],
        [{"id": True, "result": 1}],
        [{"id": "1", "result": 1}],
        [{"id": 1.0, "result": 1}],
        [{"result": 1}],
        ["x"],
        "x",
        7,
        {},
    ],
)
def test_an_answer_to_another_question_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable):
        read_batch(body, 1, 2)


def test_an_empty_answer_is_none() -> None:
    with pytest.raises(NoAnswer):
        read_batch([], 1, 2)


def test_an_error_without_an_id_stands_for_the_calls_that_were_left_out() -> None:
    replies = read_batch([{"id": 1, "result": 1}, {"id": None, "error": {"code": -32601}}], 1, 2)

    assert replies[0].result() == 1
    with pytest.raises(MethodMissing):
        replies[1].result()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 4003, "message": "Client error: Api called for an unknown Block: State already discarded for 0x6c"},
         StateDiscarded),
        ({"message": "Client error: UnknownBlock: State already discarded for 0x6c"}, StateDiscarded),
        ({"code": -32000, "message": "Client error: UnknownBlock: Header was not found in the database: 0x11"},
         UnknownBlock),
        ({"code": 4003, "message": "Api called for an unknown Block: Header was not found"}, UnknownBlock),
        ({"code": -32004, "message": "Storage work rate limit exceeded"}, RateLimited),
        ({"code": -32005, "message": ""}, RateLimited),
        ({"code": -32005, "message": "Batched requests are not supported by this server"}, BatchTooLarge),
        ({"code": -32010, "message": "The batch request was too large"}, BatchTooLarge),
        ({"code": -32601, "message": "Method not found"}, MethodMissing),
        ({"message": "Method not found: no_such_method"}, MethodMissing),
        ({"code": -32601, "message": "RPC call is unsafe to be called externally"}, MethodMissing),
        ({"code": 4003, "message": "Execution failed: Other: Exported method A_b is not found"}, RuntimeMethodMissing),
        ({"message": "Function to start was not found."}, RuntimeMethodMissing),
        ({"code": -32603, "message": "Internal error"}, RpcFailed),
        ({"code": "4003"}, RpcFailed),
        ({}, RpcFailed),
        ("no", RpcFailed),
        (None, RpcFailed),
    ],
)  # fmt: skip
def test_every_kind_of_error_is_told_with_fixed_words(error: Any, kind: type[SourceError]) -> None:
    found = read_error(error)

    assert type(found) is kind
    assert "0x" not in str(found)


def test_the_number_of_calls_a_node_takes_is_read_where_it_tells() -> None:
    found = read_error(TOO_LARGE["error"])

    assert isinstance(found, BatchTooLarge)
    assert found.limit == 50


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "result", "error", "code", "message", "data"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(json_values, st.integers(1, 4))
def test_whatever_json_comes_there_is_a_reply_for_each_call_or_a_source_error(body: Any, count: int) -> None:
    try:
        replies = read_batch(body, 1, count)
    except SourceError:
        return
    assert len(replies) == count
    assert write_batch(calls(count), 1) is not None
