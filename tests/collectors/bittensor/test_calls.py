from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.bittensor.calls import BlockCalls, read_calls
from collectors.bittensor.derived_account import derivative_account, multisig_account
from collectors.bittensor.dispatch_error import error_name, result_of
from collectors.bittensor.events import read_events
from collectors.bittensor.extrinsics import Extrinsic, WrittenCall, read_extrinsics
from monitor.bittensor.block import ChainCall, ChainEvent
from tests.collectors.bittensor.dispatching import dispatch, leaf, wrapped
from tests.collectors.bittensor.recordings import golden, runtime

ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
MODULE_ERROR = {"Module": {"index": 7, "error": "0x00000000"}}
OK = {"Ok": ()}


def read(call: WrittenCall, *events: tuple[str, dict[str, Any]], success: bool = True) -> BlockCalls:
    told = [ChainEvent(name, fields, 0) for name, fields in events]
    if success:
        told.append(ChainEvent("System.ExtrinsicSuccess", {}, 0))
    return read_calls(runtime(461), [Extrinsic(0, ALICE, call)], told)


def told(found: BlockCalls) -> list[tuple[str, bool, str | None]]:
    return [(call.name.removeprefix("Test."), call.success, call.error) for call in found.calls]


def test_a_call_on_its_own_is_told_with_its_signer() -> None:
    assert read(leaf("a")).calls == (
        ChainCall("Test.a", {"error": None, "noise": 0}, extrinsic=0, signer=ALICE, origin=ALICE),
    )


def test_a_failed_extrinsic_tells_the_error_by_its_name() -> None:
    failed = ("System.ExtrinsicFailed", {"dispatch_error": MODULE_ERROR})

    found = read(wrapped("Utility.batch_all", leaf("a"), leaf("b")), failed, success=False)

    assert told(found) == [(name, False, "SubtensorModule.RootNetworkDoesNotExist") for name in "ab"]


def test_calls_of_the_recorded_block_succeeded() -> None:
    extrinsics = read_extrinsics(runtime(461), golden()["block"]["raw"])

    found = read_calls(runtime(461), extrinsics, read_events(runtime(461), golden()["events"]["raw_hex"]))

    assert [(call.name, call.signer, call.success) for call in found.calls] == [
        ("Timestamp.set", None, True),
        ("MevShield.announce_next_key", None, True),
        ("Balances.transfer_keep_alive", ALICE, True),
    ]
    assert found.undecided == ()


def test_wrappers_of_a_real_runtime_are_taken_off_and_its_events_read() -> None:
    library = runtime(461).library
    remark = library.compose_call("System", "remark", {"remark": b"hi"})
    tempo = library.compose_call("AdminUtils", "sudo_set_tempo", {"netuid": 64, "tempo": 720})
    batch = library.compose_call("Utility", "force_batch", {"calls": [remark, tempo]})
    proxy = library.compose_call("Proxy", "proxy", {"real": BOB, "force_proxy_type": None, "call": batch})
    signed, _ = library.encode_signed_extrinsic(
        proxy, public_key=bytes(32), signature=bytes(64), signature_version=1, era="00", nonce=0, tip=0,
        tip_asset_id=None,
    )  # fmt: skip
    info = {"weight": {"ref_time": 1, "proof_size": 1}, "class": "Normal", "pays_fee": "Yes"}
    happened = [
        {"Utility": {"ItemCompleted": None}},
        {"Utility": {"ItemFailed": {"error": {"Module": {"index": 7, "error": "0x05000000"}}}}},
        {"Utility": {"BatchCompletedWithErrors": None}},
        {"Proxy": {"ProxyExecuted": {"result": OK}}},
        {"System": {"ExtrinsicSuccess": {"dispatch_info": info}}},
    ]
    records = [{"phase": {"ApplyExtrinsic": 0}, "event": event, "topics": []} for event in happened]
    raw = library.encode(runtime(461).entry("System", "Events").value_type, records)

    found = read_calls(
        runtime(461),
        read_extrinsics(runtime(461), {"block": {"extrinsics": ["0x" + signed.hex()]}}),
        read_events(runtime(461), "0x" + raw.hex()),
    )

    first, second = found.calls
    assert (first.name, first.origin, first.success) == ("System.remark", BOB, True)
    assert second.path == ("Proxy.proxy", "Utility.force_batch")
    assert (second.name, second.arguments) == ("AdminUtils.sudo_set_tempo", {"netuid": 64, "tempo": 720})
    assert (second.success, second.error) == (False, runtime(461).error_name(7, 5))


def test_a_call_by_root_is_made_as_root_and_may_fail_though_its_extrinsic_did_not() -> None:
    call = wrapped("Sudo.sudo", wrapped("Utility.batch", leaf("a"), leaf("b")))

    (one,) = read(call, ("Sudo.Sudid", {"sudo_result": {"Err": "BadOrigin"}})).calls[:1]

    assert (one.origin, one.signer, one.success, one.error) == ("root", ALICE, False, "BadOrigin")
    assert one.path == ("Sudo.sudo", "Utility.batch")


def test_what_comes_after_an_interruption_was_not_called() -> None:
    interrupted = ("Utility.BatchInterrupted", {"index": 1, "error": {"Token": "FundsUnavailable"}})

    found = read(wrapped("Utility.batch", *map(leaf, "abc")), ("Utility.ItemCompleted", {}), interrupted)

    assert told(found) == [("a", True, None), ("b", False, "Token.FundsUnavailable")]
    assert found.undecided == ()


