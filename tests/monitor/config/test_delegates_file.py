from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.delegates_file import parse_watch_list
from monitor.config.problem import ConfigError
from monitor.config.watch_list import AlertLimit, Delegate, DelegateAlerts, WatchList
from tests.monitor.config.addresses import ALICE, BOB, CAROL, address


def faults(document: Any) -> list[str]:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ConfigError) as caught:
        parse_watch_list(text, "delegates.json")
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return str(caught.value).splitlines()


def test_a_plain_list_of_addresses_and_names_is_read() -> None:
    watch_list = parse_watch_list(json.dumps([{"address": ALICE, "name": "alice"}, {"address": BOB}]), "d.json")
    assert watch_list == WatchList(tezos=(Delegate(address=ALICE, name="alice"), Delegate(address=BOB)))


def test_the_object_form_holds_limits_network_and_runbook() -> None:
    document = {
        "$schema": "./delegates.schema.json",
        "tezos": [
            {
                "address": ALICE,
                "network": "shadownet",
                "runbook": "ssh bkr1",
                "channels": ["telegram:night-shift", "console"],
                "alerts": {"baking": {"threshold": 2, "window": 50}, "attestation": {"threshold": 5}},
            }
        ],
    }
    (alice,) = parse_watch_list(json.dumps(document), "d.json").tezos
    assert (alice.network, alice.runbook) == ("shadownet", "ssh bkr1")
    assert alice.channels == ("telegram:night-shift", "console")
    assert alice.alerts == DelegateAlerts(
        baking=AlertLimit(threshold=2, window=50), attestation=AlertLimit(threshold=5, window=None)
    )


def test_every_fault_is_told_at_once_with_line_path_and_fix() -> None:
    text = f"""{{
  "bitensor": [],
  "tezos": [
    {{"address": "{ALICE}", "name": 7}},   // mine
    {{"address": "{ALICE}", "nmae": "bob"}},
    {{"address": "{CAROL[:-1]}x", "alerts": {{"baking": {{"threshold": 0, "window": "day"}}}}}},
    {{"address": "KT1PWx2mnDueood7fEmfbBDKx1D9BAnnXitn",}},
    {{"name": "nobody"}},
  ],
  'channels': {{}}
}}"""
    assert faults(text) == [
        'delegates.json:2: bitensor: is not a known key; fix: write "bittensor"',
        "delegates.json:4: tezos: comments are not allowed in JSON; fix: remove it",
        'delegates.json:4: tezos[0].name: 7 is not a text; fix: write "alice"',
        'delegates.json:5: tezos[1].nmae: is not a known key; fix: write "name"',
        "delegates.json:5: tezos[1].address: is on the list already (line 4); fix: remove one of the two",
        f'delegates.json:6: tezos[2].address: "{CAROL[:-1]}x" has at least one wrong character'
        " (its checksum does not fit); fix: copy the address again, whole",
        "delegates.json:6: tezos[2].alerts.baking.threshold: 0 is less than 1; fix: write 1 or more",
        'delegates.json:6: tezos[2].alerts.baking.window: "day" is not a whole number; fix: write e.g. 100',
        "delegates.json:7: tezos[3]: a comma before }; fix: remove the comma",
        'delegates.json:7: tezos[3].address: "KT1PWx2mnDueood7fEmfbBDKx1D9BAnnXitn" is a contract, not a baker;'
        " fix: write the baker's own address: tz1…, tz2…, tz3… or tz4…",
        "delegates.json:8: tezos: a comma before ]; fix: remove the comma",
        'delegates.json:8: tezos[4].address: is missing; fix: add "address": "tz1…"',
        'delegates.json:10: single quotes; fix: write " in place of them',
        "delegates.json:10: channels: is not a known key; fix: remove it (known: tezos, bittensor, groups)",
    ]


