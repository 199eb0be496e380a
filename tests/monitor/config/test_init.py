from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.configuration import load
from monitor.config.env_file import parse_env
from monitor.config.init import Answers, render_env, write_configuration
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE, BOB, VAL

ANSWERS = Answers(
    rpc_url="http://127.0.0.1:8732, own=https://bkr1.example/key#1".replace("#", "%23"),
    bakers=((ALICE, "alice"), (f" {BOB} ", None)),
    timezone="Europe/Berlin",
    settings=(("RPC_URL_SHADOWNET", "https://shadow.example"),),
)


def test_what_is_written_is_what_is_loaded(tmp_path: Path) -> None:
    files = write_configuration(tmp_path, ANSWERS)
    assert files == [tmp_path / ".env", tmp_path / "delegates.json"]
    found = load(None, {}, tmp_path)
    assert found.warnings == ()
    assert found.settings.rpc_urls[""].get_secret_value() == ANSWERS.rpc_url
    assert found.settings.rpc_urls["shadownet"].get_secret_value() == "https://shadow.example"
    assert found.settings.timezone == "Europe/Berlin"
    assert found.watch_list is not None
    assert [(one.address, one.name) for one in found.watch_list.tezos] == [(ALICE, "alice"), (BOB, None)]


def test_bittensor_alone_can_be_written(tmp_path: Path) -> None:
    answers = Answers(None, (), bittensor_rpc_url="finney", hotkeys=((VAL, "val-A"),), subnets=(("18", None),))
    write_configuration(tmp_path, answers)
    assert "\nRPC_URL" not in (tmp_path / ".env").read_text()
    assert json.loads((tmp_path / "delegates.json").read_text()) == {
        "bittensor": {"hotkeys": [{"hotkey": VAL, "name": "val-A"}], "subnets": [{"netuid": 18}]}
    }
    found = load(None, {}, tmp_path)
    assert found.warnings == ()
    assert found.settings.bittensor_rpc_url is not None


def test_only_the_owner_may_read_the_secrets(tmp_path: Path) -> None:
    for force in (False, True):
        env, _ = write_configuration(tmp_path, ANSWERS, force=force)
        assert stat.S_IMODE(env.stat().st_mode) == 0o600
        env.chmod(0o644)


def test_files_that_are_there_are_kept_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "delegates.json").write_text("mine")
    with pytest.raises(ConfigError, match=r"delegates\.json: is there already; fix: edit it, or add --force"):
        write_configuration(tmp_path, ANSWERS)
    assert (tmp_path / "delegates.json").read_text() == "mine"
    assert not (tmp_path / ".env").exists()
    write_configuration(tmp_path, ANSWERS, force=True)
    assert ALICE in (tmp_path / "delegates.json").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "delegates.json"]


def test_wrong_answers_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    wrong = Answers(rpc_url="ftp://me:s3cret@x", bakers=((ALICE[:-1], None), (BOB, "a\nb")), timezone="Moon")
    with pytest.raises(ConfigError) as caught:
        write_configuration(tmp_path, wrong)
    assert [problem.path for problem in caught.value.problems] == [
        "RPC_URL",
        "TIMEZONE",
        "tezos[0].address",
        "tezos[1].name",
    ]
    assert "s3cret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_editors_find_the_schema_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "delegates.schema.json").write_text("{}")
    write_configuration(tmp_path, ANSWERS)
    assert json.loads((tmp_path / "delegates.json").read_text())["$schema"] == "./delegates.schema.json"


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written to"):
        write_configuration(tmp_path / "file", ANSWERS)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_any_value_survives_the_quoting(value: str) -> None:
    values, problems, _ = parse_env(render_env(Answers(rpc_url=value, bakers=())), ".env")
    assert problems == []
    assert values["RPC_URL"].value == value
