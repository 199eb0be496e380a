"""An operator at a terminal beside a simulated chain: alice stops attesting at 10,220 and is back after 10,260."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from monitor.commands.ack import run_ack
from monitor.commands.silence import run_maintenance, run_silence, run_silences, run_unsilence
from simulator.plan import Plan, small_plan
from tests.alerting.stage import Scripted
from tests.running import Row, RunClock, Station
from tests.scenes import Scene, play

START, DOWN, BACK = 10_200, 10_220, 10_260


@dataclass
class Desk:
    scene: Scene
    phone: Scripted = field(default_factory=lambda: Scripted("console"))

    def __post_init__(self) -> None:
        self.station: Station = self.scene.station(*self.scene.named("alice", "bob"), channels={"console": self.phone})
        self.alice = self.scene.chain.plan.baker("alice").address

    @property
    def clock(self) -> RunClock:
        return RunClock(self.scene.clock)

    def silence(self, pattern: str, duration: str | None = "2h", until_resolved: bool = False, reason: str = "") -> int:
        return run_silence(self.station.configuration, pattern, duration, until_resolved, reason, self.clock)

    def maintenance(self, target: str, duration: str = "30m", until_healthy: bool = False) -> int:
        return run_maintenance(self.station.configuration, target, duration, until_healthy, "", self.clock)

    def unsilence(self, number: int) -> int:
        return run_unsilence(self.station.configuration, number, self.clock)

    def ack(self, incident: str, until: str | None = None) -> int:
        return run_ack(self.station.configuration, incident, until, self.clock)

    def silences(self, everything: bool = False, as_json: bool = False) -> int:
        return run_silences(self.station.configuration, everything, as_json)

    def until(self, level: int) -> None:
        """A run a minute, the last with this level as its head."""
        while self.station.cursor() is None or self.head < level:
            self.scene.clock.advance(min(60, self.scene.chain.timestamp(level) - int(self.scene.clock())))
            report = self.station.run()
            assert report.problems == []

    @property
    def head(self) -> int:
        return (self.station.cursor() or 0) + 2

    def told(self) -> list[str]:
        """ "kind: first line" of every event since this was last asked, but for those of the reward at risk."""
        facts = [fact for message in self.phone.heard for fact in message.events]
        self.phone.heard.clear()
        return [f"{fact['kind']}: {fact['summary']}" for fact in facts if fact["rule"] != "attestation_reward"]

    def stored(self) -> list[Row]:
        return self.station.rows("SELECT * FROM silence ORDER BY id")


def outage() -> Plan:
    return small_plan(seed=7).outage("alice", DOWN, BACK, kinds={"attestation"})


@contextmanager
def desk(home: Path, plan: Plan | None = None) -> Iterator[Desk]:
    """After a first run at level 10,200."""
    with play(plan or outage(), START, home) as scene:
        found = Desk(scene)
        found.station.run()
        found.told()
        yield found
