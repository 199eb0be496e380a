"""BITTENSOR_…: where Bittensor is read, and what a list needs of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.endpoint import parse_endpoints
from monitor.config import misfits
from monitor.config.configuration import Configuration, load
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE, VAL

BITTENSOR = {"bittensor": {"hotkeys": [{"hotkey": VAL, "name": "val-A"}]}}
SECRET = "s3cretkey"


@pytest.fixture(autouse=True)
def _decoder_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not bittensor-core is installed where the tests run."""
    monkeypatch.setattr(misfits, "find_spec", lambda name: object())


def loaded(home: Path, env: str, watched: Any = BITTENSOR, **environ: str) -> Configuration:
    (home / "delegates.json").write_text(json.dumps(watched))
    (home / ".env").write_text(env)
    return load(None, environ, home)


def nodes(home: Path, value: str, name: str = "BITTENSOR_RPC_URL") -> list[tuple[str, str | None, str]]:
    settings = loaded(home, f"BITTENSOR_RPC_URL=finney\n{name}={value}\n").settings
    found = getattr(settings, name.lower())
    assert found is not None
    return [(one.label, one.kind, one.url) for one in parse_endpoints(found.get_secret_value(), name)]


def list_faults(found: Configuration) -> list[str]:
    assert found.watch_list is None
    return str(found.watch_list_error).splitlines()


def test_bittensor_alone_is_a_configuration(tmp_path: Path) -> None:
    found = loaded(tmp_path, "BITTENSOR_RPC_URL=http://127.0.0.1:9944")
    assert found.warnings == ()
    assert found.settings.rpc_urls == {}
    assert found.settings.bittensor_max_catchup_blocks == 250
    assert found.watch_list is not None
    assert found.watch_list.tezos == ()
    assert load(None, {"BITTENSOR_RPC_URL": "finney"}, tmp_path).watch_list == found.watch_list


def test_web_socket_addresses_become_those_of_http_on_the_same_port(tmp_path: Path) -> None:
    value = f"own=ws://bkr1:9944, WSS://node.example:443/rpc?key={SECRET}, https://plain.example"
    assert nodes(tmp_path, value) == [
        ("bkr1#1", "own", "http://bkr1:9944"),
        ("node.example#2", None, f"https://node.example:443/rpc?key={SECRET}"),
        ("plain.example#3", None, "https://plain.example"),
    ]


def test_public_nodes_are_known_by_the_names_of_bittensors_own_tools(tmp_path: Path) -> None:
    assert nodes(tmp_path, "finney,own=lite") == [
        ("entrypoint-finney.opentensor.ai#1", "public", "https://entrypoint-finney.opentensor.ai"),
        ("lite.chain.opentensor.ai#2", "own", "https://lite.chain.opentensor.ai"),
    ]
    assert nodes(tmp_path, "local") == [("127.0.0.1#1", None, "http://127.0.0.1:9944")]
    archive = [("archive.chain.opentensor.ai#1", "public", "https://archive.chain.opentensor.ai")]
    assert nodes(tmp_path, "Archive", "BITTENSOR_ARCHIVE_NETWORK") == archive
    plain = nodes(tmp_path, "wss://archive.chain.opentensor.ai:443", "BITTENSOR_ARCHIVE_NETWORK")
    assert plain == [("archive.chain.opentensor.ai#1", None, "https://archive.chain.opentensor.ai:443")]


def test_a_host_that_serves_http_at_another_path_is_asked_there(tmp_path: Path) -> None:
    (only,) = nodes(tmp_path, "wss://bittensor-finney.api.onfinality.io/public-ws")
    assert only[2] == "https://bittensor-finney.api.onfinality.io/public"


@pytest.mark.parametrize(
    ("network", "named", "host"),
    [
        ("test", "test", "test.finney.opentensor.ai#1"),
        ("archive", "finney", "archive.chain.opentensor.ai#1"),
        ("bittensor:finney", "finney", "entrypoint-finney.opentensor.ai#1"),
    ],
)
def test_the_networks_name_alone_stands_for_its_public_node(
    tmp_path: Path, network: str, named: str, host: str
) -> None:
    settings = loaded(tmp_path, f"BITTENSOR_NETWORK={network}").settings
    assert settings.bittensor_network == named
    assert settings.bittensor_rpc_url is not None
    assert parse_endpoints(settings.bittensor_rpc_url.get_secret_value(), "x")[0].label == host


