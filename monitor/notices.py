"""Occurrences that are told once: control changes seen in a watched baker's operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from sqlalchemy import Connection

from alerting.incidents import advance
from alerting.transition import Transition
from monitor.checks import Checks, incident_ids_in_use
from monitor.model import Cursor, Occurrence, Verdict
from monitor.observations import block_times, occurrences_between
from monitor.rules.interface import Card, Policy
from monitor.rules.registry import NOTICE_RULES


class Told(Protocol):
    """A rule whose verdicts are told once."""

    @property
    def card(self) -> Card: ...
    @property
    def policy(self) -> Policy: ...


def tell_notices(
    connection: Connection,
    checks: Checks,
    cursor: Cursor,
    watched: Mapping[str, object],
    tell: Callable[[Transition], None],
) -> None:
    """Judges the occurrences in the blocks (judged_level, level] of `cursor`, those of the first look silently."""
    first = max(cursor.judged_level, cursor.first_look_level)
    occurrences = occurrences_between(connection, cursor.network, first, cursor.level) if first < cursor.level else []
    if not occurrences:
        return
    times = block_times(connection, cursor.network, {occurrence.level for occurrence in occurrences})
    for occurrence in occurrences:
        if occurrence.target not in watched:
            continue
        for rule in NOTICE_RULES:
            verdict = rule.judge(occurrence)
            tell_once(connection, checks, occurrence, times.get(occurrence.level, 0), rule, verdict, tell)


def tell_once(
    connection: Connection,
    checks: Checks,
    occurrence: Occurrence,
    at: int,
    rule: Told,
    verdict: Verdict | None,
    tell: Callable[[Transition], None],
) -> None:
    """What a rule said of one occurrence, if it is the rule's. `at`: its block's time, UTC seconds."""
    if verdict is None:
        return
    check = checks.get(occurrence.target, rule.card.name)
    check.state, transitions = advance(
        check.key, check.state, verdict, rule.policy, at, occurrence.level, incident_ids_in_use(connection)
    )
    check.changed = True
    for transition in transitions:
        tell(transition)
