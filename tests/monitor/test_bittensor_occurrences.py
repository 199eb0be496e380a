"""How long what blocks told is remembered, and from when on they were read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from alerting.check_state import CheckState, Phase
from collectors.bittensor.interface import Snapshot
from monitor.bittensor.subnet import SubnetState
from monitor.bittensor.units import BLOCKS_PER_DAY
from monitor.bittensor_occurrences import known_occurrences, read_since
from monitor.checks import Checks
from monitor.database import reading, writing
from monitor.model import Batch, CoverageGap, Occurrence
from monitor.rules.bittensor import reveal_missing
from monitor.rules.interface import Episode
from monitor.state import store_batch, store_occurrences
from monitor.targets import sync_targets
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    CHAIN,
    HOTKEY,
    NETUID,
    NETWORK,
    SUBNET,
    neuron,
    occurrence,
    validator,
    with_parameters,
)
from tests.monitor.state_values import fresh

pytestmark = pytest.mark.usefixtures("both_databases")

NEURON = f"{NETUID}/{HOTKEY}"
SLOW = 10_000
"""A tempo with which a commit is late after more than four days."""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return fresh(tmp_path)


def ago(blocks: int, kind: str = "weights_committed", target: str = NEURON, **detail: Any) -> Occurrence:
    return occurrence(kind, BLOCK - blocks, target, **({"mechanism": 0} | detail))


def subnet_of(tempo: int) -> SubnetState:
    return with_parameters(commit_reveal_weights_enabled=True, tempo=tempo)._replace(tempo=tempo)


def known(
    engine: Engine,
    *told: Occurrence,
    subnet: SubnetState = SUBNET,
    opened: int | None = None,
    target: str = NEURON,
) -> dict[str, tuple[Occurrence, ...]]:
    snapshot = Snapshot(CHAIN, {NETUID: subnet}, {(NETUID, HOTKEY): neuron()}, {}, {})
    with writing(engine) as connection:
        store_occurrences(connection, told)
    with reading(engine) as connection:
        checks = Checks(connection, NETWORK)
        if opened is not None:
            check = checks.get(NEURON, "reveal_missing")
            check.state = CheckState(phase=Phase.FIRING, incident="a1", opened_at=1, opened_level=opened)
        return dict(known_occurrences(connection, snapshot, checks).get(target, {}))


def test_a_day_is_remembered(engine: Engine) -> None:
    inside, outside = ago(BLOCKS_PER_DAY - 1), ago(BLOCKS_PER_DAY)
    assert known(engine, inside, outside) == {"weights_committed": (inside,)}


def test_where_epochs_are_long_a_commit_is_remembered_until_it_is_late(engine: Engine) -> None:
    subnet = subnet_of(SLOW)
    commit, refused = ago(3 * SLOW + 5), ago(3 * SLOW + 5, "weights_failed")
    found = known(engine, commit, refused, subnet=subnet)
    assert found == {"weights_committed": (commit,)}, "what else is old is of no use"
    judged = validator(subnet=subnet, occurrences=found)
    assert reveal_missing.RULE.judge(judged, Episode()).severity == "warning"


def test_what_an_open_incident_is_about_is_remembered_for_as_long_as_it_is_open(engine: Engine) -> None:
    commit, reveal = ago(3 * BLOCKS_PER_DAY), ago(2 * BLOCKS_PER_DAY, "weights_revealed", mechanism=1)
    opened = BLOCK - 3 * BLOCKS_PER_DAY + 1100
    assert known(engine, commit, reveal, opened=opened) == {
        "weights_committed": (commit,),
        "weights_revealed": (reveal,),
    }
    assert known(engine) == {}


def test_the_newest_removal_that_was_scheduled_is_remembered_until_it_comes(engine: Engine) -> None:
    older, newer = (ago(blocks, "dissolve_scheduled", "18", at_block=BLOCK + 9) for blocks in (30_000, 29_000))
    assert known(engine, older, newer, target="18") == {"dissolve_scheduled": (newer,)}


def test_blocks_count_as_read_after_the_newest_gap_and_since_the_target_is_watched(engine: Engine) -> None:
    blocks = [CoverageGap(NETWORK, 10, 19, "too far"), CoverageGap(NETWORK, 20, 20, "unreadable")]
    with writing(engine) as connection:
        sync_targets(connection, NETWORK, {NEURON: None}, 5, 1)
        sync_targets(connection, NETWORK, {NEURON: None, "18": None}, 40, 1)
        assert read_since(connection, NETWORK) == {NEURON: 5, "18": 40}
        store_batch(connection, Batch(NETWORK, (), (), (), tuple(blocks)), 1, 10)
        assert read_since(connection, NETWORK) == {NEURON: 21, "18": 40}
