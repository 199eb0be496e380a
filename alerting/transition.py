"""What the state machine has to tell: one change of one incident, and the names it goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from monitor.model import CheckKey, EventKind, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Transition:
    """`kind` is FIRING, ESCALATED, RESOLVED, FLAPPING or NOTICE.

    A FLAPPING "on" opens its incident as a FIRING would. The "off" comes when nothing changed for a while, followed by
    the RESOLVED of what is good, or by the FIRING of what is still bad and will be told one by one again.
    """

    key: CheckKey
    kind: EventKind
    incident: str
    """Without '#'."""
    ordinal: int
    """Of the incident's transitions, from 0."""
    at: int
    """Block time for duties, wall clock otherwise."""
    level: int | None
    severity: Severity
    """The highest since the opening."""
    silent: bool
    verdict: Verdict
    since: int
    """When it began to go wrong: the first BAD, at or before the opening."""
    opened_at: int
    opened_level: int | None
    missed: int = 0
    """Misses of the incident, its earlier openings included."""
    reopened: bool = False
    """FIRING: the same incident again."""
    first_look: bool = False
    """FIRING: it was already so when the target was first looked at."""
    close_reason: str | None = None
    """RESOLVED: "recovered", or why else it ended."""
    flapping: Literal["on", "off"] | None = None
    flaps: int = 0
    """Openings and ends that were not told one by one."""

    @property
    def dedupe_key(self) -> str:
        return f"{self.incident}:{self.kind}:{self.ordinal}"

    @property
    def opens(self) -> bool:
        """Whether the incident is open from here on, and was not before."""
        return (
            self.flapping == "on"
            if self.kind is EventKind.FLAPPING
            else (self.kind is EventKind.FIRING and self.flapping is None)
        )


def nothing_taken(_: str) -> bool:
    return False


def incident_id(
    key: CheckKey,
    opened_at: int,
    level: int | None,
    taken: Callable[[str], bool] = nothing_taken,
    salt: str = "",
) -> str:
    """Six characters, a letter a to f and then hexadecimal: "a1f3c2". The same opening always gets the same id, so a
    run that was killed and is repeated names its incidents alike. Longer where `taken` says that it is another's.
    `salt` tells notices of one level apart.
    """
    digest = sha256(f"{key}|{opened_at}|{level}|{salt}".encode()).hexdigest()
    letter = "abcdef"[int(digest[:8], 16) % 6]
    for length in range(5, 15):
        name = letter + digest[8 : 8 + length]
        if not taken(name):
            return name
    return letter + digest[8:23]
