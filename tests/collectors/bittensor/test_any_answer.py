"""Whatever JSON a node answers: a collection ends with what it knows, and raises nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.collectors.bittensor.any_json import json_values
from tests.collectors.bittensor.tampered_scene import CHAIN, HEAD, Scene
from tests.collectors.bittensor.tampering import Json, TamperedNode, flipped, other_length

LIKE = settings(deadline=None)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with TamperedNode(CHAIN, HEAD) as node:
        yield Scene(node, tmp_path_factory.mktemp("cache"))


# Any JSON -----------------------------------------------------------------------------------------------------------


@settings(LIKE, max_examples=40)
@given(body=st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()))
@example(body=b"[" * 100_000)
@example(body=b'{"jsonrpc":"2.0","id":1,"result":NaN}')
@example(body=b'[{"id":1,"result":' + b"9" * 6_000 + b"}]")
@example(body=b'[{"id":1.0,"result":1e999}]')
@example(body=b'[{"id":true,"result":"0x"},{"id":"1","result":null},{"id":-1,"error":[]}]')
@example(body=b'{"id":null,"error":{"code":1e99,"message":[],"data":{"a":[[[[]]]]}}}')
def test_whatever_body_comes_the_collection_ends_with_an_error_and_nothing_else(scene: Scene, body: bytes) -> None:
    found = scene.collect(body=body)
    assert found.items == [found.finished]
    assert found.error != ""
    assert found.finished.caught_up is False


@settings(LIKE, max_examples=60)
@given(results=st.lists(json_values, min_size=1, max_size=4))
def test_whatever_results_stand_in_a_well_formed_answer_nothing_is_read_from_them(
    scene: Scene, results: list[Json]
) -> None:
    found = scene.collect(lambda method, params, result: results[len(method) % len(results)])
    assert found.items == [found.finished]
    assert found.error != ""


METHODS = [
    "chain_getFinalizedHead",
    "chain_getHeader",
    "chain_getBlockHash",
    "chain_getBlock",
    "state_getRuntimeVersion",
    "state_queryStorageAt",
    "state_call",
]


def _places(value: Json) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_places(one) for one in inside)


def _replaced(value: Json, place: int, by: Json) -> Json:
    """The part of a JSON value that is met there, from the outside in, made another one."""
    if place == 0:
        return by
    place -= 1
    names = list(value) if isinstance(value, dict) else range(len(value))
    for name in names:
        held = _places(value[name])
        if place < held:
            copy = value.copy()
            copy[name] = _replaced(value[name], place, by)
            return copy
        place -= held
    raise IndexError


@settings(LIKE, max_examples=150)
@given(
    method=st.sampled_from(METHODS),
    by=json_values,
    place=st.integers(0, 30) | st.integers(0, 10**6),
    times=st.sampled_from([1, 2, 99]),
)
def test_any_part_of_any_true_answer_may_be_replaced_by_anything(
    scene: Scene, method: str, by: Json, place: int, times: int
) -> None:
    left = [times]

    def tamper(asked: str, params: list[Json], result: Json) -> Json:
        left[0] -= asked == method
        return _replaced(result, place % _places(result), by) if asked == method and left[0] >= 0 else result

    found = scene.collect(tamper)
    assert found.snapshots or found.error


@pytest.mark.parametrize("odd", ["\ud800", "", "0x", "0x" + "zz" * 32, "0x" + "ab" * 33, 7])
def test_what_is_no_hash_never_becomes_a_block_s_predecessor(scene: Scene, odd: Json) -> None:
    def tamper(method: str, params: list[Json], result: Json) -> Json:
        if method != "chain_getBlock":
            return result
        return {"block": {**result["block"], "header": {**result["block"]["header"], "parentHash": odd}}}

    found = scene.collect(tamper)
    assert (found.blocks, len(found.snapshots)) == ([], 1)
    assert found.error in ("not a block's hash", "not a hexadecimal text")


# Metadata -----------------------------------------------------------------------------------------------------------


@settings(LIKE, max_examples=40)
@given(at=st.integers(0, 10**7), change=st.integers(-5_000, 3).filter(bool), flip=st.booleans())
@example(at=0, change=-386_000, flip=False)
def test_spoiled_metadata_are_an_error_or_are_read_as_they_stand(
    scene: Scene, tmp_path_factory: pytest.TempPathFactory, at: int, change: int, flip: bool
) -> None:
    def tamper(method: str, params: list[Json], result: Json) -> Json:
        if params[:1] != ["Metadata_metadata_at_version"]:
            return result
        return flipped(result, at) if flip else other_length(result, change)

    found = scene.collect(tamper, cache=tmp_path_factory.mktemp("fresh"))
    assert found.error or (flip and found.snapshots)
