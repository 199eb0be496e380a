"""Facts come back in the order they are judged in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.database import reading
from monitor.model import Batch, Block, CoverageGap, Observation, Occurrence, Outcome
from monitor.observations import PAGE_LEVELS, LevelFacts, blocks_between, observations_between, occurrences_between
from tests.monitor.state_values import ALICE, BOB, NETWORK, attested, attesting, baked, batch, block, fresh, put

pytestmark = pytest.mark.usefixtures("both_databases")


def _facts(engine: Engine, low: int, high: int) -> list[LevelFacts]:
    with reading(engine) as connection:
        return list(observations_between(connection, NETWORK, low, high))


def _told(facts: LevelFacts) -> list[tuple[str, str, int, int]]:
    return [(fact.target, fact.duty, fact.level, fact.round) for fact in facts.observations]


def test_a_block_tells_the_attestations_before_it_and_then_its_bakes_by_round(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    told: list[Observation] = [
        baked(10, Outcome.REPROPOSED, ALICE, 1),
        baked(10, Outcome.MISSED, BOB, 0),
        attested(9, target=BOB),
        attested(9, Outcome.MISSED, ALICE, attested_power=4),
    ]
    put(engine, batch(10, 10, *told))
    [facts] = _facts(engine, 9, 10)
    assert _told(facts) == [
        (ALICE, "attestation", 9, 0),
        (BOB, "attestation", 9, 0),
        (BOB, "baking", 10, 0),
        (ALICE, "baking", 10, 1),
    ]
    assert [fact.outcome for fact in facts.observations] == ["missed", "met", "missed", "reproposed"]
    assert facts.observations[0] == told[3]
    assert facts.level == 10


def test_the_block_comes_along(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(9, 11, ALICE))
    assert [facts.block for facts in _facts(engine, 9, 11)] == [block(10), block(11)]


def test_only_the_blocks_asked_for_tell(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 9, ALICE))
    facts = _facts(engine, 3, 6)
    assert [(one.level, _told(one)) for one in facts] == [
        (level, [(ALICE, "attestation", level - 1, 0)]) for level in (4, 5, 6)
    ]
    assert _facts(engine, 6, 6) == []
    assert _facts(engine, 9, 3) == []


def test_any_cut_tells_the_same(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    last = 2 * PAGE_LEVELS + 10
    put(engine, attesting(1, last, ALICE, BOB))
    whole = _facts(engine, 0, last)
    assert len(whole) == last
    assert all(len(facts.observations) == 2 for facts in whole)
    for cut in (1, PAGE_LEVELS, PAGE_LEVELS + 1):
        parts = _facts(engine, 0, cut) + _facts(engine, cut, last)
        assert [(facts.level, facts.observations) for facts in parts] == [
            (facts.level, facts.observations) for facts in whole
        ]


def test_a_level_passed_unread_tells_its_unknowns_without_a_block(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(1, 5, ALICE))
    unknown = attested(5, Outcome.UNKNOWN, reason="pruned")
    put(engine, batch(6, 5, unknown, gaps=(CoverageGap(NETWORK, 6, 8, "pruned"),)), attesting(9, 9, ALICE))
    assert [(facts.level, facts.block is None) for facts in _facts(engine, 4, 9)] == [(5, False), (6, True), (9, False)]
    assert _facts(engine, 5, 6)[0].observations == (unknown,)


def test_other_networks_stay_out(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    other = "tezos:shadownet"
    put(engine, attesting(1, 3, ALICE))
    put(engine, Batch(other, (block(2, other),), (attested(1, network=other), baked(2, network=other))))
    assert [_told(facts) for facts in _facts(engine, 1, 2)] == [[(ALICE, "attestation", 1, 0)]]


def test_occurrences_come_by_level(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    happened = tuple(
        Occurrence(NETWORK, who, "denounced", level, 0, {"at": level})
        for level, who in ((4, BOB), (2, ALICE), (3, BOB))
    )
    put(engine, Batch(NETWORK, tuple(block(level) for level in range(1, 5)), (), happened))
    with reading(engine) as connection:
        assert occurrences_between(connection, NETWORK, 2, 4) == [happened[2], happened[0]]


def test_a_blocks_predecessor_is_open_where_it_was_not_read(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put(engine, attesting(5, 6, ALICE))
    with reading(engine) as connection:
        found: dict[int, Block] = blocks_between(connection, NETWORK, 0, 9)
    assert [(level, one.predecessor) for level, one in found.items()] == [(5, ""), (6, "B5")]
