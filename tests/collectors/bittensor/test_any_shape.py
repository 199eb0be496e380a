"""Whatever shape a runtime gives to what it decodes: what reads it knows the shape, or knows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collectors.bittensor.batch import RpcCall, RpcReply
from collectors.bittensor.calls import read_calls
from collectors.bittensor.codec import Runtime, open_runtime
from collectors.bittensor.events import read_events
from collectors.bittensor.extrinsics import Extrinsic, WrittenCall, read_extrinsics
from collectors.bittensor.interface import Snapshot
from collectors.bittensor.snapshot import SnapshotReader
from collectors.bittensor.state import State
from collectors.bittensor.subnets import subnet_of
from collectors.errors import Unreadable
from monitor.bittensor.block import ChainEvent
from simulator.subtensor.runtime import runtime, storage_key
from tests.collectors.bittensor.tampered_scene import CHAIN, HEAD, PLAN

LIKE = settings(deadline=None)
FINAL = CHAIN.finalized_of(HEAD)
HASH = "0x" + "ab" * 32
NUMBER, NOW, OTHER = "0x01", "0x02", "0x03"
"""Stored values: the two that a state is held against, and all others."""
KNOWN = {f"0x{storage_key('System', 'Number').hex()}": NUMBER, f"0x{storage_key('Timestamp', 'Now').hex()}": NOW}

NAMES = (
    "bits name value data free hotkeys total_stake alpha_dividends_per_hotkey ip port ip_type delegate proxy_type "
    "delay locked min_locked Module index error Ok Err system Signed call calls event phase extrinsic_idx "
    "attributes module_id event_id address call_module call_function call_args"
)
WRAPPERS = (
    "Utility.batch Utility.if_else Utility.as_derivative Utility.dispatch_as Multisig.as_multi Proxy.proxy "
    "Sudo.sudo_as Sudo.sudo"
)
ARGUMENTS = "call calls main index threshold other_signatories real who as_origin"
MARKS = (
    "System.ExtrinsicSuccess System.ExtrinsicFailed Utility.BatchInterrupted Utility.ItemFailed "
    "Utility.BatchCompleted Multisig.MultisigExecuted Proxy.ProxyExecuted Sudo.Sudid"
)
FIELDS = "0 1 4 index error result dispatch_error sudo_result"

names = st.sampled_from(NAMES.split())
plain = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 2, 50, -1, 2**64 - 1, 2**256, 10**400, 0.5])
    | st.sampled_from(["", "0x", "0x6b61", "0xz", "Null", "Burn", "ApplyExtrinsic", "rho", CHAIN.plan.hotkey("bob")])
    | st.binary(max_size=4)
)
shapes = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(names | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=10,
)


class Shaping:
    """A decoder with the metadata of a real runtime, which decodes to whatever it is told to."""

    def __init__(self, told: Sequence[Any], also: Mapping[str, str] | None = None) -> None:
        """`also`: items of a later runtime -> those that they are like."""
        self._real, self._told, self._also = REAL.library, told, also or {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def storage_entry(self, pallet: str, name: str) -> Any:
        return self._real.storage_entry(pallet, self._also.get(name, name))

    def storage_key(self, pallet: str, name: str, parts: list[Any]) -> Any:
        return self._real.storage_key(pallet, self._also.get(name, name), parts)

    def decode(self, described: Any, data: bytes) -> Any:
        if data in (b"\x01", b"\x02"):
            return FINAL if data == b"\x01" else 1_800_000_000_000
        return self._next()

    def decode_extrinsic(self, data: bytes) -> Any:
        return self._next()

    def _next(self) -> Any:
        self._told = [*self._told[1:], self._told[0]]
        return self._told[0]


pytest.importorskip("bittensor_core", reason="the decoder is not installed")
REAL = open_runtime(runtime().metadata(15))


def shaping(*told: Any) -> Runtime:
    return Runtime(REAL.spec_version, REAL.metadata_version, Shaping(told))


def answered(call: RpcCall) -> Any:
    match call.method:
        case "chain_getHeader":
            return {"number": hex(FINAL), "parentHash": HASH}
        case "state_getRuntimeVersion":
            return {"specVersion": REAL.spec_version}
        case "state_call":
            return OTHER
    keys, block = call.params
    return [{"block": block, "changes": [[key, KNOWN.get(key, OTHER)] for key in keys]}]


def snapshot_of(*told: Any) -> Snapshot:
    reader = SnapshotReader(PLAN, shaping(*told), HASH)
    for asked in (reader.calls, reader.calls_that_follow):
        reader.take([RpcReply(answered(call)) for call in asked()])
    return reader.snapshot(HEAD)


@settings(LIKE, max_examples=120)
@given(told=st.lists(shapes, min_size=1, max_size=6))
@example(told=[2**64 - 1])
@example(told=[[1]])
@example(told=[[[5, ["a"]]]])
@example(told=["text"])
def test_a_state_of_any_shape_is_read_as_far_as_it_has_the_shapes_that_are_known(told: list[Any]) -> None:
    snapshot = snapshot_of(*told)
    for neuron in snapshot.neurons.values():
        assert {type(one) for one in (neuron.uid, neuron.alpha_stake, neuron.alpha_dividends)} <= {int, type(None)}
        assert all(type(one.hotkey) is str for one in (*(neuron.children or ()), *(neuron.parents or ())))
    for subnet in snapshot.subnets.values():
        assert all(_is_told(value) for value in (subnet.hyperparameters or {}).values())
        assert len(subnet.vectors.last_update) <= 3
        assert all(type(uid) is int for uid in subnet.vectors.total_stake or ())
    assert all(type(wallet.free) in (int, type(None)) for wallet in snapshot.coldkeys.values())


def _is_told(value: Any) -> bool:
    """As rules compare and store it."""
    return isinstance(value, bool | int | float | str) or (
        isinstance(value, tuple) and all(type(one) is int for one in value)
    )


def test_numbers_as_large_as_they_get_ask_for_no_more_commits_than_a_node_can_tell() -> None:
    reader = SnapshotReader(PLAN, shaping(2**64 - 1), HASH)
    reader.take([RpcReply(answered(call)) for call in reader.calls()])
    assert len(reader.calls_that_follow()) <= 4
    assert [neuron.commits for neuron in snapshot_of(2**64 - 1).neurons.values()] == [None] * 3


@pytest.mark.parametrize("odd", ["Other", 2, True, [1], {"Null": None}])
def test_a_consensus_that_nobody_knows_is_not_taken_for_the_common_one(odd: Any) -> None:
    state = State(Runtime(REAL.spec_version, REAL.metadata_version, Shaping([odd], {"SubnetEpochConsensus": "Tempo"})))
    state.want("SubnetEpochConsensus", 1)
    keys = state.keys()
    state.take([{"block": HASH, "changes": [[key, OTHER] for key in keys]}], HASH, keys)
    assert subnet_of(state, 1, FINAL, None, None, None).consensus is None
    assert "SubnetEpochConsensus" in state.undecoded


records = st.fixed_dictionaries(
    {
        "event": st.fixed_dictionaries(
            {"module_id": st.just("System") | shapes, "event_id": st.just("Remarked") | shapes, "attributes": shapes}
        ),
        "phase": st.just("ApplyExtrinsic") | shapes,
        "extrinsic_idx": st.just(0) | shapes,
    }
)


@settings(LIKE, max_examples=100)
@given(told=shapes | st.lists(records | shapes, max_size=3) | st.lists(records, min_size=1, max_size=3))
def test_events_of_any_shape_are_read_or_unreadable(told: Any) -> None:
    try:
        events = read_events(shaping(told), OTHER)
    except Unreadable:
        return
    written = Extrinsic(0, None, WrittenCall("System", "remark", {}))
    found = read_calls(REAL, (written,), events)
    assert len(events) == len(told)
    assert len(found.calls) + len(found.undecided) == 1


@settings(LIKE, max_examples=150)
@given(
    told=st.lists(shapes, min_size=1, max_size=3),
    wrapper=st.sampled_from(WRAPPERS.split()),
    arguments=st.dictionaries(
        st.sampled_from(ARGUMENTS.split()),
        shapes,
    ),
    marks=st.lists(
        st.tuples(
            st.sampled_from(MARKS.split()),
            st.dictionaries(st.sampled_from(FIELDS.split()), shapes),
        ),
        max_size=4,
    ),
)
@example(
    told=[0],
    wrapper="Sudo.sudo",
    arguments={},
    marks=[("System.ExtrinsicFailed", {"dispatch_error": {"Module": {"index": 7, "error": "0xzz000000"}}})],
)
def test_calls_with_arguments_and_marks_of_any_shape_are_told_or_undecided(
    told: list[Any], wrapper: str, arguments: dict[str, Any], marks: list[tuple[str, dict[str, Any]]]
) -> None:
    pallet, _, name = wrapper.partition(".")
    inner = WrittenCall("System", "remark", {})
    calls = {"calls": [inner, 3], "call": inner, "main": inner, "fallback": inner}
    written = Extrinsic(0, CHAIN.plan.hotkey("bob"), WrittenCall(pallet, name, {**calls, **arguments}))
    read = (*read_extrinsics(shaping(*told), {"block": {"extrinsics": [OTHER, 7]}}), written)
    events = [ChainEvent(mark, values, len(read) - 1) for mark, values in marks]
    found = read_calls(REAL, read, events)
    assert "extrinsic 1" in found.undecided
