"""What .env says of the channels, and what it says wrongly."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from monitor.config.channel_names import channel_names, notify_entries, telegram_entries
from monitor.config.configuration import Configuration, load
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE

TOKEN = "123456:" + "a" * 35
TELEGRAM = f"SEND_TO_TELEGRAM=true\nTELEGRAM_BOT_TOKEN={TOKEN}\n"
CANARY = "canary-3f9c"


def loaded(home: Path, env: str, delegates: object = None) -> Configuration:
    (home / ".env").write_text(f"RPC_URL=http://127.0.0.1:8732\n{env}")
    (home / "delegates.json").write_text(json.dumps(delegates or [{"address": ALICE}]))
    return load(None, {}, home)


def faults(home: Path, env: str) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(home, env)
    return str(caught.value)


@pytest.mark.parametrize(
    "chats", ["-1001234567890", "42", "@validators", "-1001,night-shift=-1002", " day = -1 , night=@oncall "]
)
def test_every_spelling_of_a_chat_is_taken(tmp_path: Path, chats: str) -> None:
    assert loaded(tmp_path, f"{TELEGRAM}TELEGRAM_CHAT_ID={chats}").settings.telegram_chat_id


@pytest.mark.parametrize(
    ("chats", "said"),
    [
        ("https://t.me/c/1", '"https://t.me/c/1" is not the id of a chat'),
        ("-1001;-1002", "is not the id of a chat"),
        ("@ab", "is not the id of a chat"),
        ("ops=", '"" is not the id of a chat'),
        ("night shift=-1", '"night shift" is not a name'),
        ("ops=-1,ops=-2", "names telegram:ops 2 times"),
    ],
)
def test_a_chat_that_is_none_is_told_with_its_fix(tmp_path: Path, chats: str, said: str) -> None:
    told = faults(tmp_path, f"{TELEGRAM}TELEGRAM_CHAT_ID={chats}")
    assert "TELEGRAM_CHAT_ID" in told
    assert said in told


def test_a_name_that_is_also_a_number_given_by_place_is_told(tmp_path: Path) -> None:
    told = faults(tmp_path, f"{TELEGRAM}TELEGRAM_CHAT_ID=-1,-2,2=-3")
    assert "names telegram:2 2 times" in told


def test_an_unused_chat_id_may_be_anything(tmp_path: Path) -> None:
    assert loaded(tmp_path, "TELEGRAM_CHAT_ID=your_chat_id").settings.telegram_chat_id == "your_chat_id"


@pytest.mark.parametrize(
    ("threads", "said"),
    [
        ("general", '"general" is not the id of a topic'),
        ("0", '"0" is not the id of a topic'),
        ("night=7", "names no chat of TELEGRAM_CHAT_ID: telegram:night"),
    ],
)
def test_a_topic_needs_a_number_and_a_chat(tmp_path: Path, threads: str, said: str) -> None:
    assert said in faults(tmp_path, f"{TELEGRAM}TELEGRAM_CHAT_ID=-1\nTELEGRAM_THREAD_ID={threads}")


def test_a_retention_is_one_that_cloudwatch_knows(tmp_path: Path) -> None:
    assert "10 days is not a retention of CloudWatch" in faults(tmp_path, "CLOUDWATCH_RETENTION_DAYS=10")
    assert loaded(tmp_path, "CLOUDWATCH_RETENTION_DAYS=14").settings.cloudwatch_retention_days == 14


def test_a_severity_is_one_of_three_in_any_case(tmp_path: Path) -> None:
    told = faults(tmp_path, "TELEGRAM_MIN_SEVERITY=loud")
    assert '"loud" is not among the choices; fix: write info, warning or critical' in told
    assert loaded(tmp_path, "TELEGRAM_MIN_SEVERITY=Critical").settings.telegram_min_severity == "critical"


def test_names_that_aws_does_not_take_are_told(tmp_path: Path) -> None:
    assert "is not the name of a log group" in faults(tmp_path, "SEND_TO_CLOUDWATCH=true\nCLOUDWATCH_LOG_GROUP=a b")
    assert "Amazon's own" in faults(tmp_path, "CLOUDWATCH_METRICS_NAMESPACE=AWS/Mine")
    assert "is not the name of a namespace" in faults(tmp_path, "CLOUDWATCH_METRICS_NAMESPACE=a:b")


@pytest.mark.parametrize(
    "address", ["hc-ping.com/x", "ftp://hc-ping.com/x", "https:///", "https://a b/x", "https://h:x/"]
)
def test_a_heartbeat_address_that_is_none_is_told_and_not_shown(tmp_path: Path, address: str) -> None:
    told = faults(tmp_path, f"HEARTBEAT_URL={address}{CANARY}")
    assert "HEARTBEAT_URL: is not a web address (it is not shown here)" in told
    assert CANARY not in told


def test_every_receiver_of_notify_urls_is_a_channel() -> None:
    value = f"team=slack://a/b/c/#ops, mailto://u:p@h?to=a,b\n pagerduty://k@r  json://{CANARY}/x,y"
    assert notify_entries(value) == [
        ("notify:team", "slack://a/b/c/#ops"),
        ("notify", "mailto://u:p@h?to=a,b"),
        ("notify:3", "pagerduty://k@r"),
        ("notify:4", f"json://{CANARY}/x,y"),
    ]


def test_an_equals_sign_inside_an_address_is_no_name() -> None:
    assert notify_entries("json://h/x?+a=b") == [("notify", "json://h/x?+a=b")]


def test_a_receiver_that_is_no_address_is_told_and_not_shown(tmp_path: Path) -> None:
    told = faults(tmp_path, f"NOTIFY_URLS=team={CANARY}")
    assert "NOTIFY_URLS: entry 1 is not an address (it is not shown here)" in told
    assert CANARY not in told
    assert "names notify:a 2 times" in faults(tmp_path, f"NOTIFY_URLS=a=json://{CANARY} a=json://h")


def test_without_apprise_the_command_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.config.channel_faults.find_spec", lambda name: None)
    told = faults(tmp_path, f"NOTIFY_URLS=json://{CANARY}/")
    assert "needs Apprise, which is not installed" in told
    assert f"{sys.executable} -m pip install -r " in told
    assert "requirements-notify.txt" in told
    assert CANARY not in told


def test_the_secrets_of_channels_are_not_shown_by_the_settings(tmp_path: Path) -> None:
    settings = loaded(tmp_path, f"NOTIFY_URLS=json://{CANARY}/\nHEARTBEAT_URL=https://h/{CANARY}").settings
    assert CANARY not in repr(settings) + str(settings)


ALL_CHANNELS = f"{TELEGRAM}TELEGRAM_CHAT_ID=-1,night=-2\nSEND_TO_CLOUDWATCH=true\nNOTIFY_URLS=json://h team=json://i\n"


def test_the_names_of_all_channels(tmp_path: Path) -> None:
    found = channel_names(loaded(tmp_path, ALL_CHANNELS).settings)
    assert found == ("console", "telegram", "telegram:night", "cloudwatch", "notify", "notify:team")
    assert channel_names(loaded(tmp_path, "SEND_TO_CONSOLE=false").settings) == ()


def test_a_delegate_may_name_the_channels_that_are_switched_on(tmp_path: Path) -> None:
    found = loaded(tmp_path, ALL_CHANNELS, [{"address": ALICE, "channels": ["telegram:night", "notify"]}])
    assert found.watch_list_error is None


def test_a_channel_that_nobody_has_is_told_with_those_there_are(tmp_path: Path) -> None:
    found = loaded(tmp_path, "", [{"address": ALICE, "channels": ["console", "telegram:night"]}])
    assert str(found.watch_list_error) == (
        'delegates.json:1: [0].channels[1]: no channel is called "telegram:night";'
        " fix: write one of console, or switch it on in .env"
    )


def test_a_topic_is_named_like_its_chat() -> None:
    assert telegram_entries("7,night=12") == [("telegram", "7"), ("telegram:night", "12")]
