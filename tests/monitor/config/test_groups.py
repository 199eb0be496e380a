"""What several targets share: "groups" in delegates.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.config.configuration import load
from monitor.config.delegates_file import parse_watch_list
from monitor.config.difference import difference
from monitor.config.watch_list import AlertLimit, WatchList
from tests.monitor.config.addresses import ALICE, BOB, MINER, OWNER, VAL
from tests.monitor.config.test_delegates_file import faults

NIGHT = {
    "runbook": "ssh bkr1",
    "channels": ["telegram:night-shift"],
    "alerts": {
        "baking": {"threshold": 2},
        "attestation": {"threshold": 20, "window": 200},
        "weights_stale": {"warning": 300},
        "balance_low": {"warning": 2},
    },
}


def read(**document: Any) -> WatchList:
    return parse_watch_list(json.dumps(document), "delegates.json")


def test_a_member_has_what_its_group_has_and_its_own_settings_win() -> None:
    found = read(
        groups={"night": NIGHT},
        tezos=[
            {"address": ALICE, "group": "night", "alerts": {"baking": {"threshold": 5}}, "runbook": "call Anna"},
            {"address": BOB},
        ],
    )
    alice, bob = found.tezos
    assert (alice.runbook, alice.channels) == ("call Anna", ("telegram:night-shift",))
    assert alice.alerts.baking == AlertLimit(threshold=5)
    assert alice.alerts.attestation == AlertLimit(threshold=20, window=200)
    assert (bob.runbook, bob.channels, bob.alerts.baking) == (None, None, None)


def test_a_groups_rules_reach_the_targets_of_bittensor_that_they_suit() -> None:
    found = read(
        groups={"night": NIGHT},
        bittensor={
            "hotkeys": [
                {"hotkey": VAL, "group": "night"},
                {"hotkey": MINER, "group": "night", "alerts": {"weights_stale": {"critical": 9}}},
            ],
            "coldkeys": [{"coldkey": OWNER, "group": "night"}],
            "subnets": [{"netuid": 1, "group": "night"}],
            "alerts": {"weights_stale": {"warning": 1}, "price": {"enabled": False}},
        },
    ).bittensor
    assert found is not None
    assert [one.overrides for one in found.hotkeys] == [
        {"weights_stale": {"warning": 300}},
        {"weights_stale": {"critical": 9}},
    ]
    assert found.coldkeys[0].overrides == {"balance_low": {"warning": 2}}
    assert found.subnets[0].off == {"price"}
    assert {one.runbook for one in found.targets()} == {"ssh bkr1"}
    assert {one.channels for one in found.targets()} == {("telegram:night-shift",)}


def test_the_stored_list_is_read_back_with_its_groups() -> None:
    found = read(groups={"night": NIGHT, "empty": {}}, tezos=[{"address": ALICE, "group": "night"}])
    again = parse_watch_list(found.to_json(), "stored")
    assert again == found
    assert again.digest == found.digest


def test_an_edited_group_is_told_at_its_members() -> None:
    before = read(groups={"night": NIGHT}, tezos=[{"address": ALICE, "name": "alice", "group": "night"}])
    edited = {**NIGHT, "channels": ["console"]}
    after = read(groups={"night": edited}, tezos=[{"address": ALICE, "name": "alice", "group": "night"}])
    assert str(difference(before, after)) == "alice: told on telegram:night-shift → console"


def test_the_same_settings_written_as_a_group_are_no_change() -> None:
    plain = read(tezos=[{"address": ALICE, "runbook": "ssh bkr1"}])
    grouped = read(groups={"g": {"runbook": "ssh bkr1"}}, tezos=[{"address": ALICE, "group": "g"}])
    assert difference(plain, grouped) is None


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ({}, 'tezos[0].group: no group is called "night"; fix: add it to "groups", or remove it here'),
        ({"nigth": {}}, 'tezos[0].group: no group is called "night"; fix: write "nigth"'),
        ({"night": 3}, 'groups.night: 3 is not an object; fix: write {"channels": ["telegram"]}'),
        ({"night": {"channel": []}}, 'groups.night.channel: is not a known key; fix: write "channels"'),
        ({"night": {"channels": []}}, "groups.night.channels: names no channel"),
        ({"night": {}, "bad name": {}}, "groups.bad name: is not a name for a group"),
        ({"night": {"alerts": {"bakin": {}}}}, "groups.night.alerts.bakin: is not a rule; fix: write"),
        (
            {"night": {"alerts": {"baking": {"treshold": 1}}}},
            'groups.night.alerts.baking.treshold: is not a known key; fix: write "threshold"',
        ),
        (
            {"night": {"alerts": {"attestation": {"threshold": 9, "window": 8}}}},
            "groups.night.alerts.attestation.window: a window of 8 blocks can never hold 9 misses",
        ),
        (
            {"night": {"alerts": {"chain_stalled": {"warning": 9}}}},
            'is not a rule of such a target; fix: write it in the "alerts" of "bittensor"',
        ),
    ],
)
def test_what_is_wrong_is_told_once_with_its_place_and_fix(groups: Any, said: str) -> None:
    (only,) = faults({"tezos": [{"address": ALICE, "group": "night"}], "groups": groups})
    assert only.startswith("delegates.json:1: ")
    assert said in only
    assert "; fix: " in only


def test_a_group_without_members_is_a_warning_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RPC_URL=http://n")
    (tmp_path / "delegates.json").write_text(
        f'{{"tezos": [{{"address": "{ALICE}"}}],\n "groups": {{\n  "night": {{}}\n}}}}'
    )
    found = load(None, {}, tmp_path)
    assert found.watch_list is not None
    assert [str(warning) for warning in found.warnings] == [
        "delegates.json:3: groups.night: nobody is in this group; fix: remove it, or name it at a target"
    ]


def test_figures_that_only_clash_with_env_are_told_at_the_member(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RPC_URL=http://n\nALERT_ATTESTATION_BLOCK_WINDOW=10")
    document = {
        "groups": {"night": {"alerts": {"attestation": {"threshold": 20}}}},
        "tezos": [{"address": ALICE, "group": "night"}],
    }
    (tmp_path / "delegates.json").write_text(json.dumps(document))
    found = load(None, {}, tmp_path)
    assert "20 misses never fit into a window of 10 blocks" in str(found.watch_list_error)
