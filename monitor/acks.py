"""Acknowledgements: whoever takes an incident over is not reminded of it. Its end is told all the same."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from alerting.events import release_suppressed
from alerting.holds import by_ack
from monitor.schema import incident

UNTIL_RESOLVED = 253_402_300_799
"""9999-12-31 23:59:59 UTC: no moment of its own ends it."""


class Acknowledged(NamedTuple):
    id: str
    open: bool
    """False: it was over already, and nothing was changed."""


def acknowledge(connection: Connection, incident_id: str, until: int, by: str) -> Acknowledged | None:
    """No reminder and no escalation until then, or until it is resolved. None: there is no such incident."""
    mine = incident.c.id == incident_id
    row = connection.execute(select(incident.c.closed_at).where(mine).with_for_update()).first()
    if row is None:
        return None
    if row.closed_at is None:
        connection.execute(update(incident).where(mine).values(ack_until=until, ack_by=by))
    return Acknowledged(incident_id, row.closed_at is None)


def end_expired(connection: Connection, run_id: int, now: int) -> list[str]:
    """Acknowledgements whose time is over: what they held back is told. For the run alone, before it judges."""
    expired = select(incident.c.id).where(
        incident.c.closed_at.is_(None), incident.c.ack_until.is_not(None), incident.c.ack_until <= now
    )
    found = list(connection.execute(expired.with_for_update()).scalars())  # somebody may be prolonging one right now
    for name in found:
        connection.execute(update(incident).where(incident.c.id == name).values(ack_until=None, ack_by=None))
        release_suppressed(connection, by_ack(name), run_id, now)
    return found