def test_paths_in_a_plain_list_begin_with_the_position() -> None:
    assert faults([{"address": ALICE}, {"address": 3}]) == [
        'delegates.json:1: [1].address: 3 is not a text; fix: write "tz1…"'
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "watches nobody"),
        ({"tezos": []}, "watches nobody"),
        ({}, 'watches nobody; fix: add "tezos": [{"address": "tz1…", "name": "alice"}], or "bittensor"'),
        ("null", "holds null"),
        ("", "the file is empty"),
        (3, "3 is not an object"),
        ([ALICE], "is not an object"),
        ({"tezos": {"address": ALICE}}, "is not a list"),
        ([{"address": ALICE, "name": ""}], "is empty"),
        ([{"address": ALICE, "name": "a\nb"}], "line break"),
        ([{"address": ALICE, "name": "\ud800"}], "half a character"),
        ([{"address": ALICE, "name": "x" * 65}], "is 65 characters long"),
        ([{"address": ALICE, "network": "Shadow Net"}], "is not the name of a network"),
        ([{"address": ALICE, "alerts": {"baking": {"threshold": True}}}], "true is not a whole number"),
        ([{"address": ALICE, "alerts": {"baking": {"threshold": 1.5}}}], "1.5 is not a whole number"),
        ([{"address": ALICE, "alerts": {"baking": {"window": 10**30}}}], "is more than 10000000"),
        (
            [{"address": ALICE, "alerts": {"attestation": {"threshold": 9, "window": 8}}}],
            "alerts.attestation.window: a window of 8 blocks can never hold 9 misses",
        ),
        (
            [{"address": ALICE, "channels": "telegram"}],
            '[0].channels: "telegram" is not a list; fix: write ["telegram"]',
        ),
        ([{"address": ALICE, "channels": [7]}], '[0].channels[0]: 7 is not a text; fix: write "telegram"'),
        ([{"address": ALICE, "channels": ["Night Shift"]}], "[0].channels[0]: is not the name of a channel"),
        ([{"address": ALICE, "channels": []}], "[0].channels: names no channel"),
        ({"groups": [], "tezos": [{"address": ALICE}]}, 'groups: [] is not an object; fix: write {"night": {'),
    ],
)
def test_a_wrong_value_is_told_once(document: Any, said: str) -> None:
    (only,) = faults(document)
    assert said in only
    assert "; fix: " in only


def test_one_address_on_two_networks_is_no_duplicate() -> None:
    text = json.dumps([{"address": ALICE}, {"address": ALICE, "network": "shadownet"}])
    assert len(parse_watch_list(text, "d.json").tezos) == 2


def test_what_cannot_be_printed_is_not_repeated() -> None:
    (only,) = faults([{"address": ALICE, "\x1b[2J\n": 1}])
    assert only.isprintable()


def test_a_secret_key_in_place_of_an_address_is_not_repeated_even_twice() -> None:
    secret = "edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh"
    assert secret[:10] not in "\n".join(faults([{"address": secret}, {"address": secret}]))
    assert secret[:20] not in "\n".join(faults(f"[{{'address': {secret}}}]"))


LIMITS = st.none() | st.builds(
    AlertLimit, threshold=st.none() | st.integers(1, 50), window=st.none() | st.integers(50, 20_000)
)
DELEGATES = st.builds(
    Delegate,
    address=st.integers(0, 5).map(lambda number: address(str(number))),
    name=st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "S"]), min_size=1, max_size=20),
    network=st.none() | st.sampled_from(["shadownet", "ghostnet"]),
    runbook=st.none() | st.just("ssh bkr1"),
    channels=st.none() | st.sampled_from([("telegram",), ("console", "telegram:2")]),
    alerts=st.builds(DelegateAlerts, baking=LIMITS, attestation=LIMITS),
)
WATCH_LISTS = st.lists(DELEGATES, min_size=1, unique_by=lambda one: (one.address, one.network)).map(
    lambda found: WatchList(tezos=tuple(found))
)


@given(WATCH_LISTS)
def test_the_stored_spelling_is_read_back_equal(watch_list: WatchList) -> None:
    again = parse_watch_list(watch_list.to_json(), "stored")
    assert again.to_json() == watch_list.to_json()
    assert again.digest == watch_list.digest


def test_the_digest_ignores_spelling_and_sees_every_figure() -> None:
    one = parse_watch_list(json.dumps([{"address": ALICE, "name": "a"}]), "d.json")
    same = parse_watch_list(json.dumps({"tezos": [{"name": "a", "address": ALICE, "alerts": None}]}, indent=3), "d")
    other = parse_watch_list(
        json.dumps([{"address": ALICE, "name": "a", "alerts": {"baking": {"threshold": 2}}}]), "d.json"
    )
    assert one.digest == same.digest
    assert one.digest != other.digest


def test_the_values_cannot_be_changed() -> None:
    watch_list = parse_watch_list(json.dumps([{"address": ALICE}]), "d.json")
    with pytest.raises(ValueError, match="frozen"):
        watch_list.tezos[0].name = "bob"  # type: ignore[misc]
