"""A state file that wakes up on another host is not judged with until somebody says that it may be."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from monitor import host
from monitor.check import Surroundings, check
from monitor.report import CONFIGURATION, RAN, Report
from tests.monitor.commands.desk import DOWN, Desk, desk


def on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)


def taken_over(at: Desk) -> Report:
    channels = {"console": at.phone}
    return check(at.station.configuration, Surroundings(at.clock, channels, takeover=True))


def test_on_another_host_it_says_so_and_judges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("bkr1", monkeypatch)
    with desk(tmp_path) as at:
        on("bkr2", monkeypatch)
        cursor, runs = at.station.cursor(), at.station.rows("SELECT count(*) AS n FROM run")
        at.scene.clock.advance(60)
        report = at.station.run()
        assert report.exit_code == CONFIGURATION
        assert report.problems == [
            "state.db: belongs to bkr1, and this is bkr2; if nothing runs on bkr1 any more, take it over once with "
            "`main.py check --takeover`"
        ]
        assert at.station.cursor() == cursor
        assert at.station.rows("SELECT count(*) AS n FROM run") == runs


def test_taken_over_once_it_goes_on_and_tells_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("bkr1", monkeypatch)
    with desk(tmp_path) as at:
        on("bkr2", monkeypatch)
        assert taken_over(at).exit_code == RAN
        assert at.told() == ["notice: The monitor now runs on bkr2"]
        at.until(DOWN + 10)
        assert [line.partition(" ")[0] for line in at.told()] == ["firing:"]
        on("bkr1", monkeypatch)
        assert at.station.run().exit_code == CONFIGURATION


def test_taking_over_what_is_ones_own_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("bkr1", monkeypatch)
    with desk(tmp_path) as at:
        assert taken_over(at).exit_code == RAN
        assert at.told() == []


def test_a_container_without_a_name_goes_by_identifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on("0123456789ab", monkeypatch)
    with desk(tmp_path) as at:
        at.station.configure(IDENTIFIER="sentinel-a")
        assert taken_over(at).exit_code == RAN
        on("ba9876543210", monkeypatch)
        assert at.station.run().exit_code == RAN
        at.station.configure(IDENTIFIER="sentinel-b")
        assert at.station.run().exit_code == CONFIGURATION


@pytest.mark.parametrize(
    ("before", "here", "moved"),
    [
        ("bkr1", "bkr1", False),
        ("bkr1", "bkr2", True),
        ("0123456789ab", "ba9876543210", False),
        ("bkr1", "0123456789ab", True),
        ("0123456789ab", "bkr1", True),
    ],
)
def test_two_containers_without_names_may_be_one(before: str, here: str, moved: bool) -> None:
    assert host.has_moved(before, here) is moved