def test_a_multisig_acts_when_the_last_has_signed() -> None:
    call = wrapped("Multisig.as_multi", leaf("a"), threshold=2, other_signatories=[BOB])

    assert read(call, ("Multisig.MultisigApproval", {})) == BlockCalls()
    (made,) = read(call, ("Multisig.MultisigExecuted", {"result": OK})).calls
    assert made.origin == multisig_account([ALICE, BOB], 2)
    assert made.success


@pytest.mark.parametrize(("mark", "expected"), [
    ("Utility.IfElseMainSuccess", [("a", True, None)]),
    ("Utility.IfElseFallbackCalled", [("a", False, "BadOrigin"), ("b", True, None)]),
])  # fmt: skip
def test_one_of_two_calls_was_made(mark: str, expected: list[Any]) -> None:
    call = WrittenCall("Utility", "if_else", {"main": leaf("a"), "fallback": leaf("b")})

    assert told(read(call, (mark, {"main_error": "BadOrigin"}))) == expected


@pytest.mark.parametrize(
    ("call", "origin"),
    [
        (wrapped("Utility.as_derivative", leaf("a"), index=3), derivative_account(ALICE, 3)),
        (wrapped("Utility.with_weight", leaf("a")), ALICE),
        (wrapped("Utility.dispatch_as_fallible", leaf("a"), as_origin={"system": "Root"}), "root"),
        (wrapped("Utility.dispatch_as_fallible", leaf("a"), as_origin={"system": {"Signed": BOB}}), BOB),
        (wrapped("Utility.dispatch_as_fallible", leaf("a"), as_origin={"x": 1}), None),
        (wrapped("Utility.as_derivative", leaf("a"), index=-1), None),
    ],
)
def test_wrappers_without_an_event_share_the_fate_of_their_call(call: WrittenCall, origin: str | None) -> None:
    (made,) = read(call).calls

    assert (made.origin, made.success) == (origin, True)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [("Utility.ItemCompleted", {})],
        [("Utility.BatchCompleted", {})],
        [("Utility.ItemCompleted", {}), ("Utility.BatchCompleted", {})],
        [("Utility.ItemCompleted", {})] * 3 + [("Utility.BatchCompleted", {})],
    ],
)
def test_events_that_do_not_fit_the_calls_decide_nothing_of_the_first(events: list[Any]) -> None:
    found = read(wrapped("Utility.batch", leaf("a"), leaf("b")), *events)

    assert "Test.a" in found.undecided
    assert all(call.name != "Test.a" for call in found.calls)


def test_an_extrinsic_whose_end_is_not_told_and_one_that_is_not_decoded_are_undecided() -> None:
    assert read(leaf("a"), success=False) == BlockCalls((), ("Test.a",))
    assert read_calls(runtime(461), [None], []) == BlockCalls((), ("extrinsic 0",))


def test_a_call_that_is_only_planned_is_not_told_as_made() -> None:
    assert [call.name for call in read(wrapped("Scheduler.schedule", leaf("a"))).calls] == ["Scheduler.schedule"]


def test_multisig_accounts_are_those_of_the_official_sdk() -> None:
    for known in golden()["multisig"]:
        assert multisig_account(known["signatories"][::-1], known["threshold"]) == known["ss58_address"]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (MODULE_ERROR, "SubtensorModule.RootNetworkDoesNotExist"),
        ({"Module": {"index": 7, "error": 0}}, "SubtensorModule.RootNetworkDoesNotExist"),
        ({"Module": {"index": 7, "error": "0xff000000"}}, None),
        ({"Module": {"index": 250, "error": "0x00000000"}}, None),
        ({"Module": {"index": -1, "error": 999}}, None),
        ({"Module": "x"}, None),
        ("BadOrigin", "BadOrigin"),
        (None, None),
        ({}, None),
    ],
)
def test_errors_are_named_or_not_known(error: Any, name: str | None) -> None:
    assert error_name(runtime(461), error) == name
    assert result_of(runtime(461), {"Err": error}) == (False, name)


names = st.integers(0, 99).map(str)
leaves = st.builds(leaf, names, st.sampled_from([None, None, None, "BadOrigin", "Exhausted"]), st.integers(0, 2))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda name, calls: wrapped(name, *calls),
            st.sampled_from(["Utility.batch", "Utility.force_batch", "Utility.batch_all"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(
            wrapped,
            st.sampled_from(["Sudo.sudo", "Proxy.proxy", "Multisig.as_multi", "Utility.as_derivative"]),
            inner,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(trees)
def test_however_calls_are_nested_each_is_told_with_what_became_of_it(call: WrittenCall) -> None:
    events, outcomes, error = dispatch(call)
    if error is not None:
        events = [("System.ExtrinsicFailed", {"dispatch_error": error})]

    found = read(call, *events, success=error is None)

    assert told(found) == outcomes
    assert found.undecided == ()


@settings(max_examples=150, deadline=None)
@given(trees, st.data())
def test_with_an_event_lost_or_repeated_no_call_is_told_twice_and_reading_goes_on(
    call: WrittenCall, data: st.DataObject
) -> None:
    events, _, error = dispatch(call)
    if error is not None or not events:
        return
    index = data.draw(st.integers(0, len(events) - 1))
    changed = events[:index] + events[index + 1 :] if data.draw(st.booleans()) else [*events, events[index]]

    found = read(call, *changed)

    assert len(found.calls) + len(found.undecided) <= sum(1 for _ in _leaves(call))


def _leaves(call: WrittenCall) -> list[WrittenCall]:
    if call.pallet == "Test":
        return [call]
    inside = call.arguments.get("calls") or [call.arguments["call"]]
    return [one for inner in inside for one in _leaves(inner)]
