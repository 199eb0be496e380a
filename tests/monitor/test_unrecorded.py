"""A state that cannot be written: those who would be told of everything else hear of that, past the outbox."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import monitor.database
from alerting.channels.telegram import Telegram as Chat
from alerting.render.unrecorded import cannot_record, records_again
from monitor.model import Format
from monitor.unrecorded import Marks
from simulator import faults
from simulator.plan import small_plan
from simulator.telegram import Telegram
from tests.running import Station
from tests.scenes import play

NOON = 1_795_262_400


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as found:
        yield found


@pytest.fixture
def station(telegram: Telegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    monkeypatch.setattr(monitor.database, "BUSY_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with play(small_plan(seed=7), 10_200, tmp_path / "home") as scene:
        phone = Chat(telegram.token, "-1001", api_url=telegram.url)
        station = scene.station(*scene.named("alice"), channels={"telegram": phone}, IDENTIFIER="bkr1")
        station.run()
        yield station


@contextmanager
def locked(station: Station) -> Iterator[None]:
    with closing(sqlite3.connect(station.home / "state.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


CANNOT = (
    "🔴 Monitor bkr1 cannot record what it sees\nNothing is judged or told until it can: state.db: locked by another"
    " process. main.py doctor says more."
)
AGAIN = "✅ Monitor bkr1 records again\nWhat the chain did meanwhile is judged now, and told."


def test_it_is_told_at_the_second_run_in_a_row_and_when_it_is_over(station: Station, telegram: Telegram) -> None:
    with locked(station):
        station.minutes(1)
        assert telegram.heard() == []
        station.minutes(3)
        assert telegram.heard() == [CANNOT]
    station.minutes(1)
    assert telegram.heard().count(AGAIN) == 1
    assert "🟡 Monitor did not run" in telegram.heard()[1], "the queue goes on as well"
    said = len(telegram.heard())
    station.minutes(2)
    assert len(telegram.heard()) == said


def test_it_is_told_again_every_hour(station: Station, telegram: Telegram) -> None:
    with locked(station):
        station.minutes(125)
    assert telegram.heard() == [CANNOT] * 3


def test_one_run_alone_that_could_not_record_is_not_told(station: Station, telegram: Telegram) -> None:
    with locked(station):
        station.minutes(1)
    station.minutes(1)
    with locked(station):
        station.minutes(1)
    station.minutes(1)
    assert telegram.heard() == []


def test_a_channel_that_does_not_take_it_is_a_warning_of_the_run(station: Station, telegram: Telegram) -> None:
    with locked(station), telegram.faults.during(faults.status(502)):
        report = station.minutes(2)
    assert report.warnings == ["telegram not told: 502 without an answer that says what happened"]
    assert report.exit_code == 1


def test_a_group_that_moved_is_followed(station: Station, telegram: Telegram) -> None:
    telegram.chats["-1009"] = type(telegram.chats["-1001"])()
    telegram.chats["-1001"].moved_to = "-1009"
    with locked(station):
        station.minutes(2)
    assert telegram.heard("-1009") == [CANNOT]


def test_where_nothing_can_be_noted_it_is_told_once_an_hour_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "a file"
    nowhere.touch()
    monkeypatch.setenv("TMPDIR", str(nowhere))
    marks = Marks(nowhere)
    assert [minute for minute in range(180) if marks.failed(NOON + 60 * minute)] == [0, 60, 120]


def test_what_cannot_be_noted_at_home_is_noted_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    marks = Marks(tmp_path / "gone")
    assert [minute for minute in range(70) if marks.failed(NOON + 60 * minute)] == [1, 61]
    assert marks.over()
    assert not marks.over()
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_jumped_does_not_quiet_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    marks = Marks(tmp_path)
    assert [marks.failed(NOON + at) for at in (0, 60, -86_400, -86_340)] == [False, True, False, True]


def test_a_log_gets_an_object_and_a_chat_no_markup_of_others() -> None:
    fact = json.loads(cannot_record("state.db: is damaged", "bkr1", Format.JSON, NOON).text)
    assert (fact["kind"], fact["severity"], fact["rule"]) == ("firing", "critical", "cannot_record")
    assert fact["summary"] == "Monitor bkr1 cannot record what it sees"
    assert json.loads(records_again("bkr1", Format.JSON, NOON).text)["kind"] == "resolved"
    assert "<" not in cannot_record("<b>", "<b>", Format.HTML, NOON).text
    long = cannot_record("x", "m" * 200, Format.PLAIN, NOON).text
    assert len(long.splitlines()[0]) < 80
