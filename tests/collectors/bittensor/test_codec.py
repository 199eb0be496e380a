from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.bittensor import runtime_calls, ss58
from collectors.bittensor.codec import open_runtime
from collectors.bittensor.events import fields_of, read_events
from collectors.bittensor.extrinsics import WrittenCall, read_extrinsics
from collectors.errors import Unreadable
from tests.collectors.bittensor.recordings import METADATA, golden, metadata, plain, recording, runtime
from tests.recorded import recorded_json

ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


@pytest.mark.parametrize(("spec", "version"), METADATA)
def test_metadata_of_every_recorded_runtime_are_opened_and_name_their_runtime(spec: int, version: int) -> None:
    opened = open_runtime(metadata(spec, version), spec)

    assert (opened.spec_version, opened.metadata_version) == (spec, version)
    assert opened.decode("System", "Number", "0x43000000") == 67


@pytest.mark.parametrize("spec", [346, 381, 393])
def test_metadata_of_version_16_are_refused_with_words(spec: int) -> None:
    with pytest.raises(Unreadable, match=r"^metadata of version 16 is not supported: versions 14 and 15 are$"):
        open_runtime(metadata(spec, 16))


def test_metadata_of_another_runtime_than_was_asked_for_are_refused() -> None:
    with pytest.raises(Unreadable, match=r"^metadata are of runtime 343, not 461$"):
        open_runtime(metadata(343, 15), 461)


@pytest.mark.parametrize("spec", ["343", "461"])
@pytest.mark.parametrize("version", [14, 15])
def test_every_storage_item_is_described_as_its_metadata_have_it(spec: str, version: int) -> None:
    opened = runtime(int(spec), version)

    for name, (hashers, _, _, modifier, value_type, default) in recorded_json("bittensor/storage-343-461.json")[
        spec
    ].items():
        pallet, item = name.split(".")
        described = opened.item(pallet, item)
        assert list(described.hashers) == hashers, name
        assert described.value_type == value_type, name
        assert described.has_default == (modifier == "Default"), name
        assert bytes(opened.entry(pallet, item).default_bytes).hex() == default, name
        opened.decode_default(pallet, item)


def test_a_number_in_a_wrapper_has_the_shape_of_the_number() -> None:
    old, new = runtime(343).item("SubtensorModule", "Emission"), runtime(461).item("SubtensorModule", "Emission")

    assert (old.value_type, new.value_type) == ("Vec<u64>", "Vec<AlphaBalance>")
    assert old.shape == new.shape


def test_storage_keys_are_those_of_the_official_sdk() -> None:
    opened = runtime(461)

    for key in golden()["storage_keys"]:
        made = opened.prefix(key["pallet"], key["storage_function"], *key["params"])
        assert made == key["key_hex"]
        if len(key["params"]) == len(opened.item(key["pallet"], key["storage_function"]).hashers):
            assert opened.storage_key(key["pallet"], key["storage_function"], *key["params"]) == made


@pytest.mark.parametrize("parts", [(), (1, 2), ("x",), (70_000,), (-1,), (1.5,), (None,)])
def test_a_key_of_other_parts_is_refused(parts: tuple[object, ...]) -> None:
    with pytest.raises(Unreadable):
        runtime(461).storage_key("SubtensorModule", "Tempo", *parts)


def test_storage_values_are_those_of_the_official_sdk() -> None:
    for value in golden()["storage_values"]:
        decoded = runtime(461).decode(value["pallet"], value["storage_function"], value["raw_hex"])
        assert plain(decoded) == value["decoded"]


def test_nothing_stored_reads_as_the_default_or_as_nothing() -> None:
    assert runtime(461).decode("SubtensorModule", "LastUpdate", None) == []
    assert runtime(461).decode("SubtensorModule", "SubnetOwner", None) == ss58.NO_ACCOUNT
    assert runtime(461).decode("SubtensorModule", "Uids", None) is None


