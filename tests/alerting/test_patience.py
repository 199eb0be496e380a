"""A channel whose errors never say what is wrong counts as broken after an hour without a success."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from alerting.errors import Ambiguous
from monitor.model import EventKind
from tests.alerting.stage import Scripted, Stage


class Patient(Scripted):
    patience: ClassVar[int | None] = 3600


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, Patient("notify"), Scripted("phone"))


def fail(stage: Stage, minutes: int, reason: str = "Slack did not take it") -> None:
    for _ in range(minutes):
        stage.channels["notify"].script = [Ambiguous(reason)]
        stage.next_run()
        stage.deliver()


def test_after_an_hour_of_failures_the_others_are_told(stage: Stage) -> None:
    stage.tell(EventKind.FIRING)
    fail(stage, 58)
    assert stage.channels["phone"].kinds == ["firing"]
    fail(stage, 20)
    assert stage.channels["phone"].kinds == ["firing", "channel-broken"]
    assert stage.channel_state("notify")["broken_reason"] == "Slack did not take it"


def test_a_success_gives_it_another_hour(stage: Stage) -> None:
    stage.tell(EventKind.FIRING)
    fail(stage, 50)
    stage.channels["notify"].script.clear()
    for _ in range(16):
        stage.next_run()
        stage.deliver()
    assert stage.channels["notify"].kinds == ["firing"]
    stage.tell(EventKind.ESCALATED)
    fail(stage, 50)
    assert stage.channels["phone"].kinds == ["firing", "escalated"]


def test_a_monitor_that_was_off_for_an_hour_tried_too_little_to_know(stage: Stage) -> None:
    stage.tell(EventKind.FIRING)
    fail(stage, 1)
    stage.next_run(after=2 * 3600)
    fail(stage, 1)
    assert stage.channels["phone"].kinds == ["firing"]


def test_when_it_takes_messages_again_it_is_well_and_that_is_told(stage: Stage) -> None:
    stage.tell(EventKind.FIRING)
    fail(stage, 80)
    stage.channels["notify"].script.clear()
    for _ in range(20):
        stage.next_run()
        stage.deliver()
    assert stage.channels["notify"].kinds == ["firing"]
    assert stage.channels["phone"].kinds == ["firing", "channel-broken", "notice"]
    assert stage.channel_state("notify")["broken_since"] is None


def test_a_channel_that_says_what_is_wrong_is_given_all_the_time(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Scripted("notify"), Scripted("phone"))
    stage.tell(EventKind.FIRING)
    fail(stage, 90)
    assert stage.channels["phone"].kinds == ["firing"]
