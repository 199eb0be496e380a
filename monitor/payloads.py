"""What an event says: a transition's evidence joined with what is known of its target."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, func, select

from alerting.payload import Payload
from alerting.transition import Transition
from monitor.checks import ATTESTATION_RULE, BAKING_RULE, Checks
from monitor.config.settings import Settings
from monitor.config.watch_list import Delegate
from monitor.knowledge import Knowledge
from monitor.model import CheckKey, EventKind
from monitor.rules.attestation import AttestationWindow, recent
from monitor.rules.attestation_reward import allowance
from monitor.rules.inhibition import causes
from monitor.rules.interface import SOURCE
from monitor.schema import incident, observation, series

KEY_NAMED_FOR = 3 * 24 * 3600
"""Seconds after a consensus key became the required one for which messages name it."""
_FIELDS = frozenset(field.name for field in fields(Payload))


def inhibitor(checks: Checks, key: CheckKey) -> str | None:
    """Id of the open incident that explains this check's, and quiets it."""
    return next(filter(None, (checks.open_incident(cause.target, cause.rule) for cause in causes(key))), None)


def payload_of(
    transition: Transition,
    checks: Checks,
    known: Knowledge,
    settings: Settings,
    delegates: Mapping[str, Delegate],
    names: Mapping[str, str | None],
) -> Payload:
    """`names`: targets that are no longer on the list, by address."""
    key = transition.key
    delegate = delegates.get(key.target)
    name = delegate.name if delegate else names.get(key.target)
    values = common(known.connection, transition, settings, name, delegate.runbook if delegate else None)
    if key.rule == "unreachable" and transition.kind is not EventKind.RESOLVED:
        values["first_level"] = known.next_level
    if delegate is not None and key.rule in (ATTESTATION_RULE, BAKING_RULE):
        values |= _duty(transition, checks, known)
    return Payload(**values)


def common(
    connection: Connection, transition: Transition, settings: Settings, name: str | None, runbook: str | None
) -> dict[str, Any]:
    """What is said of every transition, whatever the network."""
    key, ended = transition.key, transition.kind is EventKind.RESOLVED
    values: dict[str, Any] = {name: value for name, value in transition.verdict.evidence.items() if name in _FIELDS}
    if "#" in key.target:
        values.setdefault("endpoint", key.target)
    elif ended and key.target == SOURCE:
        values.setdefault("endpoint", _named_endpoint(connection, transition.incident))
    return values | {
        "name": name,
        "runbook": runbook,
        "identifier": settings.identifier,
        "reason": transition.verdict.reason or None,
        "opened_at": transition.since,
        "at": transition.at,
        "ended_at": transition.at if ended or _calmed(transition) else None,
        "close_reason": transition.close_reason,
        "first_look": transition.first_look,
        "again": transition.reopened,
        "opens": transition.flaps or None,
        "missed": transition.missed or None,
        "of": transition.verdict.of or None,
    }


def _named_endpoint(connection: Connection, incident_id: str) -> str | None:
    """The endpoint that the alert named, so that its end names the same."""
    evidence = connection.execute(select(incident.c.evidence).where(incident.c.id == incident_id)).scalar()
    endpoint = json.loads(evidence).get("endpoint") if evidence else None
    return None if endpoint is None else str(endpoint)


def _duty(transition: Transition, checks: Checks, known: Knowledge) -> dict[str, Any]:
    key, evidence = transition.key, transition.verdict.evidence
    context = known.context(key.target, checks)
    ended = transition.kind is EventKind.RESOLVED
    values: dict[str, Any] = {
        "late_by": max(0, known.now - transition.at),
        "next_right_at": known.next_bake_at(key.target),
        "key": _required_key(key, checks, known),
    }
    if evidence.get("first_at") is not None and not ended:
        values["opened_at"] = evidence["first_at"]
    figures = allowance(context) if context is not None else None
    if figures is not None:
        values["allowance_share"] = round(figures.missed / ((figures.missed + figures.left) or 1), 4)
        if figures.seconds is not None and not ended:
            values["reward_lost_at"] = known.now + round(figures.seconds)
    if key.rule == ATTESTATION_RULE:
        if transition.opened_level is not None:
            first_level = evidence.get("first_level") or transition.opened_level
            lost = _bakes_lost(known.connection, key, first_level, transition.level)
            values["bakes_lost"] = lost or None
        if ended and evidence.get("last_at") is not None and known.block_seconds is not None:
            # It was back with the right after the last missed one; the streak only confirmed that.
            values["ended_at"] = min(transition.at, evidence["last_at"] + round(known.block_seconds))
    else:
        window = checks.get(key.target, ATTESTATION_RULE).window
        if isinstance(window, AttestationWindow) and window.rights:
            rights = recent(window)
            values |= {"attested": rights.rights - rights.missed, "attested_of": rights.rights}
    return values


def _required_key(key: CheckKey, checks: Checks, known: Knowledge) -> str | None:
    """The consensus key, for a while after it changed: a signer that was not given it misses everything."""
    state = checks.get(key.target, "consensus_key_pending").state
    read = known.readings.get((key.target, "delegate"))
    if state.resolved_at is None or known.now - state.resolved_at > KEY_NAMED_FOR or read is None:
        return None
    consensus_key = read.value.get("consensus_key")
    return str(consensus_key) if consensus_key else None


def _bakes_lost(connection: Connection, key: CheckKey, from_level: int, to_level: int | None) -> int:
    """Round-0 bakes missed during an attestation outage, so far where `to_level` is None."""
    query = (
        select(func.count())
        .select_from(observation.join(series, series.c.id == observation.c.series_id))
        .where(
            series.c.network == key.network,
            series.c.target == key.target,
            series.c.duty == "baking",
            observation.c.outcome == "missed",
            observation.c.round == 0,
            observation.c.level >= from_level,
        )
    )
    if to_level is not None:
        query = query.where(observation.c.level <= to_level)
    return int(connection.execute(query).scalar_one())


def _calmed(transition: Transition) -> bool:
    return transition.kind is EventKind.FLAPPING and transition.flapping == "off"
