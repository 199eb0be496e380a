from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from monitor.config.bittensor import Bittensor, WatchedSubnet
from monitor.config.delegates_file import parse_watch_list
from monitor.config.difference import difference
from monitor.config.watch_list import AlertLimit, Delegate, DelegateAlerts, WatchList
from tests.monitor.config.addresses import ALICE, BOB, CAROL, MINER, OWNER, VAL
from tests.monitor.config.test_delegates_file import WATCH_LISTS

ALICE_1 = Delegate(address=ALICE, name="alice", alerts=DelegateAlerts(baking=AlertLimit(threshold=1)))
BOB_1 = Delegate(address=BOB, name="bob")
CAROL_1 = Delegate(address=CAROL, name="carol")


def told(old: list[Delegate], new: list[Delegate]) -> str | None:
    found = difference(WatchList(tezos=tuple(old)), WatchList(tezos=tuple(new)))
    return None if found is None else str(found)


def test_who_came_and_who_left_is_told() -> None:
    assert told([ALICE_1, BOB_1], [ALICE_1, CAROL_1]) == "+carol −bob"


def test_a_changed_limit_is_told_with_both_figures() -> None:
    stricter = ALICE_1.model_copy(update={"alerts": DelegateAlerts(baking=AlertLimit(threshold=2, window=50))})
    assert told([ALICE_1], [stricter]) == "alice: baking threshold 1 → 2, alice: baking window default → 50"


def test_a_new_name_a_runbook_and_a_newcomer_are_one_line() -> None:
    renamed = BOB_1.model_copy(update={"name": "robert", "runbook": "ssh bkr2"})
    assert told([BOB_1], [renamed, CAROL_1]) == "+carol, robert: was called bob, robert: runbook added"


def test_other_channels_are_told_and_another_order_of_them_is_not() -> None:
    routed = BOB_1.model_copy(update={"channels": ("telegram:2", "console")})
    assert told([BOB_1], [routed]) == "bob: told on every channel → telegram:2, console"
    assert told([routed], [BOB_1.model_copy(update={"channels": ("console", "telegram:2")})]) is None


def test_another_order_is_no_change() -> None:
    assert told([ALICE_1, BOB_1], [BOB_1, ALICE_1]) is None


def test_another_network_is_another_target() -> None:
    moved = BOB_1.model_copy(update={"network": "shadownet"})
    assert told([BOB_1], [moved]) == "+bob (shadownet) −bob"


def test_full_addresses_are_not_told() -> None:
    said = told([ALICE_1], [ALICE_1, Delegate(address=BOB)])
    assert said == f"+{BOB[:7]}…{BOB[-4:]}"


@given(WATCH_LISTS, WATCH_LISTS)
def test_there_is_a_difference_exactly_if_the_delegates_differ(old: WatchList, new: WatchList) -> None:
    def meant(watch_list: WatchList) -> set[str]:
        return {
            delegate.model_copy(
                update={
                    "name": delegate.label,
                    "alerts": DelegateAlerts(
                        baking=delegate.alerts.baking or AlertLimit(),
                        attestation=delegate.alerts.attestation or AlertLimit(),
                    ),
                }
            ).model_dump_json()
            for delegate in watch_list.tezos
        }

    assert (difference(old, new) is None) == (meant(old) == meant(new))


def of_bittensor(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    found = difference(*(parse_watch_list(json.dumps({"bittensor": part}), "d.json") for part in (old, new)))
    return None if found is None else str(found)


def test_who_came_and_left_on_bittensor_is_told_by_name() -> None:
    before = {"hotkeys": [{"hotkey": VAL, "name": "val-A"}], "subnets": [{"netuid": 18}]}
    after = {"hotkeys": [{"hotkey": MINER, "name": "miner-3"}], "coldkeys": [{"coldkey": OWNER, "name": "owner"}]}
    assert of_bittensor(before, after) == "+miner-3 +owner −val-A −sn18"


def test_what_changed_of_a_hotkey_is_told_with_both_figures() -> None:
    val: dict[str, Any] = {"hotkey": VAL, "name": "val-A", "netuids": [18], "alerts": {"axon": {"enabled": False}}}
    edited = {
        **val,
        "netuids": [64, 18],
        "role": "validator",
        "expected": {"take": 0.18, "version_key": 3},
        "alerts": {"weights_stale": {"warning": 300}},
        "channels": ["telegram"],
    }
    assert of_bittensor({"hotkeys": [val]}, {"hotkeys": [edited]}) == ", ".join(
        f"val-A: {change}"
        for change in (
            "axon on",
            "weights_stale warning default → 300",
            "sn18 → sn18 sn64",
            "role auto → validator",
            "expected take added",
            "expected version key added",
            "told on every channel → telegram",
        )
    )
    assert of_bittensor({"hotkeys": [edited]}, {"hotkeys": [{**edited, "netuids": [18, 64]}]}) is None


def test_other_limits_of_the_chain_are_told() -> None:
    before: dict[str, Any] = {"subnets": [{"netuid": 18}]}
    after = {**before, "alerts": {"chain_stalled": {"warning": 60.5}}}
    assert of_bittensor(before, after) == "Bittensor: chain_stalled warning default → 60.5"


def test_the_whole_of_bittensor_may_come_to_a_list_of_bakers() -> None:
    both = WatchList(tezos=(BOB_1,), bittensor=Bittensor(subnets=(WatchedSubnet(netuid=18),)))
    assert str(difference(WatchList(tezos=(BOB_1,)), both)) == "+sn18"
    assert str(difference(both, WatchList(tezos=(BOB_1,)))) == "−sn18"