def test_a_name_nobody_knows_is_kept_for_a_network_of_ones_own(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "BITTENSOR_NETWORK=ours\nBITTENSOR_RPC_URL=local").settings
    assert settings.bittensor_network == "ours"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "BITTENSOR_RPC_URL=finey",
            "entry 1 is not an address; fix: write ws://host:9944, http://… or one of finney, lite",
        ),
        (f"BITTENSOR_RPC_URL=finney,ftp://{SECRET}@x", "BITTENSOR_RPC_URL: entry 2 is not an address"),
        (
            f"BITTENSOR_RPC_URL=ws://{SECRET}:0",
            "entry 1 has port 0; fix: write the port of the node's RPC, usually 9944",
        ),
        (f"BITTENSOR_RPC_URL=mine=ws://{SECRET}", "only own= or public= may stand before the address"),
        (f"BITTENSOR_RPC_URL=http://{SECRET},ws://{SECRET}", "BITTENSOR_RPC_URL: entry 2 repeats"),
        (f"BITTENSOR_RPC_URL=local\nBITTENSOR_ARCHIVE_NETWORK={SECRET}", "BITTENSOR_ARCHIVE_NETWORK: entry 1 is not"),
        ("BITTENSOR_RPC_URL=local\nBITTENSOR_MAX_CATCHUP_BLOCKS=0", '"0" is less than 1'),
        ("BITTENSOR_RPC_URL=local\nBITTENSOR_NETWORK=wss://x", "is not the name of a network"),
        ("TIMEZONE=UTC", "RPC_URL: is not set; fix: write RPC_URL=http://127.0.0.1:8732"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_once_without_its_secrets(
    tmp_path: Path, written: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, written, [{"address": ALICE}])
    settings = [line for line in str(caught.value).splitlines() if "delegates.json" not in line]
    assert len(settings) == 1
    assert said in settings[0]
    assert SECRET not in settings[0] or "repeats" in said  # that one names the host


def test_addresses_are_not_shown_by_the_settings(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, f"BITTENSOR_RPC_URL=ws://n/{SECRET}\nBITTENSOR_ARCHIVE_NETWORK=ws://a/{SECRET}"
    ).settings
    assert SECRET not in f"{settings!r} {settings}"


def test_the_metadata_lies_beside_the_database(tmp_path: Path) -> None:
    def folder(more: str) -> str:
        return loaded(tmp_path, f"BITTENSOR_RPC_URL=local\n{more}").settings.bittensor_metadata_cache

    assert folder("") == f"{tmp_path}/.bittensor-metadata"
    assert (
        folder("DATABASE_URL=sqlite:////var/lib/sentinel/state.db?timeout=3") == "/var/lib/sentinel/.bittensor-metadata"
    )
    assert folder("BITTENSOR_METADATA_CACHE=/var/cache/meta") == "/var/cache/meta"
    assert folder("BITTENSOR_METADATA_CACHE=meta") == f"{tmp_path}/meta"


def test_a_list_without_its_nodes_says_which_setting_is_missing(tmp_path: Path) -> None:
    both = {"tezos": [{"address": ALICE}], **BITTENSOR}
    (only,) = list_faults(loaded(tmp_path, "RPC_URL=http://n", both))
    assert (
        "bittensor: no node is known for it: BITTENSOR_RPC_URL is not set; fix: set BITTENSOR_RPC_URL in .env" in only
    )
    (only,) = list_faults(loaded(tmp_path, "BITTENSOR_RPC_URL=local", both))
    assert "tezos[0]: has no network, and RPC_URL is not set; fix: set RPC_URL in .env to a node's address" in only


def test_a_missing_decoder_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misfits, "find_spec", lambda name: None)
    (only,) = list_faults(loaded(tmp_path, "BITTENSOR_RPC_URL=local"))
    assert "needs bittensor-core, which is not installed; fix: run " in only
    assert only.endswith("requirements-bittensor.txt")
    assert loaded(tmp_path, "RPC_URL=http://n", [{"address": ALICE}]).watch_list is not None


def test_channels_of_targets_are_checked_where_they_are_written(tmp_path: Path) -> None:
    watched = {
        "bittensor": {
            "hotkeys": [{"hotkey": VAL, "group": "night"}],
            "subnets": [{"netuid": 1, "channels": ["telegram"]}],
        },
        "groups": {"night": {"channels": ["console", "telegram:night-shift"]}},
    }
    assert [
        line.partition("; fix")[0] for line in list_faults(loaded(tmp_path, "BITTENSOR_RPC_URL=local", watched))
    ] == [
        'delegates.json:1: bittensor.subnets[0].channels[0]: no channel is called "telegram"',
        'delegates.json:1: groups.night.channels[1]: no channel is called "telegram:night-shift"',
    ]
