"""What a look needs of the settings is what the whole of them says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.chain_settings import ChainSettings, chain_settings, load_chain_settings
from monitor.config.configuration import load
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE

ROOT = Path(__file__).parents[3]
CANARY = "canary-7f3a"
PLAIN = (
    "BITTENSOR_RPC_URL=ws://127.0.0.1:9944",
    "BITTENSOR_RPC_URL=finney, own=ws://bkr1:9944\nBITTENSOR_ARCHIVE_NETWORK=archive\nSEND_TO_CONSOLE=false",
    "RPC_URL=http://127.0.0.1:8732\nBITTENSOR_RPC_URL=local\nRPC_URL_SHADOWNET=https://shadow.example",
)
OTHERS = (
    "BITTENSOR_NETWORK=test",
    "BITTENSOR_NETWORK=finney\nBITTENSOR_RPC_URL=http://127.0.0.1:9944",
    "BITTENSOR_RPC_URL=local\nRPC_TIMEOUT=3\nRPC_MAX_CONNECTIONS=2\nRPC_MAX_BODY=4096\nTIMEZONE=Europe/Berlin",
    "BITTENSOR_RPC_URL=local\nDATABASE_URL=sqlite:///below/state.db",
    "BITTENSOR_RPC_URL=local\nBITTENSOR_METADATA_CACHE=/var/cache/metadata",
    "RPC_URL=http://127.0.0.1:8732",
)


def looked(home: Path, env: str, **environ: str) -> ChainSettings:
    (home / ".env").write_text(env)
    return load_chain_settings(None, environ, home)[0]


def loads_pydantic(home: Path, env: str) -> bool:
    (home / ".env").write_text(env)
    script = (
        "import sys; from pathlib import Path; from monitor.config.chain_settings import load_chain_settings;"
        "load_chain_settings(Path(sys.argv[1]), {}, Path.cwd()); print('pydantic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(home / ".env")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "True"


@pytest.mark.parametrize("env", PLAIN + OTHERS)
def test_they_are_those_of_the_whole_configuration(tmp_path: Path, env: str) -> None:
    assert looked(tmp_path, env) == chain_settings(load(None, {}, tmp_path).settings)


@pytest.mark.parametrize("env", PLAIN)
def test_addresses_alone_are_read_without_pydantic(tmp_path: Path, env: str) -> None:
    assert not loads_pydantic(tmp_path, env)


def test_more_than_addresses_is_checked_as_ever(tmp_path: Path) -> None:
    assert loads_pydantic(tmp_path, OTHERS[2])


def test_a_variable_wins_over_the_file_and_is_a_configuration_without_it(tmp_path: Path) -> None:
    url = "http://10.0.0.2:9944"
    assert looked(tmp_path, PLAIN[0], BITTENSOR_RPC_URL=url).rpc_url == url
    (tmp_path / ".env").unlink()
    assert load_chain_settings(None, {"BITTENSOR_RPC_URL": url}, tmp_path)[0].rpc_url == url


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ("BITTENSOR_RPC_URL=finey", "BITTENSOR_RPC_URL: entry 1 is not an address"),
        (
            "BITTENSOR_RPC_URL=local\nBITTENSOR_ARCHIVE_NETWORK=x",
            "BITTENSOR_ARCHIVE_NETWORK: entry 1 is not an address",
        ),
        ("BITTENSOR_RPC_URL=local\nRPC_TIMEOUT=soon", 'RPC_TIMEOUT: "soon" is not a number of seconds'),
        ("BITTENSOR_RPC_URL=local\nnonsense", "is not NAME=value"),
        ("TIMEZONE=UTC", "RPC_URL: is not set"),
    ],
)
def test_what_cannot_be_used_is_told_as_the_whole_configuration_tells_it(tmp_path: Path, env: str, line: str) -> None:
    with pytest.raises(ConfigError, match=line) as caught:
        looked(tmp_path, env)
    (tmp_path / "delegates.json").write_text(f'[{{"address": "{ALICE}"}}]')
    with pytest.raises(ConfigError) as whole:
        load(None, {}, tmp_path)
    assert set(caught.value.problems) <= set(whole.value.problems)


def test_what_a_look_does_not_need_is_not_in_its_way(tmp_path: Path) -> None:
    assert looked(tmp_path, f"{PLAIN[0]}\nSEND_TO_TELEGRAM=perhaps").rpc_url == "http://127.0.0.1:9944"


@pytest.mark.parametrize("more", ["", "TIMEZONE=Europe/Berlin"])
def test_a_node_of_tezos_that_is_no_address_is_not_in_its_way(tmp_path: Path, more: str) -> None:
    assert looked(tmp_path, f"{PLAIN[0]}\nRPC_URL=bad\n{more}").rpc_url == "http://127.0.0.1:9944"


def test_what_libraries_read_is_handed_on(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"{PLAIN[0]}\nHTTPS_PROXY=http://proxy:3128")
    assert load_chain_settings(None, {}, tmp_path)[1] == {"HTTPS_PROXY": "http://proxy:3128"}


def test_addresses_are_not_shown(tmp_path: Path) -> None:
    env = f"BITTENSOR_RPC_URL=https://node/{CANARY}\nBITTENSOR_ARCHIVE_NETWORK=https://user:{CANARY}@node2/"
    assert CANARY not in repr(looked(tmp_path, env))
