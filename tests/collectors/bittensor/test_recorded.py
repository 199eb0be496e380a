from __future__ import annotations

import json
from typing import Any

import pytest

from collectors.bittensor import runtime_calls, ss58
from collectors.bittensor.batch import RpcCall, RpcReply, read_batch
from collectors.bittensor.codec import Runtime
from collectors.bittensor.events import read_events
from collectors.bittensor.extrinsics import read_extrinsics
from collectors.bittensor.hexadecimal import to_number
from collectors.bittensor.items import WATCHED
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.metadata import unwrap
from collectors.bittensor.rpc_error import MethodMissing, RpcFailed, RuntimeMethodMissing, StateDiscarded
from collectors.errors import SourceError, Unreadable
from tests.collectors.bittensor.recordings import metadata, plain, recording, runtime
from tests.collectors.bittensor.replay import replays, replica
from tests.collectors.raw_node import RawNode, client_for

HASH_106 = "0x077a9b4a063749ce11b841bde77dcaa8b83e3058abe2e74945c32cf437a44a8d"


def frames() -> list[tuple[str, list[Any], Any]]:
    """Method, params and frame of every recorded answer of finney and test."""
    found = []
    for methods in recording("finney_sdk_ws_frames").values():
        for method, by_params in methods.items():
            for params, frame in by_params.items():
                found += [(method, json.loads(params), one) for one in frame.get("__cycle__", [frame])]
    return found


def read(frame: Any) -> RpcReply:
    return read_batch({**frame, "id": 1}, 1, 1)[0]


def item_of(opened: Runtime, key: str) -> tuple[str, str] | None:
    """The watched item that a key belongs to."""
    for item in WATCHED:
        if opened.has_item(item.pallet, item.name) and key.startswith(opened.prefix(item.pallet, item.name)):
            return item.pallet, item.name
    return None


def test_every_recorded_frame_is_read() -> None:
    problems = []
    for method, _, frame in frames():
        reply = read(frame)
        if reply.problem is not None:
            problems.append(type(reply.problem))
        elif method == "chain_getHeader":
            assert to_number(reply.value["number"]) > 0
        elif method == "state_getRuntimeVersion":
            assert 200 < reply.value["specVersion"] < 400
    assert problems == [StateDiscarded] * 3


def test_every_recorded_value_of_a_watched_item_is_decoded() -> None:
    opened = runtime(315)
    decoded = []
    for method, params, frame in frames():
        value = read(frame).value
        if method == "state_getStorageAt":
            pairs = [(params[0], value)]
        elif method == "state_queryStorageAt":
            pairs = value[0]["changes"]
            assert [key for key, _ in pairs] == params[0], "a node tells every key it was asked for"
        else:
            continue
        for key, raw in pairs:
            item = item_of(opened, key)
            if item is not None:
                opened.decode(*item, raw)
                opened.decode_map(*item, [[key, raw]])
                decoded.append(item[1])
    assert len(decoded) > 200
    assert {"LastUpdate", "Bonds", "Uids", "IsNetworkMember", "NetworksAdded"} <= set(decoded)


def test_the_recorded_calls_of_the_replica_are_answered_in_batches() -> None:
    pairs = [pair for pair in replica() if isinstance(pair["request"], dict)]
    calls = [RpcCall(pair["request"]["method"], tuple(pair["request"]["params"])) for pair in pairs]

    with RawNode(replays()) as node, client_for(node.url, max_body=20_000_000) as client:
        replies = JsonRpc(client).ask(calls).replies

        assert [len(json.loads(asked.body)) for asked in node.asked] == [50, 50, 4]
    for pair, reply in zip(pairs, replies, strict=True):
        if "error" in pair["response"]:
            assert isinstance(reply.problem, SourceError), pair["note"]
        else:
            assert reply.result() == pair["response"]["result"]
    problems = [type(reply.problem) for reply in replies if reply.problem is not None]
    assert problems == [RpcFailed, RuntimeMethodMissing, MethodMissing, RpcFailed, RpcFailed, RpcFailed]


