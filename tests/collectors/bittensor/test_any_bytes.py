"""Whatever bytes a node tells: what cannot be decoded is unknown, and never another thing than the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.subtensor.hashing import twox128
from simulator.subtensor.runtime import runtime, storage_key
from tests.collectors.bittensor.tampered_scene import CHAIN, HEAD, OF_A_BLOCK, STORAGE, Scene, known, of_the_state
from tests.collectors.bittensor.tampering import Json, Tamper, TamperedNode, flipped, invented, other_length

LIKE = settings(deadline=None)

EVENTS = f"0x{storage_key('System', 'Events').hex()}"
WITHOUT_WHICH_NOTHING_IS_READ = ("System.Number", "Timestamp.Now")
NOT_DECODED = ("System.LastRuntimeUpgrade", "SubnetTAO", "SubnetAlphaIn", "ImmunityPeriod")
"""The first is read before any decoder, the next two where the runtime does not tell the price, the last by others."""
RUNTIME_CALLS = (
    "SubnetInfoRuntimeApi_get_subnet_hyperparams_v3",
    "SubnetInfoRuntimeApi_get_selective_metagraph",
    "SwapRuntimeApi_current_alpha_price",
)
changes = st.integers(-12, 3).filter(bool)
"""Bytes too many, or too few."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with TamperedNode(CHAIN, HEAD) as node:
        yield Scene(node, tmp_path_factory.mktemp("cache"))


@cache
def item_of(key: str) -> str:
    """As `State` calls it."""
    for pallet in runtime().schema.pallets:
        for entry in pallet.storage:
            if key.startswith(f"0x{(twox128(pallet.prefix or pallet.name) + twox128(entry.name)).hex()}"):
                return entry.name if pallet.name == "SubtensorModule" else f"{pallet.name}.{entry.name}"
    raise KeyError(key)


def with_stored(key: str, spoil: Callable[[str], str]) -> Tamper:
    """In the state only: a block's own three values are asked for apart."""

    def tamper(method: str, params: list[Json], result: Json) -> Json:
        if not of_the_state(method, params):
            return result
        pairs = [[one, spoil(raw) if one == key and raw is not None else raw] for one, raw in result[0]["changes"]]
        return [{**result[0], "changes": pairs}]

    return tamper


@settings(LIKE, max_examples=80)
@given(number=st.integers(0, 10**6), change=changes)
def test_a_stored_value_with_bytes_too_many_or_too_few_is_told_as_unread_and_no_default_is_taken_for_it(
    scene: Scene, number: int, change: int
) -> None:
    keys = [key for key in scene.keys if item_of(key) not in NOT_DECODED]
    key = keys[number % len(keys)]
    found = scene.collect(with_stored(key, lambda raw: other_length(raw, change)))
    if found.snapshots:
        assert found.error == ""
        assert found.snapshot.chain.undecoded == (item_of(key),)
        assert list(invented(scene.true.snapshot, known(found))) == []
    else:
        assert item_of(key) in WITHOUT_WHICH_NOTHING_IS_READ
        assert found.error != ""


@settings(LIKE, max_examples=40)
@given(number=st.integers(0, 10**6), at=st.integers(0, 10**6))
def test_whichever_bit_of_the_state_is_another_one_the_collection_ends(scene: Scene, number: int, at: int) -> None:
    found = scene.collect(with_stored(scene.keys[number % len(scene.keys)], lambda raw: flipped(raw, at)))
    assert found.snapshots or found.error


@settings(LIKE, max_examples=40)
@given(number=st.integers(0, 2), method=st.sampled_from(RUNTIME_CALLS), change=changes)
def test_what_a_runtime_call_tells_with_bytes_too_many_or_too_few_is_told_as_unread(
    scene: Scene, number: int, method: str, change: int
) -> None:
    argument = f"0x0{number + 1}00"

    def tamper(asked: str, params: list[Json], result: Json) -> Json:
        ours = params[:1] == [method] and params[1][:6] == argument
        return other_length(result, change) if ours else result

    found = scene.collect(tamper)
    assert found.error == ""
    assert found.snapshot.chain.undecoded == (method.replace("_", ".", 1),)
    assert [one for one in invented(scene.true.snapshot, known(found)) if ".alpha_price" not in one] == []


