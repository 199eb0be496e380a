"""Everything the database knows of one incident: what was judged, by which blocks, who said so, who was told.

Reads only. The document is what `explain --json` prints; times are UTC seconds, shares 0 to 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from monitor.schema import (
    block,
    check_state,
    coverage_gap,
    delivery,
    endpoint,
    event,
    incident,
    observation,
    run,
    sample,
    series,
    target,
)

AROUND = 3
"""Levels shown before the first and after the last that matters."""
MOST_VALUES = 5
"""Samples of each metric."""
MOST_LEVELS = 40
"""Of a long incident its beginning and its end are shown."""

Document = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]


def explain(connection: Connection, incident_id: str) -> Document | None:
    """None: there is no such incident."""
    row = connection.execute(select(incident).where(incident.c.id == incident_id)).first()
    if row is None:
        return None
    evidence = json.loads(row.evidence)
    first, last = _levels(connection, row, evidence)
    shown = _shown(first, last)
    return {
        "id": row.id,
        "network": row.network,
        "target": row.target,
        "name": _name(connection, row),
        "rule": row.rule,
        "severity": row.severity,
        "opened_at": row.opened_at,
        "opened_level": row.opened_level,
        "closed_at": row.closed_at,
        "closed_level": row.closed_level,
        "close_reason": row.close_reason,
        "reopened": row.reopened,
        "missed": row.missed,
        "evidence": evidence,
        "acknowledged": None if row.ack_until is None else {"until": row.ack_until, "by": row.ack_by},
        "state": _state(connection, row),
        "levels": None if first is None or last is None else {"from": first, "to": last, "shown": _counted(shown)},
        "totals": _totals(connection, row, first, last),
        "blocks": _blocks(connection, row, shown),
        "values": _values(connection, row, last),
        "gaps": _gaps(connection, row, first, last),
        "endpoints": _endpoints(connection, row),
        "events": _events(connection, row.id),
    }


def _levels(connection: Connection, row: AnyRow, evidence: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The levels it is about; (None, None) where it is not about levels."""
    named = [evidence.get(name) for name in ("first_level", "last_level", "level")]
    known = [level for level in (*named, row.opened_level, row.closed_level) if isinstance(level, int)]
    if not known:
        return None, None
    last = max(known)
    if row.closed_at is None and row.opened_level is not None:
        newest = connection.execute(select(func.max(block.c.level)).where(block.c.network == row.network)).scalar()
        last = max(last, newest or last)
    return min(known), last


def _shown(first: int | None, last: int | None) -> tuple[range, ...]:
    if first is None or last is None:
        return ()
    low, high = first - AROUND, last + AROUND
    if high - low < MOST_LEVELS:
        return (range(low, high + 1),)
    half = MOST_LEVELS // 2
    return range(low, low + half), range(high - half + 1, high + 1)


def _counted(shown: tuple[range, ...]) -> list[dict[str, int]]:
    return [{"from": part.start, "to": part.stop - 1} for part in shown]


def _name(connection: Connection, row: AnyRow) -> str | None:
    query = select(target.c.name).where(target.c.network == row.network, target.c.target == row.target)
    found: str | None = connection.execute(query).scalar()
    return found


def _state(connection: Connection, row: AnyRow) -> Any:
    """Where the check stands now, as its machine remembers it; None where it is quiet."""
    mine = [check_state.c[name] == getattr(row, name) for name in ("network", "target", "rule")]
    stored = connection.execute(select(check_state.c.state).where(*mine)).scalar()
    return None if stored is None else json.loads(stored).get("check")


def _totals(connection: Connection, row: AnyRow, first: int | None, last: int | None) -> Document:
    """duty -> outcome -> how many of the target's rights ended so, over all the levels it is about."""
    totals: Document = {}
    if first is None or last is None:
        return totals
    query = (
        select(series.c.duty, observation.c.outcome, func.count())
        .select_from(observation.join(series, series.c.id == observation.c.series_id))
        .where(series.c.network == row.network, series.c.target == row.target)
        .where(observation.c.level >= first, observation.c.level <= last)
        .group_by(series.c.duty, observation.c.outcome)
    )
    for duty, outcome, count in connection.execute(query):
        totals.setdefault(duty, {})[outcome] = count
    return totals


