"""The "bittensor" section of delegates.json."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.bittensor import Bittensor, Expected, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.cross_check import KINDS
from monitor.config.delegates_file import parse_watch_list
from monitor.config.rule_names import rules_of, thresholds_of
from monitor.config.watch_list import WatchList
from monitor.rules.bittensor.registry import CONDITIONS, NOTICES
from tests.monitor.config.addresses import ALICE, MINER, OWNER, VAL, ss58
from tests.monitor.config.test_delegates_file import faults


def section(**parts: Any) -> Bittensor:
    found = parse_watch_list(json.dumps({"bittensor": parts}), "delegates.json").bittensor
    assert found is not None
    return found


def hotkey(**more: Any) -> WatchedHotkey:
    (found,) = section(hotkeys=[{"hotkey": VAL, **more}]).hotkeys
    return found


def test_a_hotkeys_address_is_enough_and_means_every_subnet() -> None:
    found = hotkey()
    assert found == WatchedHotkey(hotkey=VAL, netuids=None, role="auto", expected=Expected())
    assert found.watches(18)
    assert found.label == f"{VAL[:7]}…{VAL[-4:]}"
    assert hotkey(netuids="all") == hotkey(netuids=None) == found


def test_everything_that_can_be_said_is_read() -> None:
    found = section(
        hotkeys=[
            {
                "hotkey": VAL,
                "name": "val-A",
                "netuids": [18, 64],
                "role": "validator",
                "expected": {
                    "axon": "203.0.113.7:8091",
                    "take": 0.18,
                    "children": [{"hotkey": MINER, "share": 0.5}],
                    "version_key": 1042,
                },
                "alerts": {"weights_stale": {"warning": 300, "critical": 1000.5}, "vtrust_low": {"enabled": False}},
                "channels": ["telegram:night-shift"],
                "runbook": "ssh val1",
            }
        ],
        subnets=[{"netuid": 18, "name": "our subnet", "alerts": {"price": {"warning": 0.05}}}, {"netuid": 0}],
        coldkeys=[{"coldkey": OWNER, "name": "owner"}],
    )
    (val,) = found.hotkeys
    assert (val.label, val.netuids, val.role) == ("val-A", (18, 64), "validator")
    assert (val.channels, val.runbook) == (("telegram:night-shift",), "ssh val1")
    expected = val.expected
    assert (expected.axon, expected.take, expected.version_key) == ("203.0.113.7:8091", 0.18, 1042)
    assert expected.children is not None
    assert [(child.hotkey, child.share) for child in expected.children] == [(MINER, 0.5)]
    assert val.overrides == {"weights_stale": {"warning": 300, "critical": 1000.5}}
    assert val.off == {"vtrust_low"}
    assert found.subnets[0].overrides == {"price": {"warning": 0.05}}
    assert [subnet.label for subnet in found.subnets] == ["our subnet", "sn0"]
    assert [coldkey.label for coldkey in found.coldkeys] == ["owner"]


def test_tezos_and_bittensor_stand_in_one_file() -> None:
    document = {"tezos": [{"address": ALICE}], "bittensor": {"subnets": [{"netuid": 1}]}}
    found = parse_watch_list(json.dumps(document), "d.json")
    assert [one.address for one in found.tezos] == [ALICE]
    assert found.bittensor is not None
    assert [one.netuid for one in found.bittensor.subnets] == [1]


def test_the_list_is_counted_and_knows_what_can_be_called_by_which_word() -> None:
    found = parse_watch_list(
        json.dumps(
            {
                "groups": {"night": {}},
                "tezos": [{"address": ALICE, "name": "alice"}],
                "bittensor": {
                    "hotkeys": [{"hotkey": VAL, "netuids": [1], "name": "val"}, {"hotkey": VAL, "netuids": [2]}],
                    "subnets": [{"netuid": 18}, {"netuid": 64}],
                    "coldkeys": [{"coldkey": OWNER}],
                },
            }
        ),
        "d.json",
    )
    assert found.counted == "1 delegate, 1 hotkey, 2 subnets, 1 coldkey"
    assert found.spellings == {ALICE, "alice", VAL, "val", "18", "64", OWNER, "group:night"}


def test_an_empty_list_of_bakers_beside_something_of_bittensor_is_no_fault() -> None:
    document = {"tezos": [], "bittensor": {"subnets": [{"netuid": 1}]}}
    assert parse_watch_list(json.dumps(document), "d.json").tezos == ()


def test_an_axon_is_spelt_as_the_chain_is_shown() -> None:
    def read(written: str) -> str | None:
        return hotkey(expected={"axon": written}).expected.axon

    assert read("203.0.113.7:08091") == "203.0.113.7:8091"
    assert read("[2001:DB8:0::1]:80") == "[2001:db8::1]:80"
    assert read("2001:db8::1") == read("[2001:db8::1]") == "2001:db8::1"


def test_one_hotkey_may_be_listed_twice_for_different_subnets() -> None:
    found = section(hotkeys=[{"hotkey": VAL, "netuids": [1], "name": "a"}, {"hotkey": VAL, "netuids": [2]}])
    one = found.neuron(1, VAL)
    assert one is not None
    assert one.name == "a"
    assert found.neuron(3, VAL) is None


def test_every_fault_is_told_at_once_with_line_path_and_fix() -> None:
    wrong = VAL[:-1] + ("a" if VAL[-1] != "a" else "b")
    text = f"""{{
  "bittensor": {{
    "hotkeys": [
      {{"hotkey": "{VAL}", "netuids": [18, "x"], "role": "boss"}},  // ours
      {{"hotkey": "{VAL}", "netuids": 18}},
      {{"hotkey": "{wrong}", "expected": {{"axon": "here", "take": 18, "children": [{{"hotkey": 3}}], "version": 3}}}},
      {{"hotkee": 3, "alerts": {{"weights_stal": {{}}, "price": {{}}, "axon": [],
        "weights_stale": {{"warning": "x", "criticl": 3, "enabled": 3, "recovery": true}}}}}}
    ],
    "subnets": [{{"netuid": 18}}, {{"netuid": 18.0}}, {{"netuid": 70000}}, {{"name": "x"}}],
    "coldkeys": {{"coldkey": "5"}},
    "miners": []
  }}
}}"""
    assert faults(text) == [
        "delegates.json:4: bittensor.hotkeys: comments are not allowed in JSON; fix: remove it",
        'delegates.json:4: bittensor.hotkeys[0].netuids[1]: "x" is not a whole number; fix: write e.g. 18',
        'delegates.json:4: bittensor.hotkeys[0].role: "boss" is not among the choices;'
        ' fix: write "validator", "miner" or "auto"',
        'delegates.json:5: bittensor.hotkeys[1].netuids: 18 is neither "all" nor a list of subnets;'
        ' fix: write e.g. [18, 64], or "all"',
        "delegates.json:5: bittensor.hotkeys[1].hotkey: is on the list already (line 4); fix: remove one of the two",
        f'delegates.json:6: bittensor.hotkeys[2].hotkey: "{wrong}" has at least one wrong character'
        " (its checksum does not fit); fix: copy the address again, whole",
        'delegates.json:6: bittensor.hotkeys[2].expected.axon: "here" is not the address of an axon;'
        ' fix: write e.g. "203.0.113.7:8091", or the IP alone',
        "delegates.json:6: bittensor.hotkeys[2].expected.take: 18 is not a share between 0 and 1;"
        " fix: write e.g. 0.18 for 18 %",
        'delegates.json:6: bittensor.hotkeys[2].expected.children[0].hotkey: 3 is not a text; fix: write "5…"',
        'delegates.json:6: bittensor.hotkeys[2].expected.children[0].share: is missing; fix: add "share": 0.5',
        'delegates.json:6: bittensor.hotkeys[2].expected.version: is not a known key; fix: write "version_key"',
        "delegates.json:7: bittensor.hotkeys[3].alerts.axon: [] is not an object;"
        ' fix: write {"warning": 3, "enabled": true}',
        'delegates.json:7: bittensor.hotkeys[3].hotkey: is missing; fix: add "hotkey": "5…"',
        'delegates.json:7: bittensor.hotkeys[3].hotkee: is not a known key; fix: write "hotkey"',
        'delegates.json:7: bittensor.hotkeys[3].alerts.weights_stal: is not a rule; fix: write "weights_stale"',
        "delegates.json:7: bittensor.hotkeys[3].alerts.price: is not a rule of such a target;"
        ' fix: write it in the "alerts" of a subnet',
        'delegates.json:8: bittensor.hotkeys[3].alerts.weights_stale.warning: "x" is not a number; fix: write e.g. 3',
        "delegates.json:8: bittensor.hotkeys[3].alerts.weights_stale.criticl: is not a known key;"
        ' fix: write "critical"',
        "delegates.json:8: bittensor.hotkeys[3].alerts.weights_stale.enabled: 3 is neither true nor false;"
        " fix: write false to switch the rule off",
        "delegates.json:8: bittensor.hotkeys[3].alerts.weights_stale.recovery: true is not a number; fix: write e.g. 3",
        "delegates.json:10: bittensor.subnets[2].netuid: 70000 is more than 65535; fix: write 65535 or less",
        'delegates.json:10: bittensor.subnets[3].netuid: is missing; fix: add "netuid": 18',
        "delegates.json:10: bittensor.subnets[1].netuid: is on the list already (line 10); fix: remove one of the two",
        'delegates.json:11: bittensor.coldkeys: {"coldkey": "5"} is not a list;'
        ' fix: write [{"coldkey": "5…", "name": "owner"}]',
        "delegates.json:12: bittensor.miners: is not a known key;"
        " fix: remove it (known: hotkeys, subnets, coldkeys, alerts)",
    ]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({}, "bittensor: watches nobody"),
        ({"hotkeys": []}, "bittensor: watches nobody"),
        ({"hotkeys": [{"hotkey": VAL, "netuids": []}]}, "netuids: names no subnet"),
        ({"hotkeys": [{"hotkey": VAL, "netuids": [1, 1]}]}, "netuids: names a subnet twice"),
        ({"hotkeys": [{"hotkey": VAL, "netuids": [1]}, {"hotkey": VAL}]}, "is on the list already"),
        ({"hotkeys": [{"hotkey": VAL, "expected": {"axon": "1.2.3.4:0"}}]}, "is not the address of an axon"),
        ({"hotkeys": [{"hotkey": VAL, "expected": {"version_key": -1}}]}, "-1 is less than 0"),
        ({"hotkeys": [{"hotkey": VAL, "alerts": {"weights_stale": {"warning": -1}}}]}, "-1 is less than 0"),
        ({"hotkeys": [{"hotkey": VAL, "alerts": {"weights_stale": False}}]}, "false is not an object"),
        ({"coldkeys": [{"coldkey": OWNER}, {"coldkey": OWNER}]}, "is on the list already"),
        ({"subnets": [{"netuid": 1}], "alerts": {"chain_stale": {}}}, 'is not a rule; fix: write "chain_stalled"'),
        (
            {"coldkeys": [{"coldkey": OWNER, "alerts": {"finality_lag": {}}}]},
            'is not a rule of such a target; fix: write it in the "alerts" of "bittensor"',
        ),
    ],
)
def test_a_wrong_value_is_told_once(part: Any, said: str) -> None:
    (only,) = faults({"bittensor": part})
    assert said in only
    assert "; fix: " in only


def test_a_secret_phrase_in_any_place_of_an_address_is_not_repeated() -> None:
    phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"
    for document in (
        {"hotkeys": [{"hotkey": phrase}]},
        {"hotkeys": [phrase]},
        {"coldkeys": [{"coldkey": phrase}, {"coldkey": phrase}]},
        {"hotkeys": [{"hotkey": VAL, "expected": {"children": [{"hotkey": phrase, "share": 1}]}}]},
    ):
        assert "bottom drive" not in "\n".join(faults({"bittensor": document}))


def test_what_holds_for_all_of_bittensor_reaches_the_targets_it_suits_and_their_own_wins() -> None:
    found = section(
        hotkeys=[{"hotkey": VAL, "alerts": {"weights_stale": {"warning": 300}}}, {"hotkey": MINER}],
        subnets=[{"netuid": 18}],
        coldkeys=[{"coldkey": OWNER}],
        alerts={
            "weights_stale": {"critical": 900},
            "price": {"enabled": False},
            "balance_low": {"warning": 2},
            "chain_stalled": {"warning": 60},
        },
    )
    assert [one.overrides for one in found.hotkeys] == [
        {"weights_stale": {"warning": 300}},
        {"weights_stale": {"critical": 900}},
    ]
    assert found.subnets[0].off == {"price"}
    assert found.coldkeys[0].overrides == {"balance_low": {"warning": 2}}
    assert found.overrides["chain_stalled"] == {"warning": 60}
    assert found.off == {"price"}


def test_every_rule_can_be_set_for_some_kind_of_target() -> None:
    known = {*(rule.card.name for rule in CONDITIONS), *(rule.card.name for rule in NOTICES)}
    assert set(rules_of((*KINDS, "chain"))) == known
    assert set(thresholds_of("weights_stale")) == {"warning", "critical", "recovery"}


HOTKEYS = st.builds(
    WatchedHotkey,
    hotkey=st.integers(0, 5).map(lambda number: ss58(str(number))),
    name=st.none() | st.just("val"),
    netuids=st.none() | st.lists(st.integers(0, 100), min_size=1, max_size=3, unique=True).map(tuple),
    role=st.sampled_from(["validator", "miner", "auto"]),
    expected=st.builds(
        Expected,
        axon=st.none() | st.just("1.2.3.4:80"),
        take=st.none() | st.floats(0, 1),
        children=st.none() | st.just(()),
    ),
    alerts=st.dictionaries(
        st.sampled_from(["weights_stale", "dereg_risk"]),
        st.fixed_dictionaries({}, optional={"warning": st.integers(0, 9), "enabled": st.booleans()}),
    ),
    channels=st.none() | st.just(("telegram",)),
)
SECTIONS = st.builds(
    Bittensor,
    hotkeys=st.lists(HOTKEYS, min_size=1, max_size=3, unique_by=lambda one: one.hotkey).map(tuple),
    subnets=st.lists(
        st.builds(WatchedSubnet, netuid=st.integers(0, 65535)), max_size=2, unique_by=lambda one: one.netuid
    ).map(tuple),
    coldkeys=st.just(()) | st.just((WatchedColdkey(coldkey=OWNER, name="owner"),)),
)


@given(SECTIONS)
def test_the_stored_spelling_is_read_back_equal(found: Bittensor) -> None:
    watch_list = WatchList(bittensor=found)
    again = parse_watch_list(watch_list.to_json(), "stored")
    assert again == watch_list
    assert again.digest == watch_list.digest
