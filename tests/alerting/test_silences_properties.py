"""Whatever is silenced, acknowledged, refused and killed in whatever order: what is open at the end was told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from alerting.errors import Ambiguous, NotSent
from alerting.events import release_suppressed
from alerting.holds import by_ack, by_silence
from monitor.database import writing
from monitor.model import EventKind
from monitor.schema import incident, silence
from tests.alerting.stage import Scripted, Stage

STEPS = ("fire", "escalate", "remind", "resolve", "silence", "unsilence", "ack", "unack", "deliver", "refuse", "lose")


class Play:
    """One incident that opens and closes, with what people do about it."""

    def __init__(self, folder: Path) -> None:
        self.phone = Scripted("phone")
        self.stage = Stage(folder, self.phone)
        self.open = False
        self.ordinal = 0
        self.silences: list[int] = []

    def do(self, step: str) -> None:
        steps: dict[str, Callable[[], object]] = {
            "fire": lambda: self.tell(EventKind.FIRING, opens=True) if not self.open else None,
            "escalate": lambda: self.tell(EventKind.ESCALATED, opens=True) if self.open else None,
            "remind": lambda: self.tell(EventKind.REMINDER, opens=True) if self.open else None,
            "resolve": lambda: self.tell(EventKind.RESOLVED, opens=False) if self.open else None,
            "silence": self.begin,
            "unsilence": self.end,
            "ack": lambda: self.acknowledge(self.stage.now + 3600) if self.open else None,
            "unack": lambda: self.acknowledge(None),
            "deliver": self.deliver,
            "refuse": lambda: self.phone.script.append(NotSent("refused")),
            "lose": lambda: self.phone.script.append(Ambiguous("no answer")),
        }
        steps[step]()

    def tell(self, kind: EventKind, *, opens: bool) -> None:
        self.ordinal += 1
        self.stage.tell(kind, ordinal=self.ordinal)
        if kind is EventKind.FIRING:  # opened again, it needs a new acknowledgement
            with writing(self.stage.engine) as connection:
                connection.execute(update(incident).values(ack_until=None))
        self.open = opens

    def begin(self) -> None:
        values = {"kind": "silence", "pattern": "alice", "starts_at": 0, "until_resolved": True}
        values |= {"until_healthy": False, "author": "", "reason": ""}
        with writing(self.stage.engine) as connection:
            self.silences.append(
                connection.execute(silence.insert().values(values).returning(silence.c.id)).scalar_one()
            )

    def end(self) -> None:
        if not self.silences:
            return
        number = self.silences.pop(0)
        with writing(self.stage.engine) as connection:
            connection.execute(update(silence).where(silence.c.id == number).values(ended_at=1))
            release_suppressed(connection, by_silence(number), self.stage.run, self.stage.now)

    def acknowledge(self, until: int | None) -> None:
        with writing(self.stage.engine) as connection:
            connection.execute(update(incident).values(ack_until=until))
            if until is None:
                release_suppressed(connection, by_ack("a1f3c2"), self.stage.run, self.stage.now)

    def deliver(self) -> None:
        self.stage.next_run(after=3600)
        self.stage.deliver()

    def finish(self) -> list[str]:
        """Everybody lets go and every receiver works: what the phone has heard then."""
        self.phone.script.clear()
        self.acknowledge(None)
        while self.silences:
            self.end()
        for _ in range(3):
            self.deliver()
        return self.phone.kinds


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), max_size=24))
def test_what_is_open_was_told_and_what_is_over_is_known_to_be(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        play = Play(Path(folder))
        fired = False
        for step in steps:
            fired = fired or (step == "fire" and not play.open)
            play.do(step)
        heard = play.finish()
        states = play.stage.states("phone")
        play.stage.engine.dispose()
    assert not [state for _, state in states if state in ("pending", "suppressed", "dead")]
    if not fired:
        assert heard == []
        return
    knows_it_is_open = False
    for kind in heard:
        if kind in ("firing", "escalated", "reminder"):
            knows_it_is_open = True
        elif kind == "resolved":
            assert knows_it_is_open, heard  # never before its firing
            knows_it_is_open = False
        elif kind == "missed-incident":
            knows_it_is_open = False
    assert heard
    assert knows_it_is_open is play.open, (heard, states)
