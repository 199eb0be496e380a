"""Facts and the cursor move together, and the cursor passes nothing unread."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from monitor.cursor import UNREAD, load_cursor
from monitor.database import open_database, reading, writing
from monitor.errors import OutOfOrder
from monitor.model import Batch, CoverageGap, Cursor, Occurrence, Outcome
from monitor.schema import block as block_table
from monitor.schema import coverage_gap, occurrence, series
from monitor.schema import observation as observation_table
from monitor.state import known_hashes, reset_to, store_batch
from tests.monitor.state_values import (
    ALICE,
    BOB,
    NETWORK,
    address,
    attested,
    attesting,
    baked,
    batch,
    block,
    fresh,
    put,
    rows,
    start_process,
)

pytestmark = pytest.mark.usefixtures("both_databases")


def _cursor(engine: Engine) -> Cursor | None:
    with reading(engine) as connection:
        return load_cursor(connection, NETWORK)


def _outcomes(engine: Engine) -> list[tuple[int, int, str]]:
    return [(row["level"], row["round"], row["outcome"]) for row in rows(engine, observation_table)]


def test_the_first_batch_starts_the_cursor(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        told = store_batch(connection, attesting(101, 103, ALICE), now=9, first_look_level=200)
    assert told == Cursor(NETWORK, 103, "B103", judged_level=100, first_look_level=200)
    assert _cursor(engine) == told
    assert [row["level"] for row in rows(engine, block_table)] == [101, 102, 103]
    assert _outcomes(engine) == [(100, 0, "met"), (101, 0, "met"), (102, 0, "met")]


def test_the_first_batch_must_say_where_the_first_look_ends(tmp_path: Path) -> None:
    with pytest.raises(OutOfOrder, match="first look"), writing(fresh(tmp_path)) as connection:
        store_batch(connection, attesting(1, 2, ALICE), now=1)


def test_the_same_batch_again_changes_nothing(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    gap = CoverageGap(NETWORK, 4, 9, "too far behind")
    told = Batch(
        NETWORK,
        (*batch(1, 3).blocks, block(10)),
        (attested(1, Outcome.MISSED, attested_power=5), baked(2)),
        (Occurrence(NETWORK, ALICE, "denounced", 2, 0, {"by": "x"}),),
        (gap,),
    )
    put(engine, told)
    tables = (block_table, series, observation_table, occurrence, coverage_gap)
    before = [rows(engine, table) for table in tables], _cursor(engine)
    put(engine, told, now=2)
    assert ([rows(engine, table) for table in tables], _cursor(engine)) == before
    assert [row["detail"] for row in rows(engine, occurrence)] == ['{"by": "x"}']


def test_an_unknown_becomes_known_and_what_is_known_stays(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, batch(1, 4, attested(1, Outcome.UNKNOWN, reason="pruned"), attested(2), attested(3, Outcome.MISSED)))
    put(engine, batch(1, 4, attested(1, Outcome.MISSED, block_round=1), attested(2, Outcome.MISSED), attested(3)))
    put(engine, batch(1, 4, *(attested(level, Outcome.UNKNOWN, reason="late") for level in (1, 2, 3))))
    assert _outcomes(engine) == [(1, 0, "missed"), (2, 0, "met"), (3, 0, "missed")]
    assert [row["evidence"] for row in rows(engine, observation_table)] == ['{"block_round": 1}', None, None]


def test_one_level_can_carry_several_rounds_of_one_delegate(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    facts = [baked(2, Outcome.MISSED), baked(2, Outcome.REPROPOSED, round_=1), baked(2, Outcome.MET, round_=3)]
    put(engine, batch(1, 2, *facts))
    assert _outcomes(engine) == [(2, 0, "missed"), (2, 1, "reproposed"), (2, 3, "met")]


def test_more_rows_than_one_statement_takes_are_all_stored(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 2, *(f"tz1{number}" for number in range(137))))
    assert len(_outcomes(engine)) == 2 * 137


def test_the_cursor_never_passes_a_level_that_was_not_read(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    for bad in (attesting(7, 8, ALICE), Batch(NETWORK, (block(6), block(8)), ())):
        with pytest.raises(OutOfOrder, match="was neither read nor recorded"):
            put(engine, bad)
    assert _cursor(engine) == Cursor(NETWORK, 5, "B5", 0, 0)
    assert len(rows(engine, block_table)) == 5


def test_a_recorded_gap_may_be_passed(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    put(engine, replace(attesting(106, 107, ALICE), gaps=(CoverageGap(NETWORK, 6, 105, "too far behind"),)), now=77)
    assert _cursor(engine) == Cursor(NETWORK, 107, "B107", 0, 0)
    assert rows(engine, coverage_gap) == [
        {"network": NETWORK, "from_level": 6, "to_level": 105, "reason": "too far behind", "recorded_at": 77}
    ]


def test_after_an_unread_level_the_hash_is_open(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE), batch(6, 5, gaps=(CoverageGap(NETWORK, 6, 6, "unreadable"),)))
    assert _cursor(engine) == Cursor(NETWORK, 6, UNREAD, 0, 0)
    put(engine, attesting(7, 7, ALICE))
    assert _cursor(engine) == Cursor(NETWORK, 7, "B7", 0, 0)


def test_a_block_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    with pytest.raises(OutOfOrder, match="block 6 does not follow"):
        put(engine, Batch(NETWORK, (block(6)._replace(predecessor="elsewhere"),), ()))
    with pytest.raises(OutOfOrder, match="block 5 is not the one"):
        put(engine, Batch(NETWORK, (block(5, fork="'"),), ()))
    assert _cursor(engine) == Cursor(NETWORK, 5, "B5", 0, 0)


def test_another_networks_facts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutOfOrder, match="another network"):
        put(fresh(tmp_path), batch(1, 2, attested(1, network="tezos:shadownet")))


def test_networks_do_not_mix(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    other = "tezos:shadownet"
    put(engine, attesting(1, 9, ALICE))
    put(engine, Batch(other, (block(5, other), block(6, other)), (attested(5, Outcome.MISSED, network=other),)))
    with writing(engine) as connection:
        reset_to(connection, other, 5, "B5", 1)
    assert _cursor(engine) == Cursor(NETWORK, 9, "B9", 0, 0)
    assert len(_outcomes(engine)) == 9
    with reading(engine) as connection:
        assert known_hashes(connection, other, 0, 99) == {5: "B5"}


def test_a_reorganisation_forgets_what_its_blocks_told(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    facts = [attested(level) for level in range(1, 9)] + [baked(level) for level in range(2, 9)]
    put(engine, replace(batch(2, 9, *facts), occurrences=(Occurrence(NETWORK, ALICE, "unstaked", 7, 0, {}),)))
    with writing(engine) as connection:
        told = reset_to(connection, NETWORK, 5, "B5", 3)
    assert (told.level, told.hash, told.judged_level) == (5, "B5", 1)
    assert [row["level"] for row in rows(engine, block_table)] == [2, 3, 4, 5]
    assert rows(engine, occurrence) == []
    # Level 5 was baked in block 5, which stays; its attestations were in block 6, which is gone.
    assert [level for level, _, _ in _outcomes(engine)] == [1, 2, 2, 3, 3, 4, 4, 5]
    put(engine, Batch(NETWORK, (block(6, fork="'"),), (attested(5, Outcome.MISSED), baked(6, Outcome.MISSED))))
    assert _outcomes(engine)[-3:] == [(5, 0, "missed"), (5, 0, "met"), (6, 0, "missed")]


def test_a_reorganisation_above_what_was_read_is_refused(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    with pytest.raises(OutOfOrder), writing(engine) as connection:
        reset_to(connection, NETWORK, 6, "B6", 1)


def test_hashes_lead_back_to_the_common_level(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    with reading(engine) as connection:
        assert known_hashes(connection, NETWORK, 4, 9) == {4: "B4", 5: "B5"}


def test_a_fact_that_is_told_twice_is_what_is_known_of_it(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    twice = [(Outcome.UNKNOWN, Outcome.MET), (Outcome.MISSED, Outcome.UNKNOWN), (Outcome.MET, Outcome.MISSED)]
    put(engine, batch(1, 4, *(attested(level, outcome) for level, both in enumerate(twice, 1) for outcome in both)))
    assert _outcomes(engine) == [(1, 0, "met"), (2, 0, "missed"), (3, 0, "met")]


@pytest.mark.crash
def test_a_batch_killed_before_its_commit_leaves_nothing(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    before = _outcomes(engine), _cursor(engine), rows(engine, series)
    code = (
        "import sys\n"
        "from monitor.database import open_database, writing\n"
        "from monitor.state import store_batch\n"
        "from tests.monitor.state_values import attesting\n"
        "with writing(open_database(sys.argv[1])) as connection:\n"
        "    store_batch(connection, attesting(6, 60, *(f'tz1{n}' for n in range(300))), 1)\n"
        "    print('ready', flush=True); sys.stdin.read()"
    )
    process = start_process(code, address(engine))
    process.kill()
    assert process.wait() == -9
    again = open_database(address(engine))
    assert (_outcomes(again), _cursor(again), rows(again, series)) == before
    put(again, attesting(6, 60, BOB))
    assert _cursor(again) == Cursor(NETWORK, 60, "B60", 0, 0)


@pytest.mark.sqlite
@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(2, 40)), again=st.integers(0, 39))
def test_any_cut_of_the_same_levels_stores_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: set[int], again: int
) -> None:
    def facts(first: int, last: int) -> Batch:
        outcome = {level: Outcome.MISSED if level % 7 == 0 else Outcome.MET for level in range(first - 1, last + 1)}
        told = [
            attested(level - 1, outcome[level - 1], who) for level in range(first, last + 1) for who in (BOB, ALICE)
        ]
        return batch(first, last, *told, *(baked(level, outcome[level]) for level in range(first, last + 1)))

    def stored(*batches: Batch) -> object:
        engine = fresh(tmp_path_factory.mktemp("cut"))
        put(engine, *batches)
        numbers = {row["id"]: (row["target"], row["duty"]) for row in rows(engine, series)}
        told = {
            (row["level"], numbers[row["series_id"]], row["round"], row["outcome"])
            for row in rows(engine, observation_table)
        }
        found = told, rows(engine, block_table), _cursor(engine)
        engine.dispose()
        return found

    edges = [1, *sorted(cuts), 41]
    parts = [facts(first, following - 1) for first, following in pairwise(edges)]
    replayed = parts[again % len(parts)]
    assert stored(*parts, replayed) == stored(facts(1, 40))
