from __future__ import annotations

from pathlib import Path

from monitor.database import reading
from monitor.model import Batch, Occurrence
from monitor.nonces import unrevealed_commitments
from tests.monitor.state_values import ALICE, BOB, NETWORK, block, fresh, put


def committed(level: int, target: str = ALICE, network: str = NETWORK) -> Occurrence:
    return Occurrence(network, target, "nonce_committed", level, 0, {})


def revealed(level: int, of: int, target: str = ALICE, ordinal: int = 0) -> Occurrence:
    return Occurrence(NETWORK, target, "nonce_revealed", level, ordinal, {"level": of})


def unrevealed(folder: Path, *occurrences: Occurrence) -> dict[int, str]:
    engine = fresh(folder)
    put(engine, Batch(NETWORK, tuple(block(level) for level in range(1, 60)), (), occurrences))
    with reading(engine) as connection:
        return unrevealed_commitments(connection, NETWORK)


def test_commitments_without_a_revelation_are_told_with_their_bakers(tmp_path: Path) -> None:
    assert unrevealed(tmp_path, committed(10), committed(20, BOB)) == {10: ALICE, 20: BOB}


def test_a_revelation_counts_for_the_commitment_it_names(tmp_path: Path) -> None:
    found = unrevealed(tmp_path, committed(10), committed(20), revealed(50, 10), revealed(50, 5, ordinal=1))
    assert found == {20: ALICE}


def test_a_commitment_after_a_revelation_in_between_is_still_open(tmp_path: Path) -> None:
    assert unrevealed(tmp_path, committed(10), revealed(30, 10), committed(40)) == {40: ALICE}


def test_nothing_committed_is_nothing_open(tmp_path: Path) -> None:
    assert unrevealed(tmp_path) == {}