def test_a_recorded_batch_and_a_recorded_refusal_are_read() -> None:
    batch, malformed = (pair["response"] for pair in replica() if not isinstance(pair["request"], dict))

    first, second = read_batch(batch, 1, 2)
    assert first.result() == "bittensor"
    with pytest.raises(MethodMissing):
        second.result()
    with pytest.raises(RpcFailed):
        read_batch(malformed, 1, 2)


def test_the_replica_tells_its_metadata_and_everything_it_stores_and_computes_is_decoded() -> None:
    with RawNode(replays()) as node, client_for(node.url, max_body=20_000_000) as client:
        told = JsonRpc(client).one("state_call", "Metadata_metadata_at_version", "0x0f000000").value
    assert unwrap(told) == metadata(293, 15)

    opened = runtime(293)
    dividends: dict[str, dict[Any, Any]] = {"TaoDividendsPerSubnet": {}, "AlphaDividendsPerSubnet": {}}
    computed = 0
    for pair in replica():
        request, response = pair["request"], pair["response"]
        if not isinstance(request, dict) or "error" in response:
            continue
        method, params, result = request["method"], request["params"], response["result"]
        if method == "state_queryStorageAt":
            name = pair["note"].split(" ")[0]
            dividends[name] |= opened.decode_map("SubtensorModule", name, result[0]["changes"])
        elif method == "state_getStorage" and (item := item_of(opened, params[0])) is not None:
            opened.decode(*item, result)
        elif method == "state_call":
            api, _, name = params[0].partition("_")
            if runtime_calls.has_method(opened, api, name):
                runtime_calls.decode_result(opened, api, name, result)
                computed += 1
    assert [len(found) for found in dividends.values()] == [1024, 1024]
    assert {netuid for netuid, _ in dividends["AlphaDividendsPerSubnet"]} == {1}
    assert computed > 20


def test_the_events_and_extrinsics_of_the_replica_are_read() -> None:
    answers = {(pair["request"]["method"], pair["note"]): pair["response"] for pair in replica()[:104]}
    (events,) = [response["result"] for (_, note), response in answers.items() if note == "System.Events"]
    blocks = [pair["response"]["result"] for pair in replica()[:104] if pair["request"]["method"] == "chain_getBlock"]

    assert [event.name for event in read_events(runtime(293), events)] == ["System.ExtrinsicSuccess"]
    assert len(blocks) == 2
    for block in blocks:
        assert None not in read_extrinsics(runtime(293), block)


def test_1024_neurons_are_read_as_another_library_read_them() -> None:
    expected = recording("finney_sn1_block6852690_spec343_decoded")["NeuronInfoRuntimeApi_get_neurons_lite"]
    (raw,) = [
        read(frame).value
        for method, params, frame in frames()
        if method == "state_call" and params[0].endswith("get_neurons_lite") and len(params) == 3
    ]

    found = runtime_calls.decode_result(runtime(343), "NeuronInfoRuntimeApi", "get_neurons_lite", raw)

    assert len(found) == len(expected) == 1024
    same = [name for name, value in expected[0].items() if not isinstance(value, list | dict | str)]
    assert len(same) > 10
    for one, other in zip(found, expected, strict=True):
        assert {name: one[name] for name in same} == {name: other[name] for name in same}
        assert ss58.decode(one["hotkey"]).hex() == other["hotkey"][2:]


def test_a_metagraph_is_read_as_another_library_read_it() -> None:
    expected = recording("finney_sn1_block6852690_spec343_decoded")["SubnetInfoRuntimeApi_get_selective_mechagraph"]
    (raw,) = [
        read(frame).value
        for method, params, frame in frames()
        if method == "state_call" and params[0].endswith("get_selective_mechagraph")
    ]

    found = runtime_calls.decode_result(runtime(343), "SubnetInfoRuntimeApi", "get_selective_mechagraph", raw)

    assert set(found) == set(expected)
    for name in ("netuid", "block", "tempo", "last_update", "incentives", "dividends", "emission", "total_stake"):
        assert plain(found[name]) == expected[name], name


@pytest.mark.parametrize("raw", ["0x", "0x0g", "0x11223344556677889900", "17", None, 17])
def test_a_number_that_is_none_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        to_number(raw)
    assert to_number("0x00000043") == 67
