"""Transitions written down: the incident, the event that tells of it and a delivery per channel, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, update

from alerting.events import ChannelRoute, release_suppressed, write_event
from alerting.payload import Payload
from alerting.transition import Transition
from monitor.database import insert
from monitor.model import CheckKey, Event, EventKind, Severity
from monitor.schema import incident


@dataclass(frozen=True, slots=True)
class Recorder:
    """Where a run's transitions go."""

    channels: Sequence[ChannelRoute]
    run_id: int
    now: int
    """Wall clock, UTC seconds."""
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Targets that only some channels hear of: their names. Everything else is for all."""

    def for_targets(self, own: Mapping[str, frozenset[str]]) -> Recorder:
        """The same, where these targets have channels of their own; for one network, since addresses repeat."""
        return replace(self, own=own)

    def routes(self, key: CheckKey) -> Sequence[ChannelRoute]:
        """Where news of a check goes. All channels where none of the target's own is there: an alert is never lost."""
        own = self.own.get(key.target)
        return [route for route in self.channels if own and route.name in own] or self.channels

    def record(
        self, connection: Connection, transition: Transition, payload: Payload, inhibitor: str | None = None
    ) -> None:
        """Writes one transition. `inhibitor`: id of the open incident that keeps it quiet for now.

        When an incident ends, what it kept quiet is told or counted as missed (inhibition delays, never drops).
        """
        if not _write_incident(connection, transition):
            return
        event = Event(
            kind=transition.kind,
            dedupe_key=transition.dedupe_key,
            key=transition.key,
            severity=transition.severity,
            occurred_at=transition.at,
            payload=payload.to_value(),
            incident=transition.incident,
            silent=transition.silent,
        )
        quieted = None if inhibitor is None else suppressed_by(inhibitor)
        write_event(connection, event, self.routes(event.key), self.run_id, self.now, quieted)
        if transition.kind is EventKind.RESOLVED:
            release_suppressed(connection, suppressed_by(transition.incident), self.run_id, self.now)

    def tell(
        self,
        connection: Connection,
        kind: EventKind,
        key: CheckKey,
        dedupe_key: str,
        payload: Payload,
        severity: Severity = Severity.INFO,
        occurred_at: int | None = None,
        incident: str | None = None,
        silent: bool = False,
    ) -> None:
        """Writes an event that is no transition. The same dedupe_key is told once."""
        event = Event(
            kind=kind,
            dedupe_key=dedupe_key,
            key=key,
            severity=severity,
            occurred_at=self.now if occurred_at is None else occurred_at,
            payload=payload.to_value(),
            incident=incident,
            silent=silent,
        )
        write_event(connection, event, self.routes(key), self.run_id, self.now)


def suppressed_by(incident_id: str) -> str:
    """How a delivery row names the incident that keeps it quiet."""
    return f"incident {incident_id}"


def _write_incident(connection: Connection, transition: Transition) -> bool:
    """False where it ended before it was written: it opened during the first look, and its target was removed then."""
    # The wall clock has no place here: what a run writes must not depend on when it was run.
    row: dict[str, int | str | None] = {
        "severity": transition.severity.value,
        "missed": transition.missed,
        "evidence": json.dumps(dict(transition.verdict.evidence), ensure_ascii=False, separators=(",", ":")),
    }
    mine = incident.c.id == transition.incident
    if transition.opens or transition.kind is EventKind.NOTICE:
        over = transition.kind is EventKind.NOTICE
        key = transition.key
        opening = {
            "id": transition.incident,
            "network": key.network,
            "target": key.target,
            "rule": key.rule,
            "opened_at": transition.opened_at,
            "opened_level": transition.opened_level,
            "closed_at": transition.at if over else None,
            "closed_level": transition.level if over else None,
            "close_reason": "told once" if over else None,
            **row,
        }
        statement = insert(connection, incident).values(opening)
        was_over = dict.fromkeys(("closed_at", "closed_level", "close_reason", "ack_until", "ack_by"))
        if transition.reopened:
            reopened = update(incident).where(mine).values(reopened=incident.c.reopened + 1, **was_over, **row)
            if connection.execute(reopened).rowcount:
                return True
        connection.execute(statement.on_conflict_do_nothing())
        return True
    if transition.kind is EventKind.RESOLVED:
        closing = {
            "closed_at": transition.at,
            "closed_level": transition.level,
            "close_reason": transition.close_reason or "recovered",
            "missed": transition.missed,
        }
        if transition.verdict.of:
            # A duty's last verdict counts every miss, those after the newest run's end included.
            closing["evidence"] = row["evidence"]
        # Otherwise the evidence of what went wrong stays: a recovery's own says only that it is over.
        row = closing
    return connection.execute(update(incident).where(mine).values(**row)).rowcount > 0
