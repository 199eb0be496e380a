"""What a killed checker leaves: its journal, what it printed, and its database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.crash.promise import Attempt
from tests.running import Station

RULES = "('missed_attestation', 'missed_baking', 'control_change')"


def inconsistencies(station: Station) -> list[str]:
    """What must never be in a database, whatever happened."""
    found = []
    if station.rows("PRAGMA integrity_check") != [{"integrity_check": "ok"}]:
        found.append("the database is damaged")
    for what, query in {
        "a reference leads nowhere": "PRAGMA foreign_key_check",
        "a delivery is still leased": "SELECT 1 FROM delivery WHERE leased_by IS NOT NULL",
        "a delivery is sent at no time": "SELECT 1 FROM delivery WHERE state = 'sent' AND sent_at IS NULL",
        "an event is for nobody": "SELECT 1 FROM event WHERE id NOT IN (SELECT event_id FROM delivery)"
        " AND NOT (kind = 'resolved' AND id IN (SELECT event.id FROM event JOIN event AS other"
        " ON other.incident_id = event.incident_id WHERE other.kind = 'missed-incident'))",
        "a check points to an incident that is over": "SELECT 1 FROM check_state JOIN incident"
        " ON incident.id = incident_id WHERE closed_at IS NOT NULL",
        "an open incident belongs to no check": "SELECT 1 FROM incident WHERE closed_at IS NULL"
        " AND id NOT IN (SELECT incident_id FROM check_state WHERE incident_id IS NOT NULL)",
        "two incidents of one check are open": "SELECT 1 FROM incident WHERE closed_at IS NULL"
        " GROUP BY network, target, rule HAVING count(*) > 1",
        "a level is missing": "SELECT 1 FROM (SELECT level - lag(level) OVER (ORDER BY level) AS step FROM"
        " (SELECT DISTINCT level FROM observation)) WHERE step > 1",
    }.items():
        if station.rows(query):
            found.append(what)
    return found


def facts(station: Station) -> dict[str, Any]:
    """What comes from the chain, and so must not depend on when it was read."""
    columns = "id, target, rule, severity, opened_at, opened_level, closed_at, closed_level, close_reason, missed"
    return {
        "observations": station.rows(
            "SELECT target, duty, level, round, outcome FROM observation JOIN series ON series.id = series_id"
            " ORDER BY level, target, duty, round"
        ),
        "incidents": station.rows(f"SELECT {columns}, reopened FROM incident WHERE rule IN {RULES} ORDER BY id"),
        "events": station.rows(
            f"SELECT dedupe_key, severity, silent FROM event WHERE rule IN {RULES}"
            " AND kind NOT IN ('missed-incident', 'reminder') ORDER BY dedupe_key"
        ),
        "cursors": station.rows("SELECT level, hash, judged_level FROM cursor"),
    }


def lines_of(journal: Path) -> list[dict[str, Any]]:
    with suppress(FileNotFoundError):  # it died before its first step
        return [json.loads(line) for line in journal.read_text().splitlines()]
    return []


def attempts_of(lines: Sequence[Mapping[str, Any]]) -> list[Attempt]:
    outcomes = {line["answer"]: line["outcome"] for line in lines if "answer" in line}
    return [
        Attempt(line["channel"], tuple(line["events"]), outcomes.get(line["attempt"]))
        for line in lines
        if "attempt" in line
    ]


def printed(output: str, attempts: Sequence[Attempt], texts: Sequence[str], plain: bool) -> list[tuple[int, ...]]:
    """Of each message that is in the output, the events. A kill may have cut the last one off."""
    own = [attempt for attempt in attempts if attempt.channel == "console"]
    if not plain:
        ids = set()
        for line in output.split("\n"):
            with suppress(ValueError, TypeError, KeyError):  # the document's frame, and what a kill cut off
                ids.add(json.loads(line.removesuffix(","))["event_id"])
        messages = (tuple(event for event in attempt.events if event in ids) for attempt in own)
        return [message for message in messages if message]
    found, place = [], 0
    for attempt, text in zip(own, texts, strict=True):
        if output.startswith(text, place):
            found.append(attempt.events)
            place += len(text) + 2
    return found
