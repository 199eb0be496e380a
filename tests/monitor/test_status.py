"""How far, how whole, and how everyone fares."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.database import reading, writing
from monitor.model import CoverageGap, Cursor, Outcome
from monitor.status import coverage, status
from monitor.targets import TargetRow, sync_targets
from tests.monitor.state_values import ALICE, BOB, NETWORK, attested, attesting, baked, batch, block, fresh, put


def test_before_the_first_run_there_is_nothing(tmp_path: Path) -> None:
    with reading(fresh(tmp_path)) as connection:
        assert status(connection) == []
        assert coverage(connection, NETWORK) is None


def test_outcomes_are_counted_over_the_newest_levels(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    facts = [attested(level, Outcome.MISSED if level > 197 or level < 50 else Outcome.MET) for level in range(200)]
    put(engine, batch(1, 200, *facts, baked(180, Outcome.REPROPOSED)), now=77)
    with writing(engine) as connection:
        sync_targets(connection, NETWORK, {ALICE: "alice"}, 1, 5)
        [told] = status(connection)
    assert told.cursor == Cursor(NETWORK, 200, "B200", 0, 0)
    assert (told.updated_at, told.block_timestamp) == (77, block(200).timestamp)
    [alice] = told.targets
    assert alice.target == TargetRow(NETWORK, ALICE, "alice", 1, 5, None)
    assert alice.last_level == 199
    assert alice.outcomes == {"attestation": {"met": 97, "missed": 2}, "baking": {"reproposed": 1}}


def test_a_small_baker_is_looked_for_further_back(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, batch(1, 1_000, attested(10), attested(500), *(attested(level, target=BOB) for level in range(1_000))))
    with writing(engine) as connection:
        sync_targets(connection, NETWORK, {ALICE: None, BOB: None, "tz1new": None}, 1, 5)
        [told] = status(connection)
    assert [(one.target.target, one.last_level) for one in told.targets] == [(ALICE, 500), (BOB, 999), ("tz1new", None)]
    assert told.targets[0].outcomes == {}


def test_levels_passed_unread_lower_the_coverage(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    gap = CoverageGap(NETWORK, 61, 80, "too far behind")
    put(engine, attesting(1, 60, ALICE), batch(61, 60, gaps=(gap,)), attesting(81, 100, ALICE))
    with reading(engine) as connection:
        told = coverage(connection, NETWORK)
    assert told is not None
    assert (told.from_level, told.to_level, told.missing, told.gaps) == (1, 100, 20, (gap,))
    assert told.share == pytest.approx(0.8)


def test_a_level_in_two_gaps_is_missing_once(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    gaps = (CoverageGap(NETWORK, 1, 8, "a"), CoverageGap(NETWORK, 3, 4, "b"), CoverageGap(NETWORK, 7, 10, "c"))
    put(engine, batch(11, 20, gaps=gaps))
    with reading(engine) as connection:
        told = coverage(connection, NETWORK)
    assert told is not None
    assert (told.from_level, told.missing) == (1, 10)
