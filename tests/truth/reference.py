"""What the duty rules have to make of the truth, written down once more as plainly as possible.

Nothing here comes from the checker: rights in lists, one loop per duty, everything counted anew at every right. It is
slow and has no state but what a reader sees. The rulings behind it:

* missed attestations open at 5 rights in a row or 10 of the last 100, of the rights since the last resolution;
  warning, critical from 20 in a row or half of the window (50 of the last 100); over after 10 met rights in a row
* a missed round-0 bake opens; a lone one while attesting is a silent warning; 2 of the last 10 round-0 rights or an
  open attestation incident make it critical; over with the next bake, at any round, reproposed or not
* opened again within an hour of its resolution it is the same incident and needs twice the streak, up to 160
* what opened and was over within the first look is not told and leaves no trace; what is still open at its end is told
  then, once
* unknown rights count for nothing
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from simulator.chain import Chain, Fact

HOUR = 3600
GRAVITY = {("warning", True): 0, ("warning", False): 1, ("critical", False): 2}


class Told(NamedTuple):
    """One event of an incident."""

    kind: str
    """firing, escalated, resolved"""
    severity: str
    silent: bool
    at: int
    """Block time."""


@dataclass
class Story:
    """One incident from its first opening to its last end."""

    rule: str
    opened_level: int
    closed_level: int | None = None
    openings: int = 1
    told: list[Told] = field(default_factory=list)

    @property
    def severity(self) -> str:
        """The gravest since it last opened."""
        return [event.severity for event in self.told if event.kind != "resolved"][-1]


class Right(NamedTuple):
    """A fact with where it becomes known."""

    level: int
    block: int
    """The block that tells: of an attestation the one after its level."""
    at: int
    """That block's time."""
    round: int
    outcome: str
    """met, missed, reproposed, unknown"""


class _Book:
    """The incidents of one rule, while its rights go by."""

    def __init__(self, rule: str, streak: int, look_end: int, look_end_at: int) -> None:
        self.rule, self.streak = rule, streak
        self.look_end, self.look_end_at = look_end, look_end_at
        self.stories: list[Story] = []
        self.now: Story | None = None
        self.gravity: tuple[str, bool] = ("warning", True)
        self.good = 0
        self.needed = streak
        self.last: tuple[Story, int, int] | None = None
        """The story that ended last, when, and how many met rights its end took."""

    def look_is_over(self) -> None:
        """At the end of the first look, in which nothing was told."""
        if self.now is not None:
            self.now.told = [Told("firing", *self.gravity, self.look_end_at)]
            self.stories = [self.now]
        else:
            self.stories, self.last = [], None

    def open(self, right: Right, gravity: tuple[str, bool]) -> None:
        seen = right.block > self.look_end
        if self.last is not None and seen and right.at - self.last[1] <= HOUR:
            self.now, _, before = self.last
            self.now.openings += 1
            self.now.closed_level = None
            self.needed = min(2 * before, 160)
        else:
            self.now = Story(self.rule, right.level)
            self.stories.append(self.now)
            self.needed = self.streak
        self.gravity, self.good = gravity, 0
        self.now.told.append(Told("firing", *gravity, right.at))

    def worse(self, right: Right, gravity: tuple[str, bool]) -> None:
        assert self.now is not None
        self.good = 0
        if GRAVITY[gravity] > GRAVITY[self.gravity]:
            self.gravity = gravity
            self.now.told.append(Told("escalated", *gravity, right.at))

    def better(self, right: Right) -> bool:
        """True where this right ends it."""
        assert self.now is not None
        self.good += 1
        if self.good < self.needed:
            return False
        self.now.closed_level = right.level
        self.now.told.append(Told("resolved", *self.gravity, right.at))
        self.last = (self.now, right.at, self.needed)
        self.now = None
        return True


class _Attestations(_Book):
    def __init__(self, look_end: int, look_end_at: int) -> None:
        super().__init__("missed_attestation", 10, look_end, look_end_at)
        self.since_resolution: list[bool] = []
        """Whether it was missed: of every right since the last resolution, oldest first."""

    def take(self, right: Right) -> None:
        missed = right.outcome == "missed"
        self.since_resolution.append(missed)
        last_100 = self.since_resolution[-100:]
        in_a_row = 0
        while in_a_row < len(self.since_resolution) and self.since_resolution[-1 - in_a_row]:
            in_a_row += 1
        gravity = ("critical" if in_a_row >= 20 or sum(last_100) >= 50 else "warning", False)
        if missed and self.now is not None:
            self.worse(right, gravity)
        elif missed and (in_a_row >= 5 or sum(last_100) >= 10):
            self.open(right, gravity)
        elif not missed and self.now is not None and self.better(right):
            self.since_resolution = []


class _Bakes(_Book):
    def __init__(self, look_end: int, look_end_at: int, window: int = 14400) -> None:
        super().__init__("missed_baking", 1, look_end, look_end_at)
        self.window = window
        self.round_zero: list[bool] = []
        """Whether it was missed: of every round-0 right, resolutions or not."""
        self.since_resolution: list[int] = []
        """Levels of round-0 misses."""

    def take(self, right: Right, attesting: bool) -> None:
        missed = right.outcome == "missed"
        if right.round == 0:
            self.round_zero.append(missed)
        if missed and right.round == 0:
            self.since_resolution.append(right.level)
            within = [level for level in self.since_resolution if level > right.level - self.window]
            grave = sum(self.round_zero[-10:]) >= 2 or not attesting
            gravity = ("critical", False) if grave else ("warning", len(within) == 1)
            if self.now is not None:
                self.worse(right, gravity)
            else:
                self.open(right, gravity)
        elif not missed and self.now is not None and self.better(right):
            self.since_resolution = []


def stories(chain: Chain, facts: Iterable[tuple[Fact, str]], look_end: int) -> list[Story]:
    """Every duty incident of one delegate. `facts`: the truth in order, each with the outcome that could be read."""
    look_end_at = chain.timestamp(look_end)
    attestations, bakes = _Attestations(look_end, look_end_at), _Bakes(look_end, look_end_at)
    looking = True
    for right in sorted(_rights(chain, facts), key=lambda right: (right.block, right.block == right.level)):
        if looking and right.block > look_end:
            attestations.look_is_over()
            bakes.look_is_over()
            looking = False
        if right.outcome == "unknown":
            continue
        if right.block > right.level:
            attestations.take(right)
        else:
            bakes.take(right, attesting=attestations.now is None)
    if looking:
        attestations.look_is_over()
        bakes.look_is_over()
    return [*attestations.stories, *bakes.stories]


def _rights(chain: Chain, facts: Iterable[tuple[Fact, str]]) -> Iterator[Right]:
    for fact, outcome in facts:
        block = fact.level + 1 if fact.duty == "attestation" else fact.level
        yield Right(fact.level, block, chain.timestamp(block), fact.round, outcome)
