from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.errors import NoAnswer
from collectors.tezos.continuity import common_level

KNOWN = {level: f"B{level}" for level in range(10, 30)}


@given(st.integers(min_value=9, max_value=28))
def test_the_newest_shared_level_is_found(shared: int) -> None:
    found = common_level(KNOWN, 29, lambda level: f"B{level}" if level <= shared else f"C{level}")
    assert found == ((shared, f"B{shared}") if shared >= 10 else (9, ""))


def test_levels_that_were_passed_unread_are_no_hindrance() -> None:
    known = {level: hash_ for level, hash_ in KNOWN.items() if level not in (15, 16, 17)}
    assert common_level(known, 29, lambda level: f"B{level}" if level <= 14 else f"C{level}") == (14, "B14")


def test_without_a_known_level_the_replaced_one_is_read_anew_unchained() -> None:
    assert common_level({}, 29, lambda level: "C") == (28, "")


def test_few_questions_find_it() -> None:
    asked = []

    def hash_at(level: int) -> str:
        asked.append(level)
        return f"B{level}" if level <= 450 else "C"

    known = {level: f"B{level}" for level in range(400, 501)}
    assert common_level(known, 500, hash_at) == (450, "B450")
    assert len(asked) <= 7


def test_a_level_that_nobody_tells_leaves_the_question_open() -> None:
    with pytest.raises(NoAnswer, match="cannot be asked"):
        common_level(KNOWN, 29, lambda level: None)
