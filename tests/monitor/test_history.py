"""What a person sees of one target."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor import database
from monitor import history as history_module
from monitor.cursor import set_judged
from monitor.database import insert, writing
from monitor.history import history
from monitor.model import Batch, CoverageGap, Observation, Outcome
from monitor.retention import prune
from monitor.schema import run
from tests.monitor.state_values import (
    ALICE,
    BOB,
    GENESIS_TIME,
    NETWORK,
    attested,
    attesting,
    baked,
    batch,
    block,
    fresh,
    put,
)

pytestmark = pytest.mark.usefixtures("both_databases")


def _shown(engine: Engine, *range_: int | None) -> list[tuple[int, str, int, str]]:
    low, high = range_ or (None, None)
    return [
        (told.level, told.duty, told.round, told.outcome)
        for told in history(engine, ALICE, from_level=low, to_level=high)
    ]


def _with_everything(tmp_path: Path) -> Engine:
    engine = fresh(tmp_path)
    facts: list[Observation] = [
        attested(1, target=BOB),
        attested(1, Outcome.MISSED, attested_power=7),
        attested(2),
        baked(2, Outcome.MET, round_=1),
        baked(2, Outcome.MISSED),
        attested(3, Outcome.UNKNOWN, reason="pruned"),
        baked(4, Outcome.REPROPOSED),
    ]
    put(engine, batch(2, 4, *facts))
    return engine


def test_rows_come_by_level_duty_and_round(tmp_path: Path) -> None:
    assert _shown(_with_everything(tmp_path)) == [
        (1, "attestation", 0, "missed"),
        (2, "attestation", 0, "met"),
        (2, "baking", 0, "missed"),
        (2, "baking", 1, "met"),
        (3, "attestation", 0, "unknown"),
        (4, "baking", 0, "reproposed"),
    ]


def test_evidence_comes_with_the_rows_that_have_it(tmp_path: Path) -> None:
    told = list(history(_with_everything(tmp_path), ALICE))
    assert told[0] == Observation(NETWORK, ALICE, "attestation", 1, 0, Outcome.MISSED, {"attested_power": 7})
    assert told[1].evidence is None
    assert told[4].evidence == {"reason": "pruned"}


def test_both_ends_of_the_range_are_shown(tmp_path: Path) -> None:
    engine = _with_everything(tmp_path)
    assert {level for level, *_ in _shown(engine, 2, 3)} == {2, 3}
    assert {level for level, *_ in _shown(engine, 3, None)} == {3, 4}
    assert {level for level, *_ in _shown(engine, None, 2)} == {1, 2}
    assert _shown(engine, 90, 99) == []


def test_whom_nobody_watched_has_no_history(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    assert list(history(engine, ALICE)) == []
    put(engine, attesting(1, 3, ALICE))
    assert list(history(engine, BOB)) == []


@pytest.mark.parametrize("page", [1, 3, 7, 1000])
def test_pages_do_not_show(tmp_path: Path, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "PAGE_LEVELS", page)
    engine = fresh(tmp_path)
    put(engine, attesting(1, 20, ALICE, BOB))
    assert [level for level, *_ in _shown(engine)] == list(range(20))


def test_what_lies_on_both_sides_of_a_great_gap_is_shown(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    far = 5_000_000
    gap = CoverageGap(NETWORK, 11, far - 1, "too far behind")
    put(engine, attesting(1, 10, ALICE), batch(11, 10, gaps=(gap,)), attesting(far, far + 9, ALICE))
    assert [level for level, *_ in _shown(engine)] == [*range(10), *range(far - 1, far + 9)]


def test_misses_are_shown_after_the_met_rows_around_them_were_forgotten(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    missed = {2_000: Outcome.MISSED, 3_500: Outcome.UNKNOWN}
    put(engine, batch(1, 8_000, *(attested(level, missed.get(level, Outcome.MET)) for level in range(8_000))))
    with writing(engine) as connection:
        set_judged(connection, NETWORK, 8_000)
        prune(connection, NETWORK, 10, GENESIS_TIME)
    assert [level for level, *_ in _shown(engine)] == [2_000, 3_500, *range(7_990, 8_000)]


def test_networks_are_told_apart(tmp_path: Path) -> None:
    engine = _with_everything(tmp_path)
    other = "tezos:shadownet"
    put(engine, Batch(other, (block(9, other),), (attested(8, network=other),)))
    assert [told.network for told in history(engine, ALICE)] == [NETWORK] * 6 + [other]
    assert [told.level for told in history(engine, ALICE, other)] == [8]


@pytest.mark.sqlite
def test_a_run_can_write_while_the_history_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(history_module, "PAGE_LEVELS", 2)
    engine = fresh(tmp_path)
    put(engine, attesting(1, 20, ALICE))
    printing = history(engine, ALICE)
    next(printing)
    put(engine, attesting(21, 22, ALICE))
    with writing(engine) as connection:
        connection.execute(insert(connection, run).values(started_at=1, host="h", pid=1))
        # A transaction left open by the reader would keep the log from being emptied.
    with engine.connect() as connection:
        busy, *_ = connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0
    assert [told.level for told in printing] == list(range(1, 21))