@settings(LIKE, max_examples=40)
@given(method=st.sampled_from(RUNTIME_CALLS), data=st.binary(max_size=60), at=st.integers(0, 10**6))
def test_whatever_bytes_a_runtime_call_tells_the_rest_of_the_state_is_read(
    scene: Scene, method: str, data: bytes, at: int
) -> None:
    def tamper(asked: str, params: list[Json], result: Json) -> Json:
        if params[:1] != [method]:
            return result
        return flipped(result, at) if at % 2 else f"0x{data.hex()}"

    found = scene.collect(tamper)
    assert found.error == ""
    assert [neuron.last_update for neuron in found.snapshot.neurons.values()] == [
        neuron.last_update for neuron in scene.true.snapshot.neurons.values()
    ]


@settings(LIKE, max_examples=40)
@given(change=changes, block=st.integers(0, 2))
def test_a_block_whose_events_cannot_be_decoded_is_a_gap_and_the_others_are_read(
    scene: Scene, change: int, block: int
) -> None:
    spoiled = scene.true.blocks[block].hash

    def tamper(method: str, params: list[Json], result: Json) -> Json:
        if method != STORAGE or len(params[0]) != OF_A_BLOCK or params[1] != spoiled:
            return result
        pairs = [[key, other_length(raw, change) if key == EVENTS else raw] for key, raw in result[0]["changes"]]
        return [{**result[0], "changes": pairs}]

    found = scene.collect(tamper)
    level = scene.true.blocks[block].level
    assert [(gap.from_level, gap.to_level) for gap in found.gaps] == [(level, level)]
    assert [facts.block for one in found.read for facts in one.facts] == [
        one.level for one in scene.true.blocks if one.level != level
    ]
    assert (found.levels, found.error) == (scene.true.levels, "")


@settings(LIKE, max_examples=40)
@given(number=st.integers(0, 50), how=st.sampled_from(["flip", "length", "bytes"]), at=st.integers(0, 10**6))
def test_whatever_becomes_of_an_extrinsic_or_of_events_every_block_is_passed(
    scene: Scene, number: int, how: str, at: int
) -> None:
    def spoil(raw: str) -> str:
        if how == "length":
            return other_length(raw, at % 16 - 12 or 1)
        return flipped(raw, at) if how == "flip" else f"0x{at:08x}" * (at % 3)

    def tamper(method: str, params: list[Json], result: Json) -> Json:
        if method == "chain_getBlock":
            written = result["block"]["extrinsics"]
            place = number % len(written)
            spoiled = [spoil(one) if here == place else one for here, one in enumerate(written)]
            return {**result, "block": {**result["block"], "extrinsics": spoiled}}
        if number % 2 and method == STORAGE and len(params[0]) == OF_A_BLOCK and how != "bytes":
            pairs = [[key, spoil(raw) if key == EVENTS else raw] for key, raw in result[0]["changes"]]
            return [{**result[0], "changes": pairs}]
        return result

    found = scene.collect(tamper)
    assert (found.levels, found.error) == (scene.true.levels, "")


def test_where_one_subnet_cannot_be_compared_nobody_s_rank_is_known(scene: Scene) -> None:
    added = next(key for key in scene.keys if item_of(key) == "NetworksAdded")
    found = scene.collect(with_stored(added, lambda raw: other_length(raw, 1)))
    assert scene.true.snapshot.chain.standings is not None
    assert found.snapshot.chain.standings is None


def test_where_the_number_of_mechanisms_is_unread_the_first_is_not_taken_for_all(scene: Scene) -> None:
    counts = [key for key in scene.keys if item_of(key) == "MechanismCountCurrent"]
    found = scene.collect(with_stored(counts[1], lambda raw: other_length(raw, 1)))
    vectors = found.snapshot.subnets[2].vectors
    assert (vectors.last_update, vectors.incentive) == ((None,), (None,))
    assert found.snapshot.neurons[2, CHAIN.plan.hotkey("alice")].commits is None