@pytest.mark.parametrize("raw", ["0x", "0x64", "0x640000", "6400", "0x640", "0xzz00", 100, ["0x6400"]])
def test_a_value_with_bytes_missing_or_left_over_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        runtime(461).decode("SubtensorModule", "Tempo", raw)  # type: ignore[arg-type]


def test_maps_are_those_of_the_official_sdk() -> None:
    for told in golden()["query_maps"]:
        fixed = told["params"]
        found = runtime(461).decode_map(told["pallet"], told["storage_function"], told["raw_changes"])
        expected = {
            (*fixed, *(key if isinstance(key, list) else [key])): value for key, value in map(tuple, told["pairs"])
        }
        assert {key: plain(value) for key, value in found.items()} == expected


def test_a_key_of_another_item_or_with_a_wrong_hash_is_no_key_of_the_map() -> None:
    opened = runtime(461)
    good = opened.storage_key("SubtensorModule", "Uids", 1, ALICE)
    wrong_hash = opened.prefix("SubtensorModule", "Uids", 1) + "00" * 16 + good[-64:]
    foreign = opened.prefix("SubtensorModule", "Axons", 1) + good[-96:]

    assert opened.decode_map("SubtensorModule", "Uids", [[good, "0x0700"]]) == {(1, ALICE): 7}
    assert opened.decode_map("SubtensorModule", "Uids", [[good, None]]) == {}
    for changes in ([[wrong_hash, "0x0700"]], [[foreign, "0x0700"]], [[good]], [[good, 7]], ["x"], [[good[:70], "0x"]]):
        with pytest.raises(Unreadable):
            opened.decode_map("SubtensorModule", "Uids", changes)


def test_two_hundred_pairs_of_two_maps_of_finney_are_read() -> None:
    recorded = recording("asi_decode_fixtures_spec393")
    opened = open_runtime(bytes.fromhex(recorded["metadata_hex"][2:]), 393)
    for title, item, parts in (("Uids (u16, N=100)", "Uids", 2), ("TotalHotkeyAlpha (N=100)", "TotalHotkeyAlpha", 2)):
        scenario = recorded["scenarios"][title]
        keys, values = scenario["bytes_list"][:100], scenario["bytes_list"][100:]
        prefix = opened.prefix("SubtensorModule", item)
        changes = [[prefix + key, "0x" + value] for key, value in zip(keys, values, strict=True)]
        found = opened.decode_map("SubtensorModule", item, changes)
        assert len(found) == 100
        assert all(len(key) == parts for key in found)


def test_constants_and_errors_are_found_by_name() -> None:
    for constant in golden()["constants"]:
        assert runtime(461).constant(constant["module"], constant["name"]) == constant["decoded"]
    assert runtime(461).error_name(7, 0) == "SubtensorModule.RootNetworkDoesNotExist"
    for call in (lambda: runtime(461).constant("System", "Nope"), lambda: runtime(461).error_name(7, 255)):
        with pytest.raises(Unreadable):
            call()


def test_runtime_calls_are_those_of_the_official_sdk() -> None:
    opened = runtime(461)
    for call in golden()["runtime_calls"]:
        api, method = call["api"], call["method"]
        assert runtime_calls.has_method(opened, api, method)
        assert runtime_calls.encode_arguments(opened, api, method, *call["params"]) == "0x" + call["encoded_params_hex"]
        assert plain(runtime_calls.decode_result(opened, api, method, call["raw_hex"])) == call["decoded"]
        with pytest.raises(Unreadable):
            runtime_calls.decode_result(opened, api, method, call["raw_hex"] + "00")


def test_runtime_calls_are_told_absent_where_metadata_do_not_describe_them() -> None:
    assert not runtime_calls.has_method(runtime(343), "SubnetInfoRuntimeApi", "get_subnet_hyperparams_v3")
    assert not runtime_calls.has_method(runtime(461, 14), "SubnetInfoRuntimeApi", "get_subnet_hyperparams_v3")
    with pytest.raises(Unreadable):
        runtime_calls.encode_arguments(runtime(461, 14), "SubnetInfoRuntimeApi", "get_subnet_hyperparams_v3", 1)


