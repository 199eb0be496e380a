"""One checker killed again and again, minute after minute, with receivers in every mood; then left alone once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.heartbeat import Heartbeat
from simulator.node import Node
from simulator.plan import ACCIDENTS, small_plan
from simulator.receiver import Receiver
from tests.crash.process import ROOT, environment
from tests.crash.promise import Delivery, Event, Incident, Run, Verdict, verdict
from tests.crash.receivers import CHAT, MOODS, TIRESOME, Chat, LogStream
from tests.crash.records import attempts_of, facts, inconsistencies, lines_of, printed
from tests.crash.victim import HURRIED
from tests.running import Station

FIRST_HEAD = 10_150
LAST_WORDS = 20 * 60
"""Seconds before the undisturbed run: what was put off is due by then."""
STUCK = 4.0
"""Seconds without a step, after which a process waits for something that it will not get. Longer than Telegram's pause
between two messages."""
GAP = 240
"""Seconds without a run that are told."""
CANARY = "c4n4ry"
"""In every secret of the settings: a node's address, a token, keys, the heartbeat's address."""
WATCHED = ("alice", "bob", "carol")

WISHES = 3
"""Of so many steps a process dies at the first that it comes to."""

READING, MOMENT, WAITING = "while it reads the chain", "at a random moment", "while it waits for a receiver"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is to be played. The same values play the same; when the processes die is up to the machine."""

    seed: int
    kills: int
    plain: bool = False
    """Whether the console prints what a person reads; otherwise JSON."""
    cloudwatch: bool = False
    heartbeat: bool = False
    hurried: bool = False
    """Leaves out what takes time: requests without any answer, and the pause between two messages."""


@dataclass(slots=True)
class Steps:
    """Where processes died, and where they might. Scenarios that share one die at other steps each."""

    kills: Counter[str] = field(default_factory=Counter)
    passed: set[str] = field(default_factory=set)
    in_vain: Counter[str] = field(default_factory=Counter)
    """Wished for in a run that never came there."""

    def rarest(self, dice: random.Random) -> list[str]:
        """Those at which fewest died so far, in any order."""
        known = sorted(self.passed)
        dice.shuffle(known)
        return sorted(known, key=lambda step: self.kills[step] + min(2, self.in_vain[step] / 4))


@dataclass(slots=True)
class Outcome:
    """What one scenario came to."""

    kills: Counter[str] = field(default_factory=Counter)
    """By step."""
    steps: set[str] = field(default_factory=set)
    """All that were passed."""
    moods: Counter[str] = field(default_factory=Counter)
    """Of the receivers, over all runs."""
    runs: int = 0
    events: int = 0
    incidents: int = 0
    verdict: Verdict = field(default_factory=lambda: Verdict(0, 0, 0))
    faults: list[str] = field(default_factory=list)
    """What else is wrong: the database, what it knows, how the last run ended."""

    @property
    def breaches(self) -> list[str]:
        found = self.verdict
        return [*found.lost, *found.unexplained, *found.early, *self.faults]


def play(scenario: Scenario, home: Path, steps: Steps | None = None) -> Outcome:
    """`home`: an empty folder. `steps`: where earlier scenarios died."""
    chain = Chain(_plan(scenario.seed))
    clock = Clock(chain.timestamp(FIRST_HEAD))
    with ExitStack() as stack:
        node = stack.enter_context(Node(chain, clock=clock, latency=0.002))
        token = f"123456:{CANARY}-of-a-bot-{CANARY}-0123456789"
        receivers: dict[str, Receiver] = {"telegram": stack.enter_context(Chat(token, clock))}
        if scenario.cloudwatch:
            receivers["cloudwatch"] = stack.enter_context(LogStream())
        heartbeat = stack.enter_context(Heartbeat(f"{CANARY}-check")) if scenario.heartbeat else None
        watched = [{"address": chain.plan.baker(name).address, "name": name} for name in WATCHED]
        undisturbed = Station(home / "undisturbed", clock, [node.url], watched, IDENTIFIER="test")
        undisturbed.run()
        secret_url = node.url.replace("://", f"://somebody:{CANARY}@")
        killed = Station(home / "killed", clock, [secret_url], watched, IDENTIFIER="test")
        killed.configure(**_settings(receivers, heartbeat))
        course = _Course(scenario, steps or Steps(), killed, node, chain, clock, receivers, heartbeat)
        course.work()
        undisturbed.run()
        return course.judged(undisturbed)


def _plan(seed: int) -> Any:
    plan = small_plan(seed=seed, chances=ACCIDENTS)
    plan = plan.outage("alice", 10_160, 10_180).outage("bob", 10_200, 10_222).outage("alice", 10_255, 10_280)
    return plan.outage("bob", 10_290, 10_320).outage("carol", 10_330).unstake("carol", 10_240)


