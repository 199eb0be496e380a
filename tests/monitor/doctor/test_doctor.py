"""Every finding with its level and its fix."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.commands.doctor import run_doctor
from monitor.doctor.nodes import Answered, examine_clock
from simulator import faults
from simulator.cloudwatch import CloudWatchLogs
from simulator.telegram import KICKED, Telegram
from tests.monitor.commands.desk import Desk, desk

Lines = dict[str, tuple[str, str, str | None]]
NOW = 1_795_262_400


def examined(at: Desk, capsys: pytest.CaptureFixture[str]) -> tuple[int, Lines]:
    """(exit code, area -> (level, text, fix)), the worst of an area."""
    capsys.readouterr()
    code = run_doctor(at.station.configuration, True, at.clock)
    worst: Lines = {}
    order = ("ok", "warning", "failed")
    for row in json.loads(capsys.readouterr().out):
        area = row["area"]
        if area not in worst or order.index(row["level"]) > order.index(worst[area][0]):
            worst[area] = (row["level"], row["text"], row["fix"])
    return code, worst


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        (tmp_path / ".env").chmod(0o600)
        yield found


NODE = "node 127.0.0.1#1"


def test_all_is_well(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = examined(at, capsys)
    assert code == 0
    for area in ("configuration", "permissions", "database", "disk", "last run", "messages", NODE, "clock", "console"):
        assert lines[area][0] == "ok", area
    assert "in sync" in lines[NODE][1]


def test_a_person_reads_a_line_each(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    run_doctor(at.station.configuration, False, at.clock)
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in ("ok", "warning", "failed") for line in lines)
    assert all(("; fix: " in line) == (not line.startswith("ok")) for line in lines)


def test_before_the_first_run_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path / "one") as at:
        at.station.configure(DATABASE_URL="sqlite:///other.db")
        _, lines = examined(at, capsys)
        assert (lines["database"][0], lines["database"][2]) == ("warning", "python main.py check")
        assert lines[NODE][0] == "ok"
        assert not (tmp_path / "one" / "other.db").exists()


@pytest.mark.parametrize(
    ("mode", "secret", "level"), [(0o644, True, "failed"), (0o644, False, "warning"), (0o660, False, "warning")]
)
def test_who_can_read_the_env_file(
    at: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int, secret: bool, level: str
) -> None:
    if secret:
        at.station.configure(HEARTBEAT_URL="http://127.0.0.1:9/ping")
    (tmp_path / ".env").chmod(mode)
    code, lines = examined(at, capsys)
    assert lines["permissions"][0] == level
    assert lines["permissions"][2] == f"chmod 600 {tmp_path / '.env'}"
    assert code == (1 if secret else 0)


def test_what_is_probably_a_mistake_in_the_settings_is_a_warning(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    at.station.configure(TELEGRAM_CHATID="-1001")
    _, lines = examined(at, capsys)
    assert lines["configuration"][0] == "warning"
    assert "TELEGRAM_CHATID" in lines["configuration"][1]


def test_an_unusable_list_fails_and_the_last_valid_one_is_examined(
    at: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    at.station.watch("[")
    code, lines = examined(at, capsys)
    assert (code, lines["configuration"][0]) == (1, "failed")
    assert lines[NODE][0] == "ok"


def test_a_damaged_database_fails(at: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "state.db").write_bytes(b"not a database" * 4096)
    code, lines = examined(at, capsys)
    assert (code, lines["database"][0]) == (1, "failed")


def test_a_database_of_another_host_fails(at: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
        connection.execute("UPDATE run SET host = 'bkr9'")
        connection.commit()
    code, lines = examined(at, capsys)
    assert (code, lines["host"][0]) == (1, "failed")
    assert "--takeover" in str(lines["host"][2])


def test_no_run_for_a_while_fails(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    at.scene.clock.advance(600)
    code, lines = examined(at, capsys)
    assert (code, lines["last run"][0]) == (1, "failed")
    assert "crontab" in str(lines["last run"][2])


def test_a_node_that_does_not_answer_fails(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with at.scene.node.faults.during(faults.status(503)):
        code, lines = examined(at, capsys)
    assert (code, lines[NODE][0]) == (1, "failed")
    assert "RPC_URL" in str(lines[NODE][2])
    assert lines["clock"][0] == "warning"


def test_a_node_that_stands_still_or_is_not_in_sync_fails(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with at.scene.node.faults.during(faults.not_bootstrapped()):
        assert examined(at, capsys)[1][NODE][0] == "failed"
    with at.scene.node.faults.during(faults.stale_head(10_100)):
        _, lines = examined(at, capsys)
    assert "no new blocks" in lines[NODE][1]


def test_a_node_on_another_chain_fails(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with at.scene.node.faults.during(faults.chain_id("NetXnHfVqm9iesp")):
        code, lines = examined(at, capsys)
    assert code == 1
    assert lines[NODE][0] == "failed"


def test_telegram_is_asked_for_the_bot_and_for_every_chat(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with Telegram() as telegram:
        at.station.configure(
            SEND_TO_TELEGRAM="true",
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_CHAT_ID="-1001,night=-1002",
            TELEGRAM_API_URL=telegram.url,
        )
        code, lines = examined(at, capsys)
        assert (code, lines["telegram"][0], lines["telegram:night"][0]) == (1, "ok", "failed")
        assert "chat not found" in lines["telegram:night"][1]
        telegram.chats["-1001"].gone = KICKED
        assert examined(at, capsys)[1]["telegram"][0] == "failed"
        assert telegram.heard() == []
        at.station.configure(TELEGRAM_BOT_TOKEN="123456:AAH-canary_of_another_bot_0123456789")
        run_doctor(at.station.configuration, False, at.clock)
        printed = capsys.readouterr().out
        assert "failed   telegram: 401 Unauthorized" in printed
        assert "canary" not in printed


def test_a_group_that_moved_is_no_failure(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with Telegram() as telegram:
        telegram.chats["-1001"].moved_to = "-1009"
        at.station.configure(
            SEND_TO_TELEGRAM="true",
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_CHAT_ID="-1001",
            TELEGRAM_API_URL=telegram.url,
        )
        code, lines = examined(at, capsys)
    assert (code, lines["telegram"][0]) == (0, "warning")
    assert "became a supergroup" in lines["telegram"][1]


def test_cloudwatch_is_asked_to_take_an_event_that_is_no_alert(
    at: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    at.station.configure(SEND_TO_CLOUDWATCH="true")
    with CloudWatchLogs() as logs:
        monkeypatch.setenv("AWS_ENDPOINT_URL", logs.url)
        code, lines = examined(at, capsys)
        assert (code, lines["cloudwatch"][0]) == (0, "ok")
        assert [json.loads(message)["kind"] for batch in logs.batches for message in batch] == ["doctor"]
        with logs.faults.during(faults.Fault("status", status=400, body='{"__type": "AccessDeniedException"}')):
            code, lines = examined(at, capsys)
    assert (code, *lines["cloudwatch"][:2]) == (1, "failed", "refused: AccessDeniedException")
    assert "logs:PutLogEvents" in (lines["cloudwatch"][2] or "")


def test_a_broken_channel_and_a_message_that_waits_are_found(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    at.silence("alice")  # its line waits for the next run
    with closing(sqlite3.connect(at.station.home / "state.db")) as connection:
        connection.execute(
            "INSERT INTO channel_state (channel, broken_since, broken_reason) VALUES ('console', ?, '403 kicked')",
            (at.clock.now() - 600,),
        )
        connection.commit()
    code, lines = examined(at, capsys)
    assert (code, lines["console"][0], lines["messages"][0]) == (1, "failed", "warning")
    assert lines["console"][1] == "takes no messages for 10 min: 403 kicked"


@pytest.mark.parametrize(
    ("ages", "level", "said"),
    [
        ([6], "ok", "6 s old"),
        ([-2], "ok", "0 s old"),
        ([-30, 5], "failed", "30 s behind"),
        ([400, 410], "warning", "the clock is ahead, or the chain stands still"),
        ([400, 3000], "warning", "the only head to compare it with"),
        ([5, 3000], "ok", "5 s old"),
        ([], "warning", "no node answered"),
    ],
)
def test_the_clock_is_compared_with_the_newest_heads(ages: list[int], level: str, said: str) -> None:
    finding = examine_clock([Answered(f"n#{number}", NOW - age) for number, age in enumerate(ages)], NOW)
    assert finding.level == level
    assert said in finding.text
