from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.config.configuration import load
from monitor.config.delegates_file import parse_watch_list
from monitor.config.problem import ConfigError
from monitor.watched import WatchedBittensor, WatchedNetwork, watched_bittensor, watched_networks
from simulator.address import made
from tests.monitor.state_values import ROOT

ALICE, BOB, CAROL = (made("tz1", "watched", name) for name in ("alice", "bob", "carol"))


def networks(home: Path, delegates: list[dict[str, Any]], **settings: str) -> tuple[WatchedNetwork, ...]:
    home.mkdir(exist_ok=True)
    (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    (home / "delegates.json").write_text(json.dumps(delegates))
    configuration = load(home / ".env", {}, ROOT)
    assert configuration.watch_list is not None, configuration.watch_list_error
    return watched_networks(configuration.settings, configuration.watch_list)


def test_one_setting_serves_everybody_without_a_network(tmp_path: Path) -> None:
    (only,) = networks(tmp_path, [{"address": ALICE, "name": "alice"}, {"address": BOB}], RPC_URL="http://a,http://b")
    assert (only.endpoints_key, only.name_override, only.unnamed) == ("RPC_URL", None, "tezos:unknown")
    assert [endpoint.label for endpoint in only.endpoints] == ["a#1", "b#2"]
    assert [(address, delegate.name) for address, delegate in only.delegates.items()] == [(ALICE, "alice"), (BOB, None)]


def test_each_network_has_its_own_setting_and_delegates(tmp_path: Path) -> None:
    delegates = [{"address": ALICE}, {"address": BOB, "network": "shadownet"}, {"address": CAROL}]
    main, shadow = networks(tmp_path, delegates, RPC_URL="http://a", RPC_URL_SHADOWNET="http://b")
    assert (list(main.delegates), list(shadow.delegates)) == ([ALICE, CAROL], [BOB])
    assert (shadow.endpoints_key, shadow.name_override, shadow.unnamed) == (
        "RPC_URL_SHADOWNET",
        "shadownet",
        "tezos:shadownet",
    )


def test_a_network_that_nobody_is_watched_on_is_not_read(tmp_path: Path) -> None:
    (only,) = networks(tmp_path, [{"address": ALICE}], RPC_URL="http://a", RPC_URL_SHADOWNET="http://b")
    assert only.endpoints_key == "RPC_URL"


def test_the_name_of_the_usual_network_may_be_said_of_a_delegate_too(tmp_path: Path) -> None:
    delegates = [{"address": ALICE}, {"address": BOB, "network": "mainnet"}]
    (only,) = networks(tmp_path, delegates, RPC_URL="http://a", TEZOS_NETWORK="mainnet")
    assert (only.name_override, list(only.delegates)) == ("mainnet", [ALICE, BOB])


def test_a_delegate_that_no_setting_serves_is_a_fault_of_the_list(tmp_path: Path) -> None:
    with pytest.raises((ConfigError, AssertionError), match="RPC_URL_SHADOWNET"):
        networks(tmp_path, [{"address": BOB, "network": "shadownet"}], RPC_URL="http://a")


def bittensor(home: Path, document: Any, **settings: str) -> WatchedBittensor | None:
    (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    settings_read = load(home / ".env", {}, ROOT).settings
    return watched_bittensor(settings_read, parse_watch_list(json.dumps(document), "delegates.json"))


def test_bittensor_is_asked_at_its_own_nodes_and_at_its_archive(tmp_path: Path) -> None:
    document = {"tezos": [{"address": ALICE}], "bittensor": {"subnets": [{"netuid": 18}]}}
    (tmp_path / "delegates.json").write_text(json.dumps(document))
    found = bittensor(
        tmp_path,
        document,
        BITTENSOR_RPC_URL="own=ws://bkr1:9944,lite",
        BITTENSOR_ARCHIVE_NETWORK="archive",
        BITTENSOR_NETWORK="finney",
    )
    assert found is not None
    assert [(one.label, one.kind) for one in found.endpoints] == [
        ("bkr1#1", "own"),
        ("lite.chain.opentensor.ai#2", "public"),
    ]
    assert [one.label for one in found.archive] == ["archive:archive.chain.opentensor.ai#1"]
    assert (found.endpoints_key, found.unnamed) == ("BITTENSOR_RPC_URL", "bittensor:finney")
    assert [one.netuid for one in found.targets.subnets] == [18]


def test_nothing_of_bittensor_is_asked_where_nothing_is_watched_or_no_node_is_set(tmp_path: Path) -> None:
    tezos = [{"address": ALICE}]
    (tmp_path / "delegates.json").write_text(json.dumps(tezos))
    assert bittensor(tmp_path, tezos, BITTENSOR_RPC_URL="finney") is None
    assert bittensor(tmp_path, {"bittensor": {"subnets": [{"netuid": 1}]}}, RPC_URL="http://n") is None
    unnamed = bittensor(tmp_path, {"bittensor": {"subnets": [{"netuid": 1}]}}, BITTENSOR_RPC_URL="finney")
    assert unnamed is not None
    assert (unnamed.unnamed, unnamed.archive) == ("bittensor:unknown", ())