def _settings(receivers: Mapping[str, Receiver], heartbeat: Heartbeat | None) -> dict[str, object]:
    chat = receivers["telegram"]
    assert isinstance(chat, Chat)
    settings: dict[str, object] = {
        "SEND_TO_TELEGRAM": "true",
        "TELEGRAM_BOT_TOKEN": chat.token,
        "TELEGRAM_CHAT_ID": CHAT,
        "TELEGRAM_API_URL": chat.url,
    }
    if "cloudwatch" in receivers:
        settings |= {
            "SEND_TO_CLOUDWATCH": "true",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": f"{CANARY}-key",
            "AWS_SESSION_TOKEN": f"{CANARY}-session",
            "AWS_ENDPOINT_URL": receivers["cloudwatch"].url,
        }
    if heartbeat is not None:
        settings["HEARTBEAT_URL"] = heartbeat.address
    return settings


class _Course:
    """Starts processes and ends them, minute after minute."""

    def __init__(
        self,
        scenario: Scenario,
        steps: Steps,
        station: Station,
        node: Node,
        chain: Chain,
        clock: Clock,
        receivers: Mapping[str, Receiver],
        heartbeat: Heartbeat | None,
    ) -> None:
        self.scenario, self.steps = scenario, steps
        self.station, self.node, self.chain, self.clock = station, node, chain, clock
        self.receivers, self.heartbeat = receivers, heartbeat
        self.dice = random.Random(scenario.seed)
        self.outcome = Outcome()
        self.runs: list[Run] = []
        self.printed: list[tuple[int, ...]] = []
        """Of each message that was printed, the events."""
        self.quickest = 1.5
        """Seconds of a run that came to its end, at most: later it may be waiting."""
        self.moods = {name: self._rotation() for name in (*receivers, "console")}

    # The course of things ---------------------------------------------------------------------------------------

    def work(self) -> None:
        first_look = min(3, self.scenario.kills)
        while self.killed < first_look:
            self._one()
        self._ended(calm=False)
        # So many blocks have passed at the end, however many runs there were.
        pause = max(60, 1500 // self.scenario.kills)
        while self.killed < self.scenario.kills:
            self.clock.advance(pause + self.dice.choice((0, 0, 0, 0, 0, GAP)))
            self._one()
            if self.dice.random() < 0.15:
                self.clock.advance(60)
                self._ended(calm=False)
        self.clock.advance(LAST_WORDS)
        self._ended(calm=True)

    @property
    def killed(self) -> int:
        return self.outcome.kills.total()

    def _rotation(self) -> Iterator[str]:
        """Every mood in turn, in an order of its own, and up again after each few."""
        moods = [mood for mood in MOODS if not (self.scenario.hurried and mood in TIRESOME)] + ["up"] * 4
        while True:
            self.dice.shuffle(moods)
            yield from moods

    def _one(self) -> None:
        """A process that is to die, in the receivers' next mood. It may come to its end before."""
        with self._in_a_mood({name: next(moods) for name, moods in self.moods.items()}) as full:
            way = self.dice.choices((self._at_a_step, self._while_reading, self._sometime), (7, 1.5, 1.5))[0]
            way(full)

    def _ended(self, *, calm: bool) -> None:
        """A process that is left alone, with receivers as they may be, or all well."""
        moods = {
            name: "up" if calm else next(mood for mood in moods if mood not in TIRESOME)
            for name, moods in self.moods.items()
        }
        with self._in_a_mood(moods) as full, self._process(full, {}) as process:
            began = time.monotonic()
            process.wait(90)
            self.quickest = min(self.quickest, time.monotonic() - began)
        if calm:
            code, errors = process.returncode, self._errors(len(self.runs) - 1)
            if code != 0 or errors:
                self.outcome.faults.append(f"the undisturbed run ended with {code}: {errors}")

    @contextmanager
    def _in_a_mood(self, moods: Mapping[str, str]) -> Iterator[bool]:
        """Yields whether the console's file is full."""
        self.outcome.moods.update(f"{name}: {mood}" for name, mood in moods.items() if name in self.receivers)
        with ExitStack() as stack:
            for name, receiver in self.receivers.items():
                stack.enter_context(MOODS[moods[name]](receiver))
            full = moods["console"] in ("500", "down", "reset")
            self.outcome.moods[f"console: {'full' if full else 'up'}"] += 1
            yield full

    # Ways to die ------------------------------------------------------------------------------------------------

    def _at_a_step(self, full: bool) -> None:
        wishes = {step: self.dice.choice((0, 0, 0, 1)) for step in self.steps.rarest(self.dice)[:WISHES]}
        with self._process(full, wishes) as process:
            while process.poll() is None and not self._is_stuck():
                time.sleep(0.005)
            process.kill()
        if self.runs[-1].killed:
            last = self._last_step()
            self._count(last if last in wishes else WAITING)
        else:
            self.steps.in_vain.update(wishes.keys())

    def _while_reading(self, full: bool) -> None:
        self.node.requests.reset()
        asked = self.dice.randint(1, max(2, self._levels_to_read()))
        with self._process(full, {}) as process:
            while self.node.requests.count < asked and process.poll() is None and not self._is_stuck():
                time.sleep(0.002)
            process.kill()
        if self.runs[-1].killed:
            self._count(READING)

    def _sometime(self, full: bool) -> None:
        """From its very beginning, the imports, on."""
        with self._process(full, {}) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.dice.uniform(0.05, self.quickest))
            process.kill()
        if self.runs[-1].killed:
            self._count(MOMENT)

    def _count(self, where: str) -> None:
        self.outcome.kills[where] += 1
        self.steps.kills[where] += 1

    def _levels_to_read(self) -> int:
        with suppress(SQLAlchemyError):  # not even the tables are there
            return min(100, self.chain.head_at(self.clock()) - 2 - (self.station.cursor() or 0))
        return 100

    def _is_stuck(self) -> bool:
        with suppress(FileNotFoundError):  # it has not come to its first step
            return time.time() - self._journal(len(self.runs)).stat().st_mtime > STUCK
        return False

    # Processes --------------------------------------------------------------------------------------------------

    @contextmanager
    def _process(self, full: bool, ends: Mapping[str, int]) -> Iterator[subprocess.Popen[bytes]]:
        """One process, and what it leaves."""
        number = len(self.runs)
        arguments = [] if self.scenario.plain else ["--json"]
        if self.scenario.hurried:
            arguments.insert(0, HURRIED)
        values = [self.station.home, int(self.clock()), self._journal(number), json.dumps(ends), *arguments]
        out_file = Path("/dev/full") if full else self._file("out", number)
        with out_file.open("wb") as out, self._file("errors", number).open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.victim", *map(str, values)],
                cwd=ROOT,
                env=environment(AWS_EC2_METADATA_DISABLED="true"),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=errors,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()
        lines = lines_of(self._journal(number))
        passed = {line["step"] for line in lines if "step" in line}
        self.outcome.steps |= passed
        self.steps.passed |= passed
        attempts = attempts_of(lines)
        self.runs.append(Run(tuple(attempts), process.returncode == -signal.SIGKILL))
        self.outcome.runs += 1
        if not full:
            texts = [line["text"] for line in lines if line.get("channel") == "console"]
            self.printed += printed(self._file("out", number).read_text(), attempts, texts, self.scenario.plain)
        if "Traceback" in self._errors(number):
            self.outcome.faults.append(f"run {number}: {self._errors(number)}")

    def _last_step(self) -> str:
        lines = lines_of(self._journal(len(self.runs) - 1))
        steps = [line["step"] for line in lines if "step" in line]
        return str(steps[-1]) if steps else ""

    def _journal(self, number: int) -> Path:
        return self._file("journal", number)

    def _errors(self, number: int) -> str:
        return self._file("errors", number).read_text()

    def _file(self, name: str, number: int) -> Path:
        return self.station.home.parent / f"{name}-{number}"

    # Judgement --------------------------------------------------------------------------------------------------

    def judged(self, undisturbed: Station) -> Outcome:
        station, outcome = self.station, self.outcome
        events = [
            Event(row["id"], row["incident_id"], row["kind"], row["rule"])
            for row in station.rows("SELECT id, incident_id, kind, rule FROM event ORDER BY id")
        ]
        deliveries = [
            Delivery(row["event_id"], row["channel"], row["state"], row["last_error"])
            for row in station.rows("SELECT event_id, channel, state, last_error FROM delivery ORDER BY event_id")
        ]
        incidents = [
            Incident(row["id"], row["closed_at"] is None) for row in station.rows("SELECT id, closed_at FROM incident")
        ]
        arrivals: dict[str, Sequence[Sequence[int]]] = {"console": self.printed}
        for name, receiver in self.receivers.items():
            assert isinstance(receiver, Chat | LogStream)
            arrivals[name] = receiver.carried
        outcome.verdict = verdict(events, deliveries, incidents, self.runs, arrivals)
        outcome.events, outcome.incidents = len(events), len(incidents)
        outcome.faults += inconsistencies(station)
        outcome.faults += [f"a secret is in {place}" for place in self._places_with(CANARY)]
        expected, found = facts(undisturbed), facts(station)
        outcome.faults += [
            f"{what} differ from what an undisturbed checker knows"
            for what in expected
            if expected[what] != found[what]
        ]
        return outcome

    def _places_with(self, secret: str) -> Iterator[str]:
        """What the program wrote and what it sent."""
        folder = self.station.home
        for path in (*folder.parent.iterdir(), *folder.iterdir()):
            if path.is_file() and path.name not in (".env", "delegates.json") and secret.encode() in path.read_bytes():
                yield path.name
        bodies = {name: [request.body for request in one.arrived] for name, one in self.receivers.items()}
        if self.heartbeat is not None:
            bodies["heartbeat"] = [request.body for request in self.heartbeat.arrived]
        yield from (f"what {name} got" for name, sent in bodies.items() if secret.encode() in b"".join(sent))
