"""The promise, under any course of events: incidents, refusals, ambiguous answers and kills."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerting.channels.interface import Receipt
from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent, RateLimited
from alerting.events import release_suppressed
from monitor.database import writing
from monitor.model import EventKind, Message
from tests.alerting.stage import Outcome, Scripted, Stage

SOURCE = "incident c3107a"
INCIDENTS = ("aaaaaa", "bbbbbb")
CHANNELS = ("phone", "log")


@dataclass
class Course:
    """Plays steps on a stage and keeps count of what may bring a duplicate."""

    stage: Stage
    open: dict[str, bool] = field(default_factory=dict)
    ordinal: int = 0
    uncertain: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0))

    def tell(self, kind: EventKind, incident: str, quiet: bool) -> None:
        self.ordinal += 1
        self.stage.tell(kind, incident, self.ordinal, suppressed_by=SOURCE if quiet else None)

    def incident(self, incident: str, quiet: bool) -> None:
        """Opens what is closed, closes what is open."""
        self.tell(EventKind.RESOLVED if self.open.get(incident) else EventKind.FIRING, incident, quiet)
        self.open[incident] = not self.open.get(incident)

    def remind(self, incident: str, quiet: bool) -> None:
        if self.open.get(incident):
            self.tell(EventKind.REMINDER, incident, quiet)

    def fail(self, channel: str, how: str) -> None:
        self.stage.channels[channel].script.append(self._outcome(channel, how))

    def _outcome(self, channel: str, how: str) -> Outcome:
        errors: dict[str, DeliveryError] = {
            "refused": NotSent("refused"),
            "limited": RateLimited("429", 90),
            "broken": Broken("403"),
        }
        if how in errors:
            return errors[how]
        scripted = self.stage.channels[channel]

        def perhaps(message: Message) -> Receipt:
            self.uncertain[channel] += len(message.events)
            if how == "arrived":
                scripted.heard.append(message)
            raise Ambiguous("timeout")

        return perhaps

    def run(self, minutes: int) -> None:
        self.stage.next_run(after=60 * minutes)
        self.stage.deliver()

    def killed(self, at: str) -> None:
        """A run killed right after its first lease, or right after its first answer."""
        self.stage.next_run()
        waiting = {name: self._waiting(name) for name in CHANNELS}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("alerting.leases.settle_sent" if at == "settle" else "alerting.sender.Sender.start", _kill)
            try:
                self.stage.deliver()
            except KeyboardInterrupt:
                for name in CHANNELS:  # what the run itself had to tell, of a channel that broke, was on its way too
                    self.uncertain[name] += max(waiting[name], self._waiting(name))
        self.stage.next_run(after=1)

    def _waiting(self, name: str) -> int:
        return [state for _, state in self.stage.states(name)].count("pending")

    def release(self) -> None:
        with writing(self.stage.engine) as connection:
            release_suppressed(connection, SOURCE, self.stage.run, self.stage.now)


def _kill(*_: object) -> None:
    raise KeyboardInterrupt


def _steps() -> st.SearchStrategy[list[Callable[[Course], None]]]:
    incidents, channels = st.sampled_from(INCIDENTS), st.sampled_from(CHANNELS)
    quiet = st.sampled_from((False, False, True))
    how = st.sampled_from(("refused", "limited", "broken", "arrived", "lost"))
    step = st.one_of(
        st.tuples(st.just("incident"), incidents, quiet),
        st.tuples(st.just("remind"), incidents, quiet),
        st.tuples(st.just("fail"), channels, how),
        st.tuples(st.just("run"), st.integers(1, 20)),
        st.tuples(st.just("killed"), st.sampled_from(("lease", "settle"))),
        st.tuples(st.just("release")),
    )
    return st.lists(step.map(_as_call), max_size=25)


def _as_call(step: tuple[object, ...]) -> Callable[[Course], None]:
    def play(course: Course) -> None:
        getattr(course, str(step[0]))(*step[1:])

    play.__qualname__ = repr(step)
    return play


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_steps())
def test_nothing_is_lost_and_no_end_comes_before_its_beginning(steps: list[Callable[[Course], None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Stage(Path(folder), *(Scripted(name) for name in CHANNELS)))
        for step in steps:
            step(course)
        course.release()
        for _ in range(4):  # every channel works again
            for name in CHANNELS:
                course.stage.channels[name].script.clear()
            course.run(minutes=20)
        course.stage.engine.dispose()

        for name in CHANNELS:
            states = course.stage.states(name)
            assert {state for _, state in states} <= {"sent", "superseded"}
            _assert_told_in_order(course.stage.channels[name], course.open)
            _assert_duplicates(course, name)


def _assert_told_in_order(channel: Scripted, still_open: dict[str, bool]) -> None:
    """Each incident: openings before their ends; at last the channel knows whether it is open."""
    for incident in INCIDENTS:
        facts = [fact for message in channel.heard for fact in message.events if fact["incident"] == incident]
        kinds = list({fact["event_id"]: fact["kind"] for fact in facts}.values())  # a duplicate counts once
        known = False
        for kind in kinds:
            if kind == "resolved":
                assert known, kinds
                known = False
            elif kind == "missed-incident":
                known = False
            else:
                known = True
        if incident in still_open:
            assert kinds, "never told"
            assert known == still_open[incident], kinds


def _assert_duplicates(course: Course, name: str) -> None:
    ids = [fact["event_id"] for message in course.stage.channels[name].heard for fact in message.events]
    assert len(ids) - len(set(ids)) <= course.uncertain[name]
