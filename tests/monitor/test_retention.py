"""What is forgotten, when, and how much at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table

from monitor.cursor import set_judged
from monitor.database import insert, reading, writing
from monitor.model import Batch, CoverageGap, Occurrence, Outcome
from monitor.retention import KEPT_SECONDS, Pruned, prune, prune_ledger
from monitor.runs import finish_run, start_run
from monitor.schema import block as block_table
from monitor.schema import delivery, event, incident, occurrence, run
from monitor.schema import observation as observation_table
from tests.monitor.state_values import (
    ALICE,
    BLOCK_SECONDS,
    BOB,
    GENESIS_TIME,
    NETWORK,
    attested,
    attesting,
    batch,
    block,
    fresh,
    put,
    rows,
)

pytestmark = pytest.mark.usefixtures("both_databases")

EARLY = GENESIS_TIME
"""No block is 90 days old yet."""


def _judged(engine: Engine, *batches: Batch) -> None:
    put(engine, *batches)
    with writing(engine) as connection:
        set_judged(connection, NETWORK, 1_000_000)


def _prune(engine: Engine, met_levels: int, now: int = EARLY, limit: int = 1_000) -> Pruned:
    with writing(engine) as connection:
        return prune(connection, NETWORK, met_levels, now, limit)


def _levels(engine: Engine) -> list[int]:
    return [row["level"] for row in rows(engine, observation_table)]


def _when_old(level: int) -> int:
    """The first moment at which block `level` is too old, and none after it."""
    return GENESIS_TIME + BLOCK_SECONDS * level + KEPT_SECONDS + 1


def test_met_rows_go_when_the_window_has_passed_over_them(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _judged(engine, attesting(1, 50, ALICE))
    assert _prune(engine, 20) == Pruned(observations=30)
    assert _levels(engine) == list(range(30, 50))
    assert _prune(engine, 20) == Pruned()


def test_what_is_not_met_stays(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    outcomes = {3: Outcome.MISSED, 4: Outcome.UNKNOWN, 5: Outcome.REPROPOSED}
    _judged(engine, batch(1, 50, *(attested(level, outcomes.get(level, Outcome.MET)) for level in range(50))))
    _prune(engine, 20)
    assert _levels(engine) == [3, 4, 5, *range(30, 50)]


def test_a_run_removes_no_more_than_its_share_and_the_oldest_first(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _judged(engine, attesting(1, 50, ALICE, BOB))
    assert _prune(engine, 10, limit=20).observations == 20
    assert min(_levels(engine)) == 10
    while _prune(engine, 10, limit=20).observations:
        pass
    assert min(_levels(engine)) == 40


def test_what_is_not_judged_yet_stays(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 50, ALICE))
    with writing(engine) as connection:
        set_judged(connection, NETWORK, 25)
    _prune(engine, 5, now=_when_old(50))
    assert min(_levels(engine)) == 25
    assert min(row["level"] for row in rows(engine, block_table)) <= 26


def test_a_backlog_wider_than_one_probe_is_found(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _judged(engine, attesting(1, 2_500, ALICE))
    assert _prune(engine, 100, limit=10_000).observations == 2_400


def test_everything_of_a_level_goes_ninety_days_after_its_block(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    facts = [attested(level, Outcome.MISSED) for level in range(50)]
    happened = tuple(Occurrence(NETWORK, ALICE, "denounced", level, 0, {}) for level in (30, 31))
    _judged(engine, Batch(NETWORK, batch(1, 50).blocks, tuple(facts), happened))
    assert _prune(engine, 10_000, _when_old(30)) == Pruned(observations=31, blocks=30, occurrences=1)
    assert _levels(engine) == list(range(31, 50))
    assert [row["level"] for row in rows(engine, block_table)] == list(range(31, 51))
    assert [row["level"] for row in rows(engine, occurrence)] == [31]


def test_unknowns_of_levels_passed_unread_go_with_the_levels_around_them(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    unknown = [attested(level, Outcome.UNKNOWN, reason="pruned") for level in range(10, 20)]
    unread = batch(11, 10, *unknown, gaps=(CoverageGap(NETWORK, 11, 20, "pruned"),))
    _judged(engine, attesting(1, 10, ALICE), unread, attesting(21, 50, ALICE))
    _prune(engine, 10_000, _when_old(10))
    assert _levels(engine)[0] == 11
    _prune(engine, 10_000, _when_old(21))
    _prune(engine, 10_000, _when_old(22))
    assert _levels(engine)[0] == 23


def test_the_blocks_of_a_level_with_many_rows_go_too(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    facts = [attested(level, Outcome.MISSED, f"tz1{number}") for level in range(5) for number in range(30)]
    _judged(engine, batch(1, 5, *facts))
    for _ in range(10):
        _prune(engine, 10_000, _when_old(5), limit=10)
    assert [row["level"] for row in rows(engine, block_table)] == [5]
    assert _levels(engine) == []


def test_another_networks_rows_stay(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    other = "tezos:shadownet"
    told = tuple(attested(level, network=other) for level in range(50))
    put(engine, Batch(other, tuple(block(level, other) for level in range(1, 51)), told))
    _judged(engine, attesting(1, 50, ALICE))
    _prune(engine, 0, _when_old(50))
    left = [row["level"] for row in rows(engine, block_table) if row["network"] == other]
    assert left == list(range(1, 51))
    assert len(_levels(engine)) == 50


def test_a_network_that_was_never_read_has_nothing_to_forget(tmp_path: Path) -> None:
    assert _prune(fresh(tmp_path), 0) == Pruned()


def test_finished_runs_are_kept_for_ninety_days(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        for started in (10, 20, 30):
            number = start_run(connection, started, "host", started)
            if started != 20:  # this one was killed
                finish_run(connection, number, started + 2, "ok", {})
        assert prune_ledger(connection, KEPT_SECONDS + 20) == Pruned(runs=1)
    assert [row["started_at"] for row in rows(engine, run)] == [20, 30]


def _event(number: int, incident_id: str | None, created_at: int) -> dict[str, Any]:
    where = {"network": NETWORK, "target": ALICE, "rule": "missed_attestation"}
    return {
        **where,
        "id": number,
        "dedupe_key": f"k{number}",
        "incident_id": incident_id,
        "kind": "firing",
        "severity": "warning",
        "silent": False,
        "created_at": created_at,
        "occurred_at": created_at,
        "payload": "{}",
    }


def _incident(name: str, closed_at: int | None) -> dict[str, Any]:
    where = {"network": NETWORK, "target": name, "rule": "missed_attestation"}
    return {**where, "id": name, "severity": "warning", "opened_at": 1, "closed_at": closed_at, "evidence": "{}"}


def test_events_go_once_told_closed_and_old(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    now = KEPT_SECONDS + 100
    told = {  # event id -> (incident, created, state of its delivery)
        1: ("closed", 5, "sent"),
        2: ("closed", 5, "pending"),
        3: ("open", 5, "sent"),
        4: ("lately", 5, "sent"),
        5: (None, 5, "dead"),
        6: (None, 200, "sent"),
    }
    stored: list[tuple[Table, dict[str, Any]]] = [
        (incident, _incident(name, closed)) for name, closed in (("closed", 50), ("open", None), ("lately", 150))
    ]
    for number, (name, created, state) in told.items():
        stored.append((event, _event(number, name, created)))
        stored.append((delivery, {"event_id": number, "channel": "console", "state": state, "next_attempt_at": 0}))
    with writing(engine) as connection:
        for table, values in stored:
            connection.execute(insert(connection, table).values(**values))
    with writing(engine) as connection:
        assert prune_ledger(connection, now) == Pruned(events=2)
    assert [row["id"] for row in rows(engine, event)] == [2, 3, 4, 6]
    assert [row["event_id"] for row in rows(engine, delivery)] == [2, 3, 4, 6]
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM incident").scalar() == 3