def _blocks(connection: Connection, row: AnyRow, shown: tuple[range, ...]) -> list[Document]:
    """Level by level: the block, the committee's share of it, and the target's rights with their outcomes."""
    if not shown:
        return []
    within = or_(*(and_(block.c.level >= part.start, block.c.level < part.stop) for part in shown))
    facts = _facts(connection, row, shown)
    found = []
    for read in connection.execute(select(block).where(block.c.network == row.network, within).order_by(block.c.level)):
        # What a block says of the committee is about the level before it.
        whole = read.committee_power
        share = None if not whole or read.attested_power is None else round(read.attested_power / whole, 4)
        found.append(
            {
                "level": read.level,
                "timestamp": read.timestamp,
                "round": read.round,
                "payload_round": read.payload_round,
                "cycle": read.cycle,
                "share_of_committee_before": share,
                "rights": facts.pop(read.level, []),
            }
        )
    found += [{"level": level, "timestamp": None, "rights": rights} for level, rights in facts.items()]
    return sorted(found, key=lambda item: item["level"])


def _facts(connection: Connection, row: AnyRow, shown: tuple[range, ...]) -> dict[int, list[Document]]:
    within = or_(*(and_(observation.c.level >= part.start, observation.c.level < part.stop) for part in shown))
    query = (
        select(series.c.duty, observation)
        .select_from(observation.join(series, series.c.id == observation.c.series_id))
        .where(series.c.network == row.network, series.c.target == row.target, within)
        .order_by(observation.c.level, series.c.duty, observation.c.round)
    )
    facts: dict[int, list[Document]] = {}
    for fact in connection.execute(query):
        evidence = None if fact.evidence is None else json.loads(fact.evidence)
        right = {"duty": fact.duty, "round": fact.round, "outcome": fact.outcome, "evidence": evidence}
        facts.setdefault(fact.level, []).append(right)
    return facts


def _values(connection: Connection, row: AnyRow, last: int | None) -> Document:
    """metric -> the newest samples of the target up to then, oldest first; empty for what is not sampled (Tezos)."""
    found: dict[str, list[Document]] = {}
    query = select(sample).where(sample.c.network == row.network, sample.c.target == row.target)
    if last is not None:
        query = query.where(sample.c.level <= last)
    for one in connection.execute(query.order_by(sample.c.metric, sample.c.level)):
        found.setdefault(one.metric, []).append({"level": one.level, "value": one.value})
    return {metric: values[-MOST_VALUES:] for metric, values in found.items()}


def _gaps(connection: Connection, row: AnyRow, first: int | None, last: int | None) -> list[Document]:
    """Levels of it that were not read."""
    if first is None or last is None:
        return []
    query = select(coverage_gap).where(
        coverage_gap.c.network == row.network, coverage_gap.c.to_level >= first, coverage_gap.c.from_level <= last
    )
    rows = connection.execute(query.order_by(coverage_gap.c.from_level))
    return [{"from": gap.from_level, "to": gap.to_level, "reason": gap.reason} for gap in rows]


def _endpoints(connection: Connection, row: AnyRow) -> list[Document]:
    """The nodes that say so, and how they have answered lately."""
    query = select(endpoint).where(endpoint.c.network == row.network).order_by(endpoint.c.label)
    return [
        {
            "endpoint": found.label,
            "failures": found.failures,
            "last_ok_at": found.last_ok_at,
            "last_failed_at": found.last_failed_at,
            "error": found.last_error,
        }
        for found in connection.execute(query)
    ]


def _events(connection: Connection, incident_id: str) -> list[Document]:
    query = (
        select(event, run.c.host, run.c.started_at)
        .join_from(event, run, run.c.id == event.c.run_id, isouter=True)
        .where(event.c.incident_id == incident_id)
        .order_by(event.c.id)
    )
    deliveries = _deliveries(connection, incident_id)
    return [
        {
            "event_id": row.id,
            "kind": row.kind,
            "severity": row.severity,
            "silent": row.silent,
            "occurred_at": row.occurred_at,
            "created_at": row.created_at,
            "run": row.run_id,
            "host": row.host,
            "payload": json.loads(row.payload),
            "deliveries": deliveries.get(row.id, []),
        }
        for row in connection.execute(query)
    ]


def _deliveries(connection: Connection, incident_id: str) -> dict[int, list[Document]]:
    query = (
        select(delivery)
        .join(event, event.c.id == delivery.c.event_id)
        .where(event.c.incident_id == incident_id)
        .order_by(delivery.c.event_id, delivery.c.channel)
    )
    found: dict[int, list[Document]] = {}
    for row in connection.execute(query):
        held = row.state == "suppressed"
        found.setdefault(row.event_id, []).append(
            {
                "channel": row.channel,
                "state": row.state,
                "attempts": row.attempts,
                "next_attempt_at": row.next_attempt_at if row.state == "pending" else None,
                "sent_at": row.sent_at,
                "held_by": row.last_error if held else None,
                "error": None if held else row.last_error,
                "remote_id": row.remote_id,
            }
        )
    return found
