"""People who acknowledge and silence beside a run, at READ COMMITTED: neither side loses what it wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from alerting.holds import holds_now
from monitor import silences
from monitor.acks import acknowledge, end_expired
from monitor.database import reading, writing
from monitor.errors import Busy
from monitor.model import EventKind
from monitor.schema import incident, silence
from monitor.schema_version import prepare
from tests.alerting.stage import Scripted, Stage
from tests.postgres.server import Server


class Beside(threading.Thread):
    """Another process's transaction."""

    def __init__(self, engine: Engine, what: Callable[..., object], *arguments: object) -> None:
        super().__init__()
        self._engine, self._what, self._arguments = engine, what, arguments
        self.result: object = None
        self.start()

    def run(self) -> None:
        with writing(self._engine) as connection:
            self.result = self._what(connection, *self._arguments)

    def waits(self) -> bool:
        self.join(0.3)
        return self.is_alive()

    def ended(self) -> object:
        self.join(10)
        assert not self.is_alive()
        return self.result


@pytest.fixture
def stage(tmp_path: Path, on_postgresql: Server) -> Stage:
    stage = Stage(tmp_path, Scripted("phone"))
    stage.tell(EventKind.FIRING)
    return stage


def _row(stage: Stage) -> tuple[object, ...]:
    with reading(stage.engine) as connection:
        columns = (incident.c.missed, incident.c.closed_at, incident.c.ack_until, incident.c.ack_by)
        return tuple(connection.execute(select(*columns)).one())


def test_an_ack_during_a_judgement_waits_for_it_and_both_stay(stage: Stage) -> None:
    with writing(stage.engine) as run:
        run.execute(update(incident).values(missed=31))
        ack = Beside(stage.engine, acknowledge, "a1f3c2", 900, "me")
        assert ack.waits()
    ack.ended()
    assert _row(stage) == (31, None, 900, "me")


def test_an_ack_of_what_a_run_is_just_closing_changes_nothing(stage: Stage) -> None:
    with writing(stage.engine) as run:
        run.execute(update(incident).values(closed_at=5))
        ack = Beside(stage.engine, acknowledge, "a1f3c2", 900, "me")
        assert ack.waits()
    assert ack.ended() is not None
    assert _row(stage)[1:] == (5, None, None)


def test_a_judgement_during_an_ack_waits_for_it_and_both_stay(stage: Stage) -> None:
    with writing(stage.engine) as person:
        acknowledge(person, "a1f3c2", 900, "me")
        run = Beside(stage.engine, lambda connection: connection.execute(update(incident).values(missed=31)).rowcount)
        assert run.waits()
    assert run.ended() == 1
    assert _row(stage) == (31, None, 900, "me")


def test_an_ack_that_is_prolonged_as_a_run_ends_it_stays(stage: Stage) -> None:
    with writing(stage.engine) as connection:
        acknowledge(connection, "a1f3c2", stage.now - 1, "me")
    with writing(stage.engine) as person:
        acknowledge(person, "a1f3c2", stage.now + 900, "me")
        run = Beside(stage.engine, end_expired, 2, stage.now)
        run.waits()
    assert run.ended() == []
    assert _row(stage)[2:] == (stage.now + 900, "me")


def test_a_silence_that_is_taken_back_as_a_run_ends_it_ends_once(stage: Stage) -> None:
    with writing(stage.engine) as connection:
        begun = silences.begin(connection, [], stage.now, "tz1*", ends_at=stage.now + 60)
    stage.now += 61
    with writing(stage.engine) as run:
        (ended,) = silences.end_due(run, [], 2, stage.now, 10)
        person = Beside(stage.engine, silences.ask_to_end, begun.id, stage.now)
        assert person.waits()
    assert person.ended() is None
    assert (ended.id, ended.end_reason) == (begun.id, "over")
    with writing(stage.engine) as connection:
        assert silences.end_due(connection, [], 3, stage.now, 10) == []


def test_a_silence_that_is_taken_back_before_a_run_ends_it_is_ended_as_removed(stage: Stage) -> None:
    with writing(stage.engine) as connection:
        begun = silences.begin(connection, [], stage.now, "tz1*", ends_at=stage.now + 60)
    stage.now += 61
    with writing(stage.engine) as person:
        silences.ask_to_end(person, begun.id, stage.now)
        run = Beside(stage.engine, silences.end_due, [], 2, stage.now, 10)
        run.waits()
    run.ended()
    with reading(stage.engine) as connection:
        assert connection.execute(select(silence.c.end_reason)).scalars().all() == ["removed"]


def test_a_silence_that_comes_while_a_message_is_prepared_holds_back_the_next_one(stage: Stage) -> None:
    phone = stage.channels["phone"]
    with writing(stage.engine) as person:
        silences.begin(person, [], stage.now, "tz1*", ends_at=stage.now + 600)
        stage.deliver()  # does not wait for people: what is not committed does not hold yet
    assert phone.kinds == ["firing"]
    stage.tell(EventKind.FIRING, "b1f3c2")
    stage.deliver()
    assert phone.kinds == ["firing"]
    with reading(stage.engine) as connection:
        assert holds_now(connection)


def test_a_reader_sees_one_moment_however_often_it_asks(stage: Stage) -> None:
    with reading(stage.engine) as connection:
        before = connection.execute(select(incident.c.missed)).scalar_one()
        with writing(stage.engine) as run:
            run.execute(update(incident).values(missed=31))
        assert connection.execute(select(incident.c.missed)).scalar_one() == before


def test_who_holds_a_row_for_too_long_is_not_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.postgresql._SETTINGS", "SELECT set_config('lock_timeout', '200', false)")
    prepare(engine)
    with writing(engine) as connection:
        silences.begin(connection, [], 1, "tz1*", ends_at=2)
    with writing(engine) as slow:
        silences.ask_to_end(slow, 1, 2)
        with pytest.raises(Busy, match="locked by another process"), writing(engine) as connection:
            silences.ask_to_end(connection, 1, 2)
