"""The checks of one network as they stand, kept in memory through a run and written back where they changed.

Only the run that holds the lock writes them, so that loading once is enough. A check that was never anything but
quiet has no row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from alerting.check_state import NEW, CheckState, Phase
from monitor.database import insert
from monitor.model import CheckKey, Verdict
from monitor.rules.attestation import EMPTY as EMPTY_ATTESTATION
from monitor.rules.attestation import AttestationWindow
from monitor.rules.baking import EMPTY as EMPTY_BAKING
from monitor.rules.baking import BakingWindow
from monitor.schema import check_state as table
from monitor.schema import incident

ATTESTATION_RULE, BAKING_RULE = "missed_attestation", "missed_baking"


@dataclass(slots=True)
class Check:
    """One check key. `window` is a duty's; None for polled conditions."""

    key: CheckKey
    state: CheckState
    window: AttestationWindow | BakingWindow | None = None
    changed: bool = False
    verdict: Verdict | None = None
    """The newest BAD of this run: what the open incident says about itself now."""
    stored: bool = False
    """Whether it has a row."""
    escalate_after: int = 0
    """Seconds after which a warning becomes critical; 0: never."""


class Checks:
    """All checks of one network."""

    def __init__(self, connection: Connection, network: str, escalate_after: int | None = None) -> None:
        """`escalate_after`: ALERT_ESCALATE_AFTER, seconds."""
        self.network = network
        self._escalate_after = escalate_after or 0
        self._checks: dict[tuple[str, str], Check] = {}
        for row in connection.execute(select(table).where(table.c.network == network)).mappings():
            value = json.loads(row["state"])
            key = CheckKey(network, row["target"], row["rule"])
            check = Check(
                key,
                CheckState.from_value(value["check"]),
                _window(key.rule, value.get("window")),
                stored=True,
                escalate_after=self._escalate_after,
            )
            self._checks[key.target, key.rule] = check

    def get(self, target: str, rule: str) -> Check:
        """The check, made anew where there is none yet."""
        found = self._checks.get((target, rule))
        if found is None:
            key = CheckKey(self.network, target, rule)
            found = Check(key, NEW, _window(rule, None), escalate_after=self._escalate_after)
            self._checks[target, rule] = found
        return found

    def open_incident(self, target: str, rule: str) -> str | None:
        """The id of the rule's open incident, without making a check."""
        found = self._checks.get((target, rule))
        return found.state.incident if found else None

    def __iter__(self) -> Iterator[Check]:
        return iter(tuple(self._checks.values()))

    def forget(self, check: Check) -> None:
        self._checks.pop((check.key.target, check.key.rule), None)

    def save(self, connection: Connection, now: int) -> None:
        """Writes what changed, in the caller's transaction."""
        rows = []
        for check in self:
            if not check.changed:
                continue
            check.changed = False
            if not _quiet(check):
                rows.append(_row(check, now))
                check.stored = True
            elif check.stored:
                connection.execute(delete(table).where(*(table.c[name] == part for name, part in _parts(check.key))))
                check.stored = False
            if check.state.incident and check.verdict is not None:
                _refresh(connection, check.state, check.verdict)
        if rows:
            _leave_out_unwritten(connection, rows)
            statement = insert(connection, table)
            newer = {name: statement.excluded[name] for name in ("incident_id", "state", "updated_at")}
            keys = [table.c.network, table.c.target, table.c.rule]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=newer), rows)


def incident_ids_in_use(connection: Connection) -> Callable[[str], bool]:
    """Whether an id is another incident's."""
    return lambda name: connection.execute(select(incident.c.id).where(incident.c.id == name)).first() is not None


def _refresh(connection: Connection, state: CheckState, verdict: Verdict) -> None:
    """New misses alone send nothing, but whoever looks at the open incident sees them."""
    evidence = json.dumps(dict(verdict.evidence), ensure_ascii=False, separators=(",", ":"))
    statement = update(incident).where(incident.c.id == state.incident)
    connection.execute(statement.values(missed=state.missed, evidence=evidence))


def _leave_out_unwritten(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """An incident that opened during the first look has no row until the look's end; the state alone knows it."""
    named = {row["incident_id"] for row in rows if row["incident_id"] is not None}
    if not named:
        return
    written = set(connection.execute(select(incident.c.id).where(incident.c.id.in_(named))).scalars())
    for row in rows:
        if row["incident_id"] not in written:
            row["incident_id"] = None


def _quiet(check: Check) -> bool:
    state = check.state
    plain = state.phase in (Phase.NEW, Phase.OK) and state.incident is None and state.last_incident is None
    return plain and state.told == 0 and not check.window


def _window(rule: str, value: dict[str, Any] | None) -> AttestationWindow | BakingWindow | None:
    if rule == ATTESTATION_RULE:
        return EMPTY_ATTESTATION if value is None else AttestationWindow.from_value(value)
    if rule == BAKING_RULE:
        return EMPTY_BAKING if value is None else BakingWindow.from_value(value)
    return None


def _parts(key: CheckKey) -> tuple[tuple[str, str], ...]:
    return ("network", key.network), ("target", key.target), ("rule", key.rule)


def _row(check: Check, now: int) -> dict[str, Any]:
    value: dict[str, Any] = {"check": check.state.to_value()}
    if check.window is not None:
        value["window"] = check.window.to_value()
    state = json.dumps(value, separators=(",", ":"))
    return {**dict(_parts(check.key)), "incident_id": check.state.incident, "state": state, "updated_at": now}
