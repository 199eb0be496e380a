"""What the cursor waits for and how far it was judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.cursor import load_cursor, mark_blocked, set_judged, start_cursor
from monitor.database import reading, writing
from monitor.errors import OutOfOrder
from monitor.model import CoverageGap, Cursor
from monitor.state import reset_to
from tests.monitor.state_values import ALICE, NETWORK, attesting, batch, fresh, put

pytestmark = pytest.mark.usefixtures("both_databases")


def _cursor(engine: Engine) -> Cursor:
    with reading(engine) as connection:
        found = load_cursor(connection, NETWORK)
    assert found is not None
    return found


def _blocked(engine: Engine) -> tuple[int | None, int | None, str | None]:
    cursor = _cursor(engine)
    return cursor.blocked_level, cursor.blocked_since, cursor.blocked_reason


def test_before_the_first_level_there_is_none(tmp_path: Path) -> None:
    with reading(fresh(tmp_path)) as connection:
        assert load_cursor(connection, NETWORK) is None


def test_a_blocked_level_remembers_since_when(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    for now, reason in ((100, "too large"), (160, "no metadata")):
        with writing(engine) as connection:
            mark_blocked(connection, NETWORK, 6, reason, 100, now)
    assert _blocked(engine) == (6, 100, "no metadata")
    with writing(engine) as connection:
        mark_blocked(connection, NETWORK, 7, "too large", 200, 200)
    assert _blocked(engine) == (7, 200, "too large")


def test_passing_the_blocked_level_clears_it(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    with writing(engine) as connection:
        mark_blocked(connection, NETWORK, 7, "too large", 100, 100)
    put(engine, attesting(6, 6, ALICE))
    assert _blocked(engine) == (7, 100, "too large")
    put(engine, batch(7, 6, gaps=(CoverageGap(NETWORK, 7, 7, "too large"),)))
    assert _blocked(engine) == (None, None, None)


def test_the_very_first_level_can_be_blocked(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with pytest.raises(OutOfOrder), writing(engine) as connection:
        mark_blocked(connection, NETWORK, 101, "pruned", 5, 5)
    with writing(engine) as connection:
        start_cursor(connection, NETWORK, 100, 200, 5)
        mark_blocked(connection, NETWORK, 101, "pruned", 5, 5)
    put(engine, attesting(101, 102, ALICE))
    assert _cursor(engine) == Cursor(NETWORK, 102, "B102", judged_level=100, first_look_level=200)


def test_starting_a_cursor_that_is_there_leaves_it_alone(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    with writing(engine) as connection:
        assert start_cursor(connection, NETWORK, 100, 200, 5) == Cursor(NETWORK, 5, "B5", 0, 0)


def test_judging_is_never_undone(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 9, ALICE))
    for level in (7, 3):
        with writing(engine) as connection:
            set_judged(connection, NETWORK, level)
    with writing(engine) as connection:
        reset_to(connection, NETWORK, 4, "B4", 1)
    assert (_cursor(engine).level, _cursor(engine).judged_level) == (4, 7)
