"""What render is given, and what a wording function gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from alerting.payload import Payload
from alerting.render.figures import called
from monitor.model import CheckKey, EventKind, Severity


@dataclass(frozen=True, slots=True)
class RenderedInput:
    """One event as stored."""

    event_id: int
    kind: EventKind
    key: CheckKey
    severity: Severity
    silent: bool
    occurred_at: int
    created_at: int
    payload: Payload
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One block of text to write: one event, one incident's news together, or several targets with one cause."""

    kind: EventKind
    key: CheckKey
    severity: Severity
    silent: bool
    occurred_at: int
    created_at: int
    payload: Payload
    incidents: tuple[str, ...]
    events: tuple[RenderedInput, ...]
    subject: str
    """What to call the target, or the targets together: "12 bakers"."""
    names: tuple[str, ...] = ()
    """Several targets with one cause: what each is called."""

    @property
    def several(self) -> bool:
        return len(self.names) > 1

    @property
    def opened_at(self) -> int:
        return self.payload.opened_at if self.payload.opened_at is not None else self.at

    @property
    def at(self) -> int:
        return self.payload.at if self.payload.at is not None else self.occurred_at

    @property
    def ended_at(self) -> int:
        return self.payload.ended_at if self.payload.ended_at is not None else self.at


@dataclass(frozen=True, slots=True)
class Wording:
    """`{mark} {subject}{predicate}` is the first line; the details follow as sentences. No markup."""

    predicate: str
    details: tuple[str, ...] = ()
    subject: str | None = None
    """Where it is not the target's name: "Node bkr1"."""


def item_of(event: RenderedInput) -> Item:
    return Item(
        kind=event.kind,
        key=event.key,
        severity=event.severity,
        silent=event.silent,
        occurred_at=event.occurred_at,
        created_at=event.created_at,
        payload=event.payload,
        incidents=(event.incident,) if event.incident else (),
        events=(event,),
        subject=called(event.key, event.payload.name),
    )


def continued(item: Item, event: RenderedInput) -> Item:
    """The same incident's later news in one block: told as what the first is, with what the newest knows."""
    return replace(
        item,
        severity=event.severity,
        silent=item.silent and event.silent,
        payload=event.payload,
        events=(*item.events, event),
    )
