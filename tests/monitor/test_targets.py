"""The watch list's edits, told once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.database import reading, writing
from monitor.targets import TargetChanges, TargetRow, sync_targets, targets
from tests.monitor.state_values import ALICE, BOB, NETWORK, fresh

pytestmark = pytest.mark.usefixtures("both_databases")


def _sync(engine: Engine, wanted: Mapping[str, str | None], next_level: int, now: int) -> TargetChanges:
    with writing(engine) as connection:
        return sync_targets(connection, NETWORK, wanted, next_level, now)


def _watched(engine: Engine) -> dict[str, TargetRow]:
    with reading(engine) as connection:
        return targets(connection, NETWORK)


def test_new_targets_are_judged_from_the_level_given(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    changes = _sync(engine, {BOB: None, ALICE: "alice"}, 101, 7)
    alice, bob = TargetRow(NETWORK, ALICE, "alice", 101, 7, None), TargetRow(NETWORK, BOB, None, 101, 7, None)
    assert changes == TargetChanges(added=(alice, bob))
    assert _watched(engine) == {ALICE: alice, BOB: bob}


def test_the_same_list_again_is_no_change(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _sync(engine, {ALICE: "alice"}, 101, 7)
    before = _watched(engine)
    assert not _sync(engine, {ALICE: "alice"}, 500, 9)
    assert _watched(engine) == before


def test_a_removed_target_is_told_once_and_no_longer_watched(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _sync(engine, {ALICE: "alice", BOB: "bob"}, 101, 7)
    assert _sync(engine, {ALICE: "alice"}, 200, 9).removed == (TargetRow(NETWORK, BOB, "bob", 101, 7, 9),)
    assert not _sync(engine, {ALICE: "alice"}, 201, 10)
    assert list(_watched(engine)) == [ALICE]
    with reading(engine) as connection:
        assert list(targets(connection, NETWORK, removed=True)) == [ALICE, BOB]


def test_who_comes_back_is_judged_anew(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    for level, wanted in ((101, {ALICE: "alice"}), (200, {}), (300, {ALICE: "alice"})):
        changes = _sync(engine, wanted, level, level)
    assert changes.added == (TargetRow(NETWORK, ALICE, "alice", 300, 300, None),)
    assert _watched(engine)[ALICE].since_level == 300


def test_a_new_name_keeps_the_history(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    _sync(engine, {ALICE: "alice"}, 101, 7)
    renamed = TargetRow(NETWORK, ALICE, "Alice II", 101, 7, None)
    assert _sync(engine, {ALICE: "Alice II"}, 300, 9) == TargetChanges(renamed=(renamed,))
    assert _watched(engine) == {ALICE: renamed}
