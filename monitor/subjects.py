"""Everything that can be silenced: targets, endpoints, and the monitor itself, under the names people use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from alerting.groups import spelled_out
from alerting.pattern import matches, means_target
from monitor.model import CheckKey
from monitor.rules.interface import MONITOR, SOURCE
from monitor.schema import cursor, endpoint, incident
from monitor.schema import target as targets


@dataclass(frozen=True, slots=True)
class Subject:
    network: str
    target: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    id: str
    key: CheckKey
    name: str | None
    severity: str


def subjects(connection: Connection) -> tuple[Subject, ...]:
    """All that is watched, as far as a run has seen it."""
    watched = select(targets).where(targets.c.removed_at.is_(None)).order_by(targets.c.network, targets.c.target)
    found = [Subject(row.network, row.target, row.name) for row in connection.execute(watched)]
    found += [
        Subject(row.network, row.label) for row in connection.execute(select(endpoint.c.network, endpoint.c.label))
    ]
    found += [Subject(network, SOURCE) for network in connection.execute(select(cursor.c.network)).scalars()]
    return (*found, *(Subject(MONITOR, target) for target in ("run", "config")))


def meant(connection: Connection, pattern: str) -> tuple[Subject, ...]:
    """Those a pattern means as a whole or in part."""
    wholes = [each.rpartition("/")[0] if _ends_with_rules(each) else each for each in spelled_out(connection, pattern)]
    return tuple(
        one
        for one in subjects(connection)
        if any(means_target(whole, one.network, one.target, one.name) for whole in wholes)
    )


def open_incidents(connection: Connection, pattern: str) -> tuple[OpenIncident, ...]:
    """The open incidents that a pattern means, oldest first."""
    names = {(one.network, one.target): one.name for one in subjects(connection)}
    patterns = spelled_out(connection, pattern)
    query = select(incident).where(incident.c.closed_at.is_(None)).order_by(incident.c.opened_at, incident.c.id)
    found = []
    for row in connection.execute(query):
        key, name = CheckKey(row.network, row.target, row.rule), names.get((row.network, row.target))
        if any(matches(each, key, name) for each in patterns):
            found.append(OpenIncident(row.id, key, name, row.severity))
    return tuple(found)


def _ends_with_rules(pattern: str) -> bool:
    from fnmatch import fnmatchcase

    from monitor.rules.cards import CARDS

    _, slash, tail = pattern.rpartition("/")
    return bool(slash) and any(fnmatchcase(rule, tail) for rule in CARDS)