def test_events_are_those_of_the_official_sdk() -> None:
    recorded = golden()["events"]

    found = read_events(runtime(461), recorded["raw_hex"])

    assert [(event.name, plain(event.fields), event.extrinsic) for event in found] == [
        (f"{told['module_id']}.{told['event_id']}", told["attributes"] or {}, told["extrinsic_idx"])
        for told in recorded["decoded"]
    ]


def test_fields_without_names_are_told_by_position() -> None:
    assert fields_of((1, 2, ALICE)) == {"0": 1, "1": 2, "2": ALICE}
    assert fields_of(7) == {"0": 7}
    assert fields_of({"Err": "BadOrigin"}) == {"0": {"Err": "BadOrigin"}}
    assert fields_of({"old": 1}) == {"old": 1}
    assert fields_of(None) == {}


def test_extrinsics_of_a_block_tell_their_signer_and_call() -> None:
    found = read_extrinsics(runtime(461), golden()["block"]["raw"])

    assert [(one.signer, str(one.call)) for one in found if one is not None] == [
        (None, "Timestamp.set"),
        (None, "MevShield.announce_next_key"),
        (ALICE, "Balances.transfer_keep_alive"),
    ]
    assert found[2] is not None
    assert found[2].call.arguments["value"] == 1_000_000_000


def test_an_extrinsic_that_cannot_be_decoded_leaves_the_others_readable() -> None:
    block = {"block": {"extrinsics": ["0x280502000b7e817aa7a001", "0x0401", None]}}

    found = read_extrinsics(runtime(461), block)

    assert found[0] is not None
    assert found[0].call == WrittenCall("Timestamp", "set", {"now": 1789516218750})
    assert found[1:] == (None, None)
    others: list[Any] = [None, {}, {"block": []}, {"block": {"extrinsics": {}}}]
    for other in others:
        with pytest.raises(Unreadable):
            read_extrinsics(runtime(461), other)


def test_calls_nested_deeper_than_any_runtime_allows_are_not_decoded() -> None:
    body = bytes.fromhex("0b0004") * 100_000
    raw = ((len(body) + 1) << 2 | 2).to_bytes(4, "little") + b"\x04" + body

    assert read_extrinsics(runtime(461), {"block": {"extrinsics": ["0x" + raw.hex()]}}) == (None,)


ITEMS = (
    "LastUpdate",
    "Uids",
    "PendingChildKeys",
    "TimelockedWeightCommits",
    "Axons",
    "IdentitiesV2",
    "MinerCollateral",
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ITEMS), st.binary(max_size=80))
def test_any_bytes_are_a_value_or_unreadable(item: str, data: bytes) -> None:
    opened = runtime(461)
    try:
        value = opened.decode("SubtensorModule", item, "0x" + data.hex())
    except Unreadable:
        return
    described = opened.entry("SubtensorModule", item).value_type
    # What was accepted says the same again; a compact length may have been written longer than needed.
    assert opened.library.decode(described, bytes(opened.library.encode(described, value))) == value


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_events_with_damage_are_events_or_unreadable(position: int, damage: bytes) -> None:
    raw = bytes.fromhex(golden()["events"]["raw_hex"][2:])
    with contextlib.suppress(Unreadable):
        read_events(runtime(461), "0x" + (raw[:position] + damage + raw[position + len(damage) :]).hex())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 296_314), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_metadata_are_opened_or_unreadable(position: int, damage: bytes, cut: bool) -> None:
    raw = metadata(343, 15)
    damaged = raw[:position] if cut else raw[:position] + damage + raw[position + len(damage) :]
    try:
        opened = open_runtime(damaged)
        opened.item("System", "Account")
        opened.decode("SubtensorModule", "Tempo", "0x6400")
    except Unreadable:
        pass
