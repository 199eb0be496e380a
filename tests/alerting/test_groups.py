"""Patterns that mean a group of delegates.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerting.groups import spelled_out
from alerting.holds import holds_now
from alerting.pattern import matches
from monitor.database import reading, writing
from monitor.model import CheckKey, EventKind
from monitor.watch_list import store_watch_list
from tests.alerting.stage import ALICE as MISSED
from tests.alerting.stage import Scripted, Stage
from tests.alerting.test_silences import silenced

ALICE = MISSED.target
LIST = {
    "groups": {"night": {}, "empty": {}},
    "tezos": [{"address": ALICE, "name": "alice", "group": "night"}, {"address": "tz1bob"}],
    "bittensor": {
        "hotkeys": [{"hotkey": "5Val", "group": "night"}, {"hotkey": "5Other"}],
        "subnets": [{"netuid": 18, "group": "night"}, {"netuid": 8, "group": "empty"}],
        "coldkeys": [{"coldkey": "5Owner", "group": "night"}],
    },
}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    found = Stage(tmp_path, Scripted("phone"))
    with writing(found.engine) as connection:
        store_watch_list(connection, json.dumps(LIST), "digest", found.now)
    return found


def means(stage: Stage, pattern: str, network: str, target: str, rule: str) -> bool:
    with reading(stage.engine) as connection:
        patterns = spelled_out(connection, pattern)
    return any(matches(each, CheckKey(network, target, rule), None) for each in patterns)


@pytest.mark.parametrize("target", ["18/5Val", "5Val", "18", "5Owner"])
def test_a_group_means_its_members_of_every_kind(stage: Stage, target: str) -> None:
    assert means(stage, "group:night", "bittensor:finney", target, "weights_stale")
    assert means(stage, "group:night/weights_*", "bittensor:finney", target, "weights_stale")
    assert not means(stage, "group:night/weights_*", "bittensor:finney", target, "axon")
    assert not means(stage, "group:empty", "bittensor:finney", target, "weights_stale")


@pytest.mark.parametrize("target", ["18/5Other", "5Other", "8", "1", "source"])
def test_it_means_nobody_else(stage: Stage, target: str) -> None:
    assert not means(stage, "group:night", "bittensor:finney", target, "weights_stale")


def test_what_only_a_silence_that_names_it_may_quiet_is_not_quieted_by_a_group(stage: Stage) -> None:
    assert not means(stage, "group:night", "tezos:mainnet", ALICE, "control_change")
    assert means(stage, "group:night/control_change", "tezos:mainnet", ALICE, "control_change")


def test_a_silence_of_a_group_holds_back_its_members_alerts(stage: Stage) -> None:
    number = silenced(stage, "group:night")
    with reading(stage.engine) as connection:
        assert holds_now(connection).on(EventKind.FIRING, MISSED, "alice", "a1") == f"silence {number}"
        assert holds_now(connection).on(EventKind.FIRING, MISSED._replace(target="tz1bob"), None, "a1") is None


def test_a_silence_of_a_group_that_is_gone_is_still_in_force_and_so_can_end(stage: Stage) -> None:
    silenced(stage, "group:gone")
    with reading(stage.engine) as connection:
        assert holds_now(connection)
