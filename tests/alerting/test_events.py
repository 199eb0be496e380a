"""Who is told what of an incident, and what is not told any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerting.errors import Ambiguous, NotSent
from alerting.events import ChannelRoute, release_suppressed
from monitor.database import writing
from monitor.model import EventKind, Severity
from tests.alerting.stage import Scripted, Stage

pytestmark = pytest.mark.usefixtures("both_databases")

SOURCE = "incident c3107a"


@pytest.fixture
def phone() -> Scripted:
    return Scripted("phone")


@pytest.fixture
def log() -> Scripted:
    return Scripted("log")


@pytest.fixture
def stage(tmp_path: Path, phone: Scripted, log: Scripted) -> Stage:
    return Stage(tmp_path, phone, log)


def release(stage: Stage) -> int:
    with writing(stage.engine) as connection:
        return release_suppressed(connection, SOURCE, stage.run, stage.now)


def test_the_same_event_written_twice_is_told_once(stage: Stage, phone: Scripted) -> None:
    assert stage.tell(EventKind.FIRING) is not None
    assert stage.tell(EventKind.FIRING) is None
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_a_channel_hears_of_what_is_severe_enough_for_it(stage: Stage, phone: Scripted, log: Scripted) -> None:
    stage.routes = [ChannelRoute("phone", Severity.CRITICAL), ChannelRoute("log")]
    stage.tell(EventKind.FIRING, severity=Severity.WARNING)
    stage.deliver()
    assert (phone.kinds, log.kinds) == ([], ["firing"])


def test_a_recovery_goes_to_exactly_the_channels_that_were_told(stage: Stage, phone: Scripted, log: Scripted) -> None:
    stage.routes = [ChannelRoute("phone", Severity.CRITICAL), ChannelRoute("log")]
    stage.tell(EventKind.FIRING, severity=Severity.WARNING)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, severity=Severity.CRITICAL)
    stage.deliver()
    assert (phone.kinds, log.kinds) == ([], ["firing", "resolved"])


def test_a_channel_told_of_the_escalation_only_hears_of_the_recovery(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    stage.routes = [ChannelRoute("phone", Severity.CRITICAL)]
    stage.tell(EventKind.FIRING, severity=Severity.WARNING)
    stage.tell(EventKind.ESCALATED, severity=Severity.CRITICAL)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, severity=Severity.CRITICAL)
    stage.deliver()
    assert phone.kinds == ["escalated", "resolved"]


def test_what_ended_before_a_channel_was_told_is_told_there_as_missed(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.next_run(after=30 * 60)
    stage.tell(EventKind.RESOLVED)
    stage.deliver()
    assert phone.kinds == ["missed-incident"]
    assert log.kinds == ["firing", "resolved"]
    assert stage.states("phone") == [("firing", "superseded"), ("missed-incident", "sent")]


def test_after_an_ambiguous_firing_the_recovery_waits_for_it(stage: Stage, phone: Scripted) -> None:
    phone.script = [Ambiguous("timeout"), Ambiguous("timeout")]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.tell(EventKind.RESOLVED)
    stage.next_run()
    stage.deliver()
    assert phone.kinds == []
    stage.next_run(after=10 * 60)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]
    assert len(phone.heard) == 1


def test_a_newer_reminder_takes_the_place_of_one_nobody_heard(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.deliver()
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.REMINDER, ordinal=1)
    stage.deliver()
    stage.next_run(after=3600)
    stage.tell(EventKind.REMINDER, ordinal=2)
    stage.deliver()
    assert phone.kinds == ["firing", "reminder"]
    assert stage.states("phone") == [("firing", "sent"), ("reminder", "superseded"), ("reminder", "sent")]


def test_reminders_that_still_wait_are_not_told_after_the_end(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.deliver()
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.REMINDER, ordinal=1)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, ordinal=2)
    stage.next_run(after=3600)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_an_incident_that_comes_back_is_told_in_its_own_order(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.deliver()
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.RESOLVED, ordinal=1)
    stage.deliver()
    stage.next_run(after=600)
    stage.tell(EventKind.FIRING, ordinal=2)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, ordinal=3)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved", "firing", "resolved"]


def test_a_new_period_does_not_count_what_the_one_before_told(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.tell(EventKind.RESOLVED, ordinal=1)
    stage.deliver()
    assert phone.kinds == ["missed-incident"]
    stage.tell(EventKind.FIRING, ordinal=2)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, ordinal=3)
    stage.deliver()
    assert phone.kinds == ["missed-incident", "firing", "resolved"]


def test_what_flaps_is_opened_by_saying_so(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FLAPPING)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, ordinal=1)
    stage.deliver()
    assert phone.kinds == ["flapping", "resolved"]


def test_a_quieted_firing_is_not_sent_and_not_counted_as_undelivered(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING, suppressed_by=SOURCE)
    assert stage.deliver().undelivered == 0
    assert phone.heard == []
    assert stage.states("phone") == [("firing", "suppressed")]


def test_a_quieted_firing_that_is_still_open_is_told_when_the_source_is_back(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING, suppressed_by=SOURCE)
    assert release(stage) == 2
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_a_quieted_firing_that_is_over_is_told_as_missed_when_the_source_is_back(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    stage.tell(EventKind.FIRING, suppressed_by=SOURCE)
    stage.tell(EventKind.RESOLVED)
    stage.deliver()
    assert phone.kinds == []
    release(stage)
    stage.deliver()
    assert (phone.kinds, log.kinds) == (["missed-incident"], ["missed-incident"])
    assert stage.states("phone") == [("firing", "superseded"), ("missed-incident", "sent")]


def test_only_what_that_source_quieted_is_released(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING, suppressed_by="incident ffffff")
    assert release(stage) == 0
    stage.deliver()
    assert phone.kinds == []


def test_a_quieted_reminder_is_dropped_where_the_firing_was_told(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.tell(EventKind.REMINDER, ordinal=1, suppressed_by=SOURCE)
    release(stage)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_a_recovery_is_told_whatever_is_quieted(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.tell(EventKind.RESOLVED, suppressed_by=SOURCE)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_a_quieted_notice_is_told_later(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.NOTICE, None, suppressed_by=SOURCE)
    release(stage)
    stage.deliver()
    assert phone.kinds == ["notice"]
