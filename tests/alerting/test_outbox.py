"""Lease, send, settle: what a channel hears, and what stands in the database afterwards."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from alerting.backoff import LONGEST
from alerting.channels.interface import Limits, Receipt
from alerting.deliveries import undelivered
from alerting.errors import Ambiguous, Broken, Migrated, NotSent, RateLimited, Rejected, TooLong
from alerting.leases import GIVE_UP_SECONDS
from alerting.payload import Payload
from monitor.database import reading
from monitor.model import EventKind, Format, Message
from tests.alerting.stage import Scripted, Stage

pytestmark = pytest.mark.usefixtures("both_databases")

HOUR = 3600


@pytest.fixture
def phone() -> Scripted:
    return Scripted("phone")


@pytest.fixture
def log() -> Scripted:
    return Scripted("log")


@pytest.fixture
def stage(tmp_path: Path, phone: Scripted, log: Scripted) -> Stage:
    return Stage(tmp_path, phone, log)


def test_an_event_reaches_every_channel_once(stage: Stage, phone: Scripted, log: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    report = stage.deliver()
    stage.deliver()
    assert (phone.kinds, log.kinds) == (["firing"], ["firing"])
    assert (report.sent, report.undelivered) == (2, 0)
    assert stage.states("phone") == [("firing", "sent")]


def test_a_row_is_leased_while_its_message_is_under_way(stage: Stage, phone: Scripted) -> None:
    seen: list[list[int]] = []

    def look(message: Message) -> Receipt:
        seen.append(stage.attempts("phone"))
        return Receipt()

    phone.script = [look]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    assert seen == [[1]]


def test_a_kill_between_send_and_settle_brings_one_duplicate_with_the_same_id(
    stage: Stage, phone: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.tell(EventKind.FIRING)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("alerting.leases.settle_sent", killed)
    with pytest.raises(KeyboardInterrupt):
        stage.deliver()
    monkeypatch.undo()
    assert len(phone.heard) == 1

    stage.next_run(after=1)
    stage.deliver()
    stage.next_run()
    stage.deliver()
    assert [message.text for message in phone.heard] == [phone.heard[0].text] * 2
    assert "#a1f3c2" in phone.heard[1].text
    assert stage.states("phone") == [("firing", "sent")]


def test_a_kill_between_lease_and_send_loses_nothing(
    stage: Stage, phone: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.tell(EventKind.FIRING)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("alerting.sender.Sender.start", killed)
    with pytest.raises(KeyboardInterrupt):
        stage.deliver()
    monkeypatch.undo()
    assert phone.heard == []

    stage.next_run(after=1)  # long before the lease would end
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_all_that_is_due_comes_as_one_message_with_what_is_bad_first(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.FIRING, "aaaaaa")
    stage.deliver()
    stage.now += 15 * 60
    stage.tell(EventKind.RESOLVED, "aaaaaa")
    stage.tell(EventKind.FIRING, "bbbbbb", payload=Payload(name="bob", opened_at=stage.now))
    stage.deliver()
    assert len(phone.heard) == 1
    assert phone.kinds == ["firing", "missed-incident"]
    assert phone.heard[0].text.index("bob") < phone.heard[0].text.index("alice")


def test_what_is_too_much_for_one_message_comes_in_several_by_whole_events(stage: Stage, phone: Scripted) -> None:
    for number in range(150):
        name = f"{'x' * 16}{number:03}"
        stage.tell(EventKind.FIRING, f"a{number:05}", payload=Payload(name=name, opened_at=number * HOUR, missed=1))
    report = stage.deliver()
    assert report.undelivered == 0
    assert len(phone.heard) > 3
    assert all(len(message.text) <= 3500 for message in phone.heard)
    text = "\n\n".join(message.text for message in phone.heard)
    assert [text.count(f"#a{number:05}") for number in range(150)] == [1] * 150


def test_a_refused_connection_is_tried_again_after_1_2_4_8_15_15_minutes(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")] * 7
    stage.tell(EventKind.FIRING)
    tried = []
    for minute in range(50):
        if stage.deliver().retried:
            tried.append(minute)
        stage.next_run()
    assert tried == [0, 1, 3, 7, 15, 30, 45]


def test_a_clock_that_jumped_back_does_not_freeze_the_queue(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.next_run(after=-(LONGEST + HOUR))
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_one_failing_channel_does_not_keep_the_others_waiting(stage: Stage, phone: Scripted, log: Scripted) -> None:
    phone.script = [Ambiguous("500")]
    stage.tell(EventKind.FIRING)
    report = stage.deliver()
    assert log.kinds == ["firing"]
    assert (report.sent, report.retried, report.undelivered) == (1, 1, 1)


def test_a_channel_that_never_answers_costs_its_own_time_only(stage: Stage, phone: Scripted, log: Scripted) -> None:
    release = threading.Event()

    def hang(message: Message) -> Receipt:
        release.wait(20)
        return Receipt()

    phone.script = [hang]
    stage.tell(EventKind.FIRING)
    report = stage.deliver(seconds=1.0)
    release.set()
    assert log.kinds == ["firing"]
    assert (report.sent, report.retried) == (1, 1)
    assert stage.states("phone") == [("firing", "pending")]


def test_an_answer_that_comes_too_late_still_saves_the_duplicate(stage: Stage, phone: Scripted) -> None:
    release = threading.Event()

    def slow(message: Message) -> Receipt:
        release.wait(20)
        return Receipt("late")

    phone.script = [slow]
    stage.tell(EventKind.FIRING)
    stage.deliver(seconds=0.7)
    release.set()
    for thread in threading.enumerate():
        if thread.name == "send-phone":
            thread.join(5)
    stage.now += HOUR
    stage.deliver()
    assert phone.kinds == ["firing"]
    assert stage.states("phone") == [("firing", "sent")]


def test_a_defect_in_a_channel_is_retried_and_its_text_is_not_stored(stage: Stage, phone: Scripted) -> None:
    def defect(message: Message) -> Receipt:
        raise RuntimeError("https://api.example/bot123:secret")

    phone.script = [defect]
    stage.tell(EventKind.FIRING)
    assert stage.deliver().retried == 1
    assert "secret" not in stage.everything()
    stage.next_run()
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_after_a_429_the_channel_waits_as_long_as_it_was_told_and_no_attempt_counts(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    phone.script = [RateLimited("429", 300)]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    assert stage.attempts("phone") == [0]
    stage.next_run(after=299)
    stage.tell(EventKind.FIRING, "b07c1d")
    stage.deliver()
    assert phone.heard == []
    assert log.kinds == ["firing", "firing"]
    stage.next_run(after=1)
    stage.deliver()
    assert phone.kinds == ["firing", "firing"]


def test_a_broken_channel_is_told_to_the_others_once_and_probed_every_15_minutes(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    phone.script = [Broken("403 bot was kicked")] * 3
    stage.tell(EventKind.FIRING)
    report = stage.deliver()
    assert report.broken == ("phone",)
    assert log.kinds == ["firing", "channel-broken"]
    assert "phone" in log.heard[1].text
    assert "403 bot was kicked" in log.heard[1].text
    for _ in range(31):
        stage.next_run()
        stage.deliver()
    assert len(phone.script) == 0  # at 0, 15 and 30 minutes
    assert log.kinds == ["firing", "channel-broken"]


def test_a_mended_channel_gets_what_it_missed_and_the_others_hear_of_it(
    stage: Stage, phone: Scripted, log: Scripted
) -> None:
    phone.script = [Broken("401")]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.next_run(after=15 * 60)
    report = stage.deliver()
    stage.deliver()
    assert report.broken == ()
    assert phone.kinds == ["firing"]
    assert log.kinds == ["firing", "channel-broken", "notice"]
    assert log.heard[2].text.startswith("✅ Channel phone works again 12:15")


def test_a_rejected_message_comes_again_as_plain_text_at_once(tmp_path: Path) -> None:
    phone = Scripted("phone", Format.HTML)
    stage = Stage(tmp_path, phone)
    phone.script = [Rejected("400 can't parse entities")]
    stage.tell(EventKind.FIRING)
    report = stage.deliver()
    assert report.sent == 1
    assert [message.format for message in phone.heard] == [Format.PLAIN]
    assert "<" not in phone.heard[0].text


def test_one_event_that_is_always_rejected_does_not_hold_up_the_rest(stage: Stage, phone: Scripted) -> None:
    def picky(message: Message) -> Receipt:
        if "poison" in message.text:
            raise Rejected("400")
        return Receipt()

    phone.script = [picky] * 20
    stage.tell(EventKind.FIRING, "aaaaaa", payload=Payload(name="poison"))
    stage.tell(EventKind.FIRING, "bbbbbb", payload=Payload(name="bob", opened_at=1))
    stage.tell(EventKind.FIRING, "cccccc", payload=Payload(name="carol", opened_at=HOUR))
    report = stage.deliver()
    assert (report.sent, report.retried) == (2 + 3, 1)
    assert stage.states("phone") == [("firing", "pending"), ("firing", "sent"), ("firing", "sent")]


def test_a_message_that_is_too_long_is_halved(stage: Stage, phone: Scripted) -> None:
    def short_only(message: Message) -> Receipt:
        if len(message.text) > 900:
            raise TooLong("400 message is too long")
        return Receipt()

    phone.script = [short_only] * 50
    for number in range(40):
        stage.tell(EventKind.FIRING, f"a{number:05}", payload=Payload(name=f"baker-{number}", opened_at=number * HOUR))
    assert stage.deliver().undelivered == 0
    assert max(len(message.text) for message in phone.heard) <= 900


def test_a_chat_that_moved_is_followed_at_once_and_in_later_runs(stage: Stage, phone: Scripted) -> None:
    phone.script = [Migrated("400 upgraded to a supergroup", "-100123")]
    stage.tell(EventKind.FIRING)
    assert stage.deliver().retried == 0
    assert (phone.kinds, phone.address) == (["firing"], "-100123")
    phone.address = None
    stage.next_run()
    stage.tell(EventKind.FIRING, "b07c1d")
    stage.deliver()
    assert phone.address == "-100123"


def test_after_a_day_of_failures_a_notice_is_given_up_and_counted(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")] * 2
    stage.tell(EventKind.NOTICE, None)
    stage.deliver()
    stage.next_run(after=GIVE_UP_SECONDS + 1)
    report = stage.deliver()
    assert report.dead == 1
    assert stage.states("phone") == [("notice", "dead"), ("notice", "pending")]
    stage.next_run()
    stage.deliver()
    assert [message.text.split("\n")[0] for message in phone.heard] == [
        "🟡 Channel phone did not take 1 message, given up after 24 h"
    ]
    assert stage.deliver().undelivered == 0


def test_while_a_channel_takes_nothing_one_notice_counts_all_that_was_given_up(tmp_path: Path) -> None:
    phone, console = Scripted("phone"), Scripted("console")
    stage = Stage(tmp_path, phone, console)
    phone.script = [NotSent("refused")] * 6
    for hour in range(3):
        stage.tell(EventKind.NOTICE, None, hour)
        stage.deliver()
        stage.next_run(after=HOUR)
    for _ in range(3):
        stage.next_run(after=GIVE_UP_SECONDS // 2)
        stage.deliver()
    stage.next_run(after=HOUR)
    stage.deliver()
    news = "🟡 Channel phone did not take {}, given up after 24 h"
    assert [message.text.split("\n")[0] for message in phone.heard] == [news.format("3 messages")]
    told = [line for message in console.heard for line in message.text.split("\n") if "given up" in line]
    assert len(told) == 1


def test_what_waited_a_day_is_still_tried_when_the_channel_works(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.NOTICE, None)
    stage.next_run(after=GIVE_UP_SECONDS + 1)  # the machine was off
    stage.deliver()
    assert phone.kinds == ["notice"]


def test_the_firing_of_an_open_incident_is_never_given_up(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")] * 2
    stage.tell(EventKind.FIRING)
    stage.deliver()
    stage.next_run(after=3 * GIVE_UP_SECONDS)
    assert stage.deliver().dead == 0
    stage.next_run(after=HOUR)
    stage.deliver()
    assert phone.kinds == ["firing"]


def test_a_firing_told_late_says_what_is_known_now(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    since = stage.now
    stage.tell(EventKind.FIRING, payload=Payload(name="alice", opened_at=since, missed=12, of=12))
    stage.deliver()
    stage.next_run(after=HOUR)
    stage.tell(EventKind.REMINDER, payload=Payload(name="alice", opened_at=since, missed=600, of=600))
    stage.deliver()
    assert phone.heard[0].text == "🔴 alice: attestations stopped 12:00, 600 of 600 missed\nLate by 1 h. #a1f3c2"


def test_deliveries_of_a_channel_that_is_no_longer_configured_end_after_a_day(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.NOTICE, None)
    stage.deliver()
    del stage.channels["phone"]
    stage.next_run()
    assert stage.deliver().undelivered == 1
    stage.next_run(after=GIVE_UP_SECONDS + 1)
    assert stage.deliver().undelivered == 0
    assert stage.states("phone") == [("notice", "dead")]


def test_nothing_is_sent_after_the_deadline(stage: Stage, phone: Scripted) -> None:
    stage.tell(EventKind.FIRING)
    report = stage.deliver(seconds=0.0)
    assert (phone.heard, report.undelivered) == ([], 2)


def test_undelivered_counts_what_is_neither_sent_nor_given_up(stage: Stage, phone: Scripted) -> None:
    phone.script = [NotSent("refused")]
    stage.tell(EventKind.FIRING)
    stage.deliver()
    with reading(stage.engine) as connection:
        assert undelivered(connection) == 1


def test_messages_to_one_channel_keep_its_interval(tmp_path: Path) -> None:
    class Slow(Scripted):
        limits = Limits(units=3500, events=1, interval=0.2)

    slow = Slow("slow")
    stage = Stage(tmp_path, slow)
    for number in range(3):
        stage.tell(EventKind.FIRING, f"a{number:05}")
    started = time.monotonic()
    assert stage.deliver().sent == 3
    assert time.monotonic() - started >= 0.4
