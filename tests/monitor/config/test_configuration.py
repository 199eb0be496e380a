from __future__ import annotations

import json
import os
import sys
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config.configuration import Configuration, load
from monitor.config.limit import Limit, attestation_limit, baking_limit
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE, BOB, CAROL

NODE = "http://127.0.0.1:8732"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_list(tmp_path, [{"address": ALICE, "name": "alice"}])
    return tmp_path


def write_list(home: Path, document: object) -> None:
    (home / "delegates.json").write_text(json.dumps(document))


def loaded(home: Path, env: str, **environ: str) -> Configuration:
    (home / ".env").write_text(env)
    return load(None, environ, home)


def faults(home: Path, env: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(home, env, **environ)
    return str(caught.value).splitlines()


def test_an_address_of_a_node_and_a_list_are_enough(home: Path) -> None:
    found = loaded(home, f"RPC_URL={NODE}")
    assert found.settings.rpc_urls[""].get_secret_value() == NODE
    assert found.watch_list is not None
    assert [delegate.name for delegate in found.watch_list.tezos] == ["alice"]
    assert found.watch_list_error is None
    assert found.warnings == ()
    assert found.home == home
    assert found.env_file == home / ".env"
    assert found.settings.zone is UTC
    assert found.settings.identifier
    assert found.settings.cloudwatch_stream_name == found.settings.identifier


def test_without_any_configuration_one_line_says_what_to_create_and_how(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {"PATH": "/bin", "TIMEZONE": "UTC", "RPC_URL": ""}, tmp_path)
    (only,) = str(caught.value).splitlines()
    assert ".env" in only
    assert "delegates.json" in only
    assert "main.py init" in only


def test_the_environment_alone_is_a_configuration(home: Path) -> None:
    found = load(None, {"RPC_URL": NODE, "ALERT_BAKING_THRESHOLD": "3"}, home)
    assert found.env_file is None
    assert found.home == home
    assert found.settings.alert_baking_threshold == 3
    assert found.watch_list is not None


def test_the_environment_wins_over_the_file(home: Path) -> None:
    found = loaded(home, f"RPC_URL={NODE}\nMIN_PEERS=1\nIDENTIFIER=file\n", IDENTIFIER="shell", MIN_PEERS="")
    assert found.settings.identifier == "shell"
    assert found.settings.min_peers == 1


def test_paths_start_from_the_env_files_folder(tmp_path: Path) -> None:
    home = tmp_path / "etc"
    home.mkdir()
    (home / "baker.env").write_text(f"RPC_URL={NODE}\nDELEGATES_TO_MONITOR_PARAMETER=mine.json\n")
    (home / "mine.json").write_text(json.dumps([{"address": BOB}]))
    found = load(home / "baker.env", {}, tmp_path)
    assert found.delegates_file == home / "mine.json"
    assert found.watch_list is not None
    assert found.settings.database_url.get_secret_value() == f"sqlite:///{home}/state.db"


def test_a_relative_env_file_does_not_tie_paths_to_the_working_folder(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".env").write_text(f"RPC_URL={NODE}")
    monkeypatch.chdir(home)
    found = load(Path(".env"), {}, Path("/nowhere"))
    assert found.home == home
    assert found.settings.database_url.get_secret_value() == f"sqlite:///{home}/state.db"


EARLIER_TOOLS = """\
# URL to the Tezos node RPC endpoint
RPC_URL=https://rpc.seoulnet.teztnets.com/
DELEGATES_TO_MONITOR_PARAMETER=bakers.json
BLOCK_SLIDING_WINDOW_SIZE=3
ALERT_BAKING_THRESHOLD=1
ALERT_BAKING_BLOCK_WINDOW=60
ALERT_ATTESTATION_THRESHOLD=10
ALERT_ATTESTATION_BLOCK_WINDOW=60
ALERT_INACTIVE_STATE_THRESHOLD=600
IDENTIFIER=tezos-monitor
BLOCKEXPLORER_URL=https://tzkt.io
SEND_ALERT_TO_TELEGRAM=false
TELEGRAM_BOT_TOKEN=your_bot_token
TELEGRAM_CHAT_ID=your_chat_id
SEND_ALERT_TO_CLOUDWATCH=true
CLOUDWATCH_LOG_GROUP=baker-alerts
CLOUDWATCH_STREAM_NAME=ghostnet-alerts
AWS_REGION=eu-west-1
AWS_ACCESS_KEY_ID=AKIAEXAMPLE
"""


def test_the_earlier_tools_files_work_unchanged(home: Path) -> None:
    (home / "bakers.json").write_text(json.dumps([{"address": ALICE, "name": "Main Baker"}, {"address": BOB}]))
    found = loaded(home, EARLIER_TOOLS)
    settings = found.settings
    assert found.warnings == ()
    assert found.watch_list is not None
    assert len(found.watch_list.tezos) == 2
    assert (settings.send_to_cloudwatch, settings.send_to_telegram) == (True, False)
    assert (settings.cloudwatch_log_group, settings.cloudwatch_stream_name) == ("baker-alerts", "ghostnet-alerts")
    assert baking_limit(settings) == Limit(1, 60)
    assert attestation_limit(settings) == Limit(10, 60)
    assert settings.block_sliding_window_size == 3
    assert settings.alert_inactive_state_threshold == 600
    assert found.for_libraries == {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"}


def test_both_names_of_a_channel_switch_are_read(home: Path) -> None:
    for name in ("SEND_TO_CLOUDWATCH", "SEND_ALERT_TO_CLOUDWATCH"):
        assert loaded(home, f"RPC_URL={NODE}\n{name}=true").settings.send_to_cloudwatch


def test_two_names_that_disagree_are_on_with_a_warning(home: Path) -> None:
    found = loaded(home, f"RPC_URL={NODE}\nSEND_ALERT_TO_CLOUDWATCH=true\nSEND_TO_CLOUDWATCH=false\n")
    assert found.settings.send_to_cloudwatch
    assert [str(warning) for warning in found.warnings] == [
        ".env:2: SEND_ALERT_TO_CLOUDWATCH: SEND_ALERT_TO_CLOUDWATCH=true and SEND_TO_CLOUDWATCH=false mean the same"
        " setting; true counts; fix: keep one of them"
    ]


def test_every_fault_of_both_files_is_told_at_once(home: Path) -> None:
    write_list(home, [{"address": ALICE}, {"address": ALICE}])
    env = """RPC_URL=127.0.0.1:8732
ALERT_BAKING_THRESHOLD=often
RPC_TIMEOUT=0
this is no setting
ALERT_BAKING_ROUNDS=1
TIMEZONE=Mars/Olympus
SEND_TO_CONSOLE=maybe
DATABASE_URL=mysql://me:hunter2@db/x
MAX_CATCHUP_BLOCKS=0
BLOCKEXPLORER_URL=tzkt
TEZOS_NETWORK=main net
"""
    said = faults(home, env, MIN_PEERS="-1")
    assert sorted(line.split(": ")[0] + " " + line.split(": ")[1] for line in said) == sorted(
        [
            ".env:1 RPC_URL",
            ".env:2 ALERT_BAKING_THRESHOLD",
            ".env:3 RPC_TIMEOUT",
            ".env:4 is not NAME=value; fix",
            ".env:5 ALERT_BAKING_ROUNDS",
            ".env:6 TIMEZONE",
            ".env:7 SEND_TO_CONSOLE",
            ".env:8 DATABASE_URL",
            ".env:9 MAX_CATCHUP_BLOCKS",
            ".env:10 BLOCKEXPLORER_URL",
            ".env:11 TEZOS_NETWORK",
            "environment MIN_PEERS",
            "delegates.json:1 [1].address",
        ]
    )
    assert all("; fix: " in line for line in said)
    assert not any("hunter2" in line for line in said)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ("", ".env: RPC_URL: is not set"),
        ("RPC_URL=", ".env: RPC_URL: is not set"),
        (f"RPC_URL={NODE}\n\nRPC_URL_SHADOWNET=x", ".env:3: RPC_URL_SHADOWNET: entry 1 is not an address"),
        (f"RPC_URL={NODE}\nRPC_URL_9=http://x", "RPC_URL_9: does not end in the name of a network"),
        (f"RPC_URL={NODE}\nMIN_PEERS=few", '.env:2: MIN_PEERS: "few" is not a whole number of peers'),
        (f"RPC_URL={NODE}\nALERT_BAKING_THRESHOLD=0", '"0" is less than 1'),
        (f"RPC_URL={NODE}\nRPC_TIMEOUT=nan", "RPC_TIMEOUT"),
        (f"RPC_URL={NODE}\nRPC_TIMEOUT=90", '"90" is more than 50'),
        (f"RPC_URL={NODE}\nTIMEZONE=Europe", "is not a time zone"),
        (f"RPC_URL={NODE}\nTIMEZONE=../etc/passwd", "is not a time zone"),
        (f"RPC_URL={NODE}\nALERT_ATTESTATION_THRESHOLD=101", "100 blocks can never hold the 101 misses"),
        (f"RPC_URL={NODE}\nALERT_BAKING_BLOCK_WINDOW=2\nALERT_BAKING_THRESHOLD=3", "2 blocks can never hold"),
        (f"RPC_URL={NODE}\nDATABASE_URL=sqlite://", "has no file"),
        (f"RPC_URL={NODE}\nDATABASE_URL=sqlite:///:memory:", "forgets everything"),
        (f"RPC_URL={NODE}\nDATABASE_URL=sqlite:///~/x.db", "begins with ~"),
        (f"RPC_URL={NODE}\nDATABASE_URL=postgres://h/x", "begins with postgres://"),
        (f"RPC_URL={NODE}\nDATABASE_URL=postgresql://h/x", "begin with postgresql+psycopg://"),
        (f"RPC_URL={NODE}\nDELEGATES_TO_MONITOR_PARAMETER={ALICE},{BOB}", "holds the list itself"),
        (f"RPC_URL={NODE}\nSEND_TO_TELEGRAM=true\nTELEGRAM_CHAT_ID=-1", "TELEGRAM_BOT_TOKEN: is not set"),
        (
            f"RPC_URL={NODE}\nSEND_TO_TELEGRAM=true\nTELEGRAM_BOT_TOKEN=123456:{'a' * 35}",
            "TELEGRAM_CHAT_ID: is not set",
        ),
        (f"RPC_URL={NODE}\nCLOUDWATCH_STREAM_NAME=a:b", "does not take"),
        (f"RPC_URL={NODE}\nDATABASE_URL", ".env:2: is not NAME=value"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(home: Path, env: str, said: str) -> None:
    assert any(said in line for line in faults(home, env)), faults(home, env)


CANARY = "CANARY5ecret"


@pytest.mark.parametrize(
    "env",
    [
        f"RPC_URL=ftp://user:{CANARY}@node/",
        f"RPC_URL=https://node/{CANARY}/ x",
        f"RPC_URL={NODE}\nRPC_URL_SHADOWNET=https://{CANARY}@",
        f"RPC_URL={NODE}\nDATABASE_URL=oracle://me:{CANARY}@db/x",
        f"RPC_URL={NODE}\nDATABASE_URL=postgres://me:{CANARY}@db/x",
        f"RPC_URL={NODE}\nDATABASE_URL=postgresql+{CANARY}://me:{CANARY}@db/x",
        f"RPC_URL={NODE}\nSEND_TO_TELEGRAM=true\nTELEGRAM_CHAT_ID=1\nTELEGRAM_BOT_TOKEN={CANARY}",
        f"RPC_URL={NODE}\n{CANARY}",
    ],
)
def test_no_fault_repeats_a_secret(home: Path, env: str) -> None:
    assert CANARY not in "\n".join(faults(home, env))


def test_a_configuration_can_be_printed_without_its_secrets(home: Path) -> None:
    env = f"""RPC_URL=https://me:{CANARY}@node/
DATABASE_URL=postgresql+psycopg://me:{CANARY}@db/x
TELEGRAM_BOT_TOKEN={CANARY}
AWS_SECRET_ACCESS_KEY={CANARY}
"""
    found = loaded(home, env)
    assert CANARY not in repr(found)
    assert CANARY not in str(found.settings)


def test_dollars_hashes_and_quotes_survive(home: Path) -> None:
    env = f"""RPC_URL={NODE}
TELEGRAM_BOT_TOKEN=12$HOME:a#b
export DATABASE_URL='postgresql+psycopg://me:p$$w@db/x'
IDENTIFIER="two words" # a comment
"""
    settings = loaded(home, env, HOME="/root").settings
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == "12$HOME:a#b"
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://me:p$$w@db/x"
    assert settings.identifier == "two words"


def test_what_is_probably_not_meant_is_a_warning(home: Path) -> None:
    env = f"""RPC_URL={NODE}
ALERT_BAKING_TRESHOLD=3
MY_OWN_NAME=x
min_peers=3
IDENTIFIER=${{HOST}}
MAX_CATCHUP_BLOCKS=5
MAX_CATCHUP_BLOCKS=6
"""
    found = loaded(home, env)
    said = [str(warning) for warning in found.warnings]
    assert sorted(line.split(":")[1] for line in said) == ["2", "4", "5", "7"]
    assert any("did you mean ALERT_BAKING_THRESHOLD?" in line for line in said)
    assert any("did you mean MIN_PEERS?" in line for line in said)
    assert found.settings.max_catchup_blocks == 6


def test_foreign_names_in_the_environment_are_no_concern(home: Path) -> None:
    found = loaded(home, f"RPC_URL={NODE}", ALERT_BAKING_TRESHOLD="x", PATH="/bin", rpc_url="x")
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("env", "limit"),
    [
        ("", None),
        ("ALERT_ATTESTATION_THRESHOLD=auto\nALERT_ATTESTATION_BLOCK_WINDOW=AUTO", None),
        ("ALERT_ATTESTATION_THRESHOLD=3", Limit(3, 100)),
        ("ALERT_ATTESTATION_BLOCK_WINDOW=500", Limit(10, 500)),
        ("ALERT_ATTESTATION_THRESHOLD=3\nALERT_ATTESTATION_BLOCK_WINDOW=20", Limit(3, 20)),
    ],
)
def test_attestations_are_automatic_unless_a_figure_is_set(home: Path, env: str, limit: Limit | None) -> None:
    assert attestation_limit(loaded(home, f"RPC_URL={NODE}\n{env}").settings) == limit


def test_a_delegates_own_limits_win_and_take_the_rest_from_the_settings(home: Path) -> None:
    write_list(
        home,
        [
            {"address": ALICE, "alerts": {"baking": {"threshold": 2}, "attestation": {"window": 40}}},
            {"address": BOB},
        ],
    )
    found = loaded(home, f"RPC_URL={NODE}\nALERT_BAKING_BLOCK_WINDOW=700")
    assert found.watch_list is not None
    alice, bob = found.watch_list.tezos
    assert baking_limit(found.settings, alice) == Limit(2, 700)
    assert attestation_limit(found.settings, alice) == Limit(10, 40)
    assert baking_limit(found.settings, bob) == Limit(1, 700)
    assert attestation_limit(found.settings, bob) is None


def test_delegates_are_grouped_by_the_setting_that_serves_them(home: Path) -> None:
    write_list(
        home,
        [
            {"address": ALICE},
            {"address": BOB, "network": "shadownet"},
            {"address": CAROL, "network": "mainnet"},
        ],
    )
    found = loaded(home, f"RPC_URL={NODE}\nRPC_URL_SHADOWNET=https://b.example\nTEZOS_NETWORK=mainnet")
    assert found.watch_list is not None
    groups = found.settings.by_endpoints(found.watch_list.tezos)
    assert {key: [delegate.address for delegate in group] for key, group in groups.items()} == {
        "": [ALICE, CAROL],
        "shadownet": [BOB],
    }


def error_of(found: Configuration) -> str:
    assert found.watch_list is None
    return str(found.watch_list_error)


def test_a_network_without_a_node_makes_the_list_invalid(home: Path) -> None:
    write_list(home, [{"address": ALICE, "network": "shadownet"}])
    assert error_of(loaded(home, f"RPC_URL={NODE}")) == (
        "delegates.json:1: [0].network: no node is known for it: RPC_URL_SHADOWNET is not set;"
        ' fix: set RPC_URL_SHADOWNET in .env, or remove "network" if it is RPC_URL\'s'
    )
    write_list(home, {"tezos": [{"address": ALICE}]})
    assert "tezos[0]: has no network" in error_of(loaded(home, f"RPC_URL_SHADOWNET={NODE}"))


def test_limits_that_contradict_the_settings_make_the_list_invalid(home: Path) -> None:
    write_list(home, [{"address": ALICE, "alerts": {"baking": {"threshold": 9}}}])
    said = error_of(loaded(home, f"RPC_URL={NODE}\nALERT_BAKING_BLOCK_WINDOW=8"))
    assert "[0].alerts.baking: 9 misses never fit into a window of 8 blocks" in said


def test_a_bad_list_beside_good_settings_leaves_the_settings_usable(home: Path) -> None:
    (home / "delegates.json").write_text("[{]")
    found = loaded(home, f"RPC_URL={NODE}")
    assert found.settings.rpc_urls
    assert error_of(found).startswith("delegates.json:1: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there; fix: create"),
        (b"\xff\xfe[\x00]\x00", "is not UTF-8 text; fix: save it as UTF-8"),
        (b'[\n{"name": "\xe9"}]', "delegates.json:2: is not UTF-8 text"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(home: Path, content: bytes | None, said: str) -> None:
    (home / "delegates.json").unlink()
    if content is not None:
        (home / "delegates.json").write_bytes(content)
    assert said in error_of(loaded(home, f"RPC_URL={NODE}"))


def test_a_folder_in_place_of_the_list_says_so(home: Path) -> None:
    assert "is a folder" in error_of(loaded(home, f"RPC_URL={NODE}\nDELEGATES_TO_MONITOR_PARAMETER=."))


def test_a_file_without_permission_says_so(home: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (home / "delegates.json").chmod(0)
    assert "may not be read" in error_of(loaded(home, f"RPC_URL={NODE}"))


def test_a_named_env_file_that_is_absent_is_told_even_with_variables_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"other\.env: is not there"):
        load(tmp_path / "other.env", {"RPC_URL": NODE}, tmp_path)


def test_a_time_zone_is_usable(home: Path) -> None:
    assert loaded(home, f"RPC_URL={NODE}\nTIMEZONE=Europe/Berlin").settings.zone == ZoneInfo("Europe/Berlin")


def test_the_settings_cannot_be_changed(home: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        loaded(home, f"RPC_URL={NODE}").settings.min_peers = 5  # type: ignore[misc]


def test_without_the_driver_the_command_that_installs_it_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.config.database_url.find_spec", lambda name: None)
    (told,) = faults(home, f"RPC_URL={NODE}\nDATABASE_URL=postgresql+psycopg://me:{CANARY}@db/x")
    assert ".env:2: DATABASE_URL: needs the driver psycopg, which is not installed" in told
    assert f"{sys.executable} -m pip install -r " in told
    assert "requirements-postgres.txt" in told
    assert CANARY not in told
