"""Whether the promise was kept, from what was sent, what arrived and what is on record. Pure.

Every alert reaches each working channel at least once; a duplicate happens at most once per kill or ambiguous answer
(timeout, reset, 5xx) and carries the same incident and event; no end comes before its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

AMBIGUOUS = "Ambiguous"
OPENINGS = frozenset({"firing", "escalated", "reminder", "flapping"})
ENDS = frozenset({"resolved", "missed-incident"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message handed to a channel. `outcome`: how that ended, a class name; None where it never did."""

    channel: str
    events: tuple[int, ...]
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One process, and what it tried to send, in order."""

    attempts: tuple[Attempt, ...]
    killed: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A row of `event`."""

    id: int
    incident: str | None
    kind: str
    rule: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of `delivery`. `held_by`: what quiets it, where it is suppressed."""

    event: int
    channel: str
    state: str
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of `incident`."""

    id: str
    open: bool


Arrivals = Mapping[str, Sequence[Sequence[int]]]
"""Channel -> the events of each message that arrived there, in order."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the promise. Each string is one breach."""

    arrived: int
    """Events on channels, each counted once."""
    duplicates: int
    """Messages that brought a channel what it had already."""
    allowed: int
    """How many there might have been: kills in the middle of a send, and ambiguous answers."""
    lost: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    """Duplicates that no kill and no ambiguous answer explains."""
    early: tuple[str, ...] = ()
    """Ends that came before their beginning."""

    @property
    def kept(self) -> bool:
        return not (self.lost or self.unexplained or self.early)


def verdict(
    events: Iterable[Event],
    deliveries: Iterable[Delivery],
    incidents: Iterable[Incident],
    runs: Sequence[Run],
    arrivals: Arrivals,
) -> Verdict:
    known = {event.id: event for event in events}
    times = {name: Counter(event for message in messages for event in message) for name, messages in arrivals.items()}
    in_doubt = _in_doubt(runs)
    doubts = Counter((one.channel, event) for one in in_doubt for event in one.events)
    of_channel = Counter(one.channel for one in in_doubt)
    repeats = {name: _repeats(messages) for name, messages in arrivals.items()}
    unexplained = [
        f"{name}: event {event} came {number} times"
        for name, counts in times.items()
        for event, number in counts.items()
        if number > 1 + doubts[name, event]
    ]
    unexplained += [
        f"{name}: {number} messages came again, for {of_channel[name]} reasons"
        for name, number in repeats.items()
        if number > of_channel[name]
    ]
    return Verdict(
        arrived=sum(len(counts) for counts in times.values()),
        duplicates=sum(repeats.values()),
        allowed=len(in_doubt),
        lost=(*_lost(known, deliveries, times), *_untold(known, incidents, arrivals)),
        unexplained=tuple(unexplained),
        early=tuple(_early(known, arrivals)),
    )


def _in_doubt(runs: Sequence[Run]) -> list[Attempt]:
    """Attempts that may have to be made again although they arrived.

    A channel sends one message at a time, so that a kill leaves one in doubt per channel: its last.
    """
    found = []
    for run in runs:
        last = {attempt.channel: attempt for attempt in run.attempts}
        found += [
            attempt
            for attempt in run.attempts
            if attempt.outcome in (None, AMBIGUOUS) or (run.killed and last[attempt.channel] is attempt)
        ]
    return found


def _repeats(messages: Sequence[Sequence[int]]) -> int:
    seen: set[int] = set()
    number = 0
    for message in messages:
        number += not seen.isdisjoint(message)
        seen.update(message)
    return number


def _lost(known: Mapping[int, Event], deliveries: Iterable[Delivery], times: Mapping[str, Counter[int]]) -> list[str]:
    """What stands on record as told and never came, or was not told at all."""
    found = []
    for row in deliveries:
        event, came = known[row.event], times[row.channel]
        text = f"{row.channel}: event {event.id} ({event.kind} of {event.incident or event.rule}), {row.state}"
        if row.state in ("pending", "dead") or (row.state == "sent" and not came[event.id]):
            found.append(text)
        elif row.state == "superseded" and event.incident is not None:
            later = (other.id for other in known.values() if other.incident == event.incident and other.id > event.id)
            if not any(came[other] for other in later):
                found.append(f"{text} by nothing")
        elif row.state == "suppressed" and row.held_by is None:
            found.append(f"{text} by nothing")
    return found


def _untold(known: Mapping[int, Event], incidents: Iterable[Incident], arrivals: Arrivals) -> list[str]:
    """Incidents whose last word on a channel is not how they stand, whatever the rows of deliveries say.

    One without an event was over before the end of the first look.
    """
    found = []
    spoken_of = {event.incident for event in known.values()}
    incidents = [incident for incident in incidents if incident.id in spoken_of]
    for channel, messages in arrivals.items():
        last: dict[str | None, str] = {}
        for event_id in sorted({event for message in messages for event in message}):
            event = known.get(event_id)
            if event is not None and (event.kind in OPENINGS | ENDS or event.incident not in last):
                last[event.incident] = event.kind
        for incident in incidents:
            told = last.get(incident.id)
            if told is None or (told in OPENINGS) != incident.open:
                found.append(f"{channel}: incident {incident.id}, {'open' if incident.open else 'over'}, told: {told}")
    return found


def _early(known: Mapping[int, Event], arrivals: Arrivals) -> list[str]:
    found = []
    for channel, messages in arrivals.items():
        opened: set[str | None] = set()
        for event in (known[event] for message in messages for event in message if event in known):
            if event.kind in OPENINGS:
                opened.add(event.incident)
            elif event.kind == "resolved" and event.incident not in opened:
                found.append(f"{channel}: incident {event.incident} was over before it began")
    return found
