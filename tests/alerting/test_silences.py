"""Silences and acknowledgements delay what is told, they never drop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from alerting.channels.interface import Receipt
from alerting.errors import Ambiguous, NotSent
from alerting.events import release_suppressed
from alerting.holds import by_ack, by_silence
from monitor.database import reading, writing
from monitor.model import CheckKey, EventKind, Message, Severity
from monitor.schema import delivery, incident, silence
from tests.alerting.stage import ALICE, NOON, Scripted, Stage

pytestmark = pytest.mark.usefixtures("both_databases")

pytestmark = pytest.mark.usefixtures("both_databases")
FIRING, ESCALATED, REMINDER = EventKind.FIRING, EventKind.ESCALATED, EventKind.REMINDER
RESOLVED, MISSED = EventKind.RESOLVED, EventKind.MISSED_INCIDENT


@pytest.fixture
def phone() -> Scripted:
    return Scripted("phone")


@pytest.fixture
def stage(tmp_path: Path, phone: Scripted) -> Stage:
    return Stage(tmp_path, phone)


def silenced(stage: Stage, pattern: str = "alice") -> int:
    """Its id."""
    with writing(stage.engine) as connection:
        values = {
            "kind": "silence",
            "pattern": pattern,
            "starts_at": stage.now,
            "ends_at": stage.now + 3600,
            "until_resolved": False,
            "until_healthy": False,
            "author": "hans",
            "reason": "",
        }
        return int(connection.execute(silence.insert().values(values).returning(silence.c.id)).scalar_one())


def ended(stage: Stage, number: int) -> None:
    with writing(stage.engine) as connection:
        connection.execute(update(silence).where(silence.c.id == number).values(ended_at=stage.now))
        release_suppressed(connection, by_silence(number), stage.run, stage.now)


def acknowledged(stage: Stage, until: int | None) -> None:
    with writing(stage.engine) as connection:
        connection.execute(update(incident).values(ack_until=until))
        if until is None:
            release_suppressed(connection, by_ack("a1f3c2"), stage.run, stage.now)


def held_by(stage: Stage) -> list[tuple[str, str | None]]:
    with reading(stage.engine) as connection:
        rows = connection.execute(select(delivery).order_by(delivery.c.event_id))
        return [(row.state, row.last_error) for row in rows]


def test_what_begins_during_a_silence_is_written_and_held_back(stage: Stage, phone: Scripted) -> None:
    silenced(stage)
    stage.tell(FIRING)
    report = stage.deliver()
    assert phone.heard == []
    assert held_by(stage) == [("suppressed", "silence 1")]
    assert report.undelivered == 0


def test_what_still_holds_at_the_end_is_told_then(stage: Stage, phone: Scripted) -> None:
    number = silenced(stage)
    stage.tell(FIRING)
    stage.deliver()
    stage.next_run(after=3600)
    ended(stage, number)
    stage.deliver()
    assert phone.kinds == ["firing"]
    stage.tell(RESOLVED)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_what_began_and_ended_meanwhile_is_told_as_missed(stage: Stage, phone: Scripted) -> None:
    number = silenced(stage)
    stage.tell(FIRING)
    stage.tell(RESOLVED)
    stage.deliver()
    assert phone.heard == []
    ended(stage, number)
    stage.deliver()
    assert phone.kinds == ["missed-incident"]


def test_what_was_told_before_resolves_during_the_silence(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    stage.deliver()
    number = silenced(stage)
    stage.tell(ESCALATED)
    stage.tell(RESOLVED)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]
    ended(stage, number)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_what_was_told_before_and_is_unchanged_is_not_told_again(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    stage.deliver()
    number = silenced(stage)
    stage.tell(REMINDER)
    stage.tell(REMINDER, ordinal=1)
    stage.deliver()
    ended(stage, number)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_what_got_worse_meanwhile_is_told_at_the_end(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING, severity=Severity.WARNING)
    stage.deliver()
    number = silenced(stage)
    stage.tell(ESCALATED)
    stage.deliver()
    ended(stage, number)
    stage.deliver()
    assert phone.kinds == ["firing", "escalated"]


def test_a_silence_that_begins_before_the_send_still_holds_it_back(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    silenced(stage)
    stage.deliver()
    assert phone.heard == []
    assert held_by(stage) == [("suppressed", "silence 1")]


def test_what_may_have_arrived_is_sent_again_so_that_its_end_never_comes_first(stage: Stage, phone: Scripted) -> None:
    phone.script = [Ambiguous("no answer in time")]
    stage.tell(FIRING)
    stage.deliver()
    silenced(stage)
    stage.tell(RESOLVED)
    stage.next_run(after=3600)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_a_refused_send_is_nobodys_news_and_is_held_back(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(FIRING)
    stage.deliver()
    silenced(stage)
    stage.next_run(after=3600)
    stage.deliver()
    assert phone.heard == []
    assert stage.states("phone") == [("firing", "suppressed")]


def test_of_two_silences_the_second_holds_what_the_first_lets_go(stage: Stage, phone: Scripted) -> None:
    first, second = silenced(stage), silenced(stage, "missed_attestation")
    stage.tell(FIRING)
    stage.deliver()
    ended(stage, first)
    stage.deliver()
    assert phone.heard == []
    assert held_by(stage) == [("suppressed", f"silence {second}")]
    ended(stage, second)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_what_was_missed_is_held_back_by_the_other_silence(stage: Stage, phone: Scripted) -> None:
    first, second = silenced(stage), silenced(stage, "*")
    stage.tell(FIRING)
    stage.tell(RESOLVED)
    stage.deliver()
    ended(stage, first)
    stage.deliver()
    assert phone.heard == []
    ended(stage, second)
    stage.deliver()
    assert phone.kinds == ["missed-incident"]


def test_others_are_told_meanwhile_in_the_same_message(stage: Stage, phone: Scripted) -> None:
    silenced(stage, "alice/missed_baking")
    stage.tell(FIRING)
    stage.tell(FIRING, "b07c1d", key=ALICE._replace(rule="missed_baking"))
    stage.deliver()
    assert [fact["rule"] for message in phone.heard for fact in message.events] == ["missed_attestation"]


def test_a_control_change_goes_through_unless_its_rule_is_named(stage: Stage, phone: Scripted) -> None:
    change = ALICE._replace(rule="control_change")
    silenced(stage, "*")
    stage.tell(EventKind.NOTICE, "c0ffee", key=change)
    stage.deliver()
    assert phone.kinds == ["notice"]
    silenced(stage, "control_change")
    stage.tell(EventKind.NOTICE, "c0ffef", key=change)
    stage.deliver()
    assert phone.kinds == ["notice"]


def test_what_the_monitor_says_of_itself_goes_through(stage: Stage, phone: Scripted) -> None:
    silenced(stage, "*")
    gap = CheckKey("monitor", "run", "monitor_gap")
    stage.tell(EventKind.MONITOR_GAP, None, key=gap)
    stage.tell(EventKind.CHANNEL_BROKEN, None, 1, key=CheckKey("monitor", "telegram", "channel_broken"))
    stage.deliver()
    assert sorted(phone.kinds) == ["channel-broken", "monitor-gap"]


def test_an_acknowledged_incident_neither_escalates_nor_reminds_but_ends(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    stage.deliver()
    acknowledged(stage, NOON + 8 * 3600)
    stage.tell(REMINDER)
    stage.tell(ESCALATED)
    stage.deliver()
    assert phone.kinds == ["firing"]
    assert ("suppressed", "ack a1f3c2") in held_by(stage)
    stage.tell(RESOLVED)
    stage.deliver()
    assert phone.kinds == ["firing", "resolved"]


def test_what_got_worse_is_told_when_the_acknowledgement_is_over(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    stage.deliver()
    acknowledged(stage, NOON + 8 * 3600)
    stage.tell(REMINDER)
    stage.tell(ESCALATED)
    stage.deliver()
    stage.next_run(after=8 * 3600)
    acknowledged(stage, None)
    stage.deliver()
    assert phone.kinds == ["firing", "escalated"]


def test_a_reminder_that_waits_is_held_back_by_an_acknowledgement(stage: Stage, phone: Scripted) -> None:
    stage.tell(FIRING)
    stage.deliver()
    stage.tell(REMINDER)
    acknowledged(stage, NOON + 8 * 3600)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_an_acknowledged_firing_still_reaches_who_was_not_told(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(FIRING)
    stage.deliver()
    acknowledged(stage, NOON + 8 * 3600)
    stage.next_run(after=3600)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_a_silence_that_begins_while_a_message_is_under_way_does_not_lose_its_receipt(
    stage: Stage, phone: Scripted
) -> None:
    begin: Callable[[Message], Receipt] = lambda _: Receipt(str(silenced(stage)))  # noqa: E731
    phone.script = [begin]
    stage.tell(FIRING)
    stage.deliver()
    assert stage.states("phone") == [("firing", "sent")]
