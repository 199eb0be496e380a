from __future__ import annotations

import pytest

from simulator.chain import Chain
from simulator.plan import small_plan
from tests.simulator.conftest import Reader, Serve

CHAIN = Chain(small_plan())
# Cycle 25 begins at 10_001, cycle 26 at 10_401.
HEAD = 10_450
ALICE, BOB, TINY = (CHAIN.plan.baker(name) for name in ("alice", "bob", "tiny1"))
BAKING = "head/helpers/baking_rights"
ATTESTATION = "head/helpers/attestation_rights"


@pytest.fixture
def reader(serve: Serve) -> Reader:
    return serve(CHAIN, head=HEAD)


def test_baking_rights_are_of_the_next_level_and_best_rounds_by_default(reader: Reader) -> None:
    rights = reader.block(BAKING)
    assert {right["level"] for right in rights} == {HEAD + 1}
    assert len({right["delegate"] for right in rights}) == len(rights)
    assert all("estimated_time" in right for right in rights)


def test_all_rounds_are_told_when_asked_for(reader: Reader) -> None:
    rights = reader.block(BAKING + "?level=10100&all=true&max_round=5")
    assert [right["round"] for right in rights] == [0, 1, 2, 3, 4, 5]
    assert [right["delegate"] for right in rights] == [one.address for one in CHAIN.rights.bakers(10_100, 5)]
    assert not any("estimated_time" in right for right in rights)


def test_many_levels_and_delegates_are_one_question(reader: Reader) -> None:
    query = f"?level=10300&level=10100&level=10200&delegate={ALICE.address}&delegate={BOB.address}"
    rights = reader.block(BAKING + query + "&all&max_round=64")
    assert sorted({right["level"] for right in rights}) == [10_100, 10_200, 10_300]
    assert {right["delegate"] for right in rights} == {ALICE.address, BOB.address}
    entries = reader.block(ATTESTATION + query)
    assert [entry["level"] for entry in entries] == [10_100, 10_200, 10_300]
    assert all(len(entry["delegates"]) == 2 for entry in entries)


def test_attestation_rights_are_of_the_own_level_by_default(reader: Reader) -> None:
    (entry,) = reader.block(ATTESTATION)
    assert entry["level"] == HEAD
    assert sum(right["attesting_power"] for right in entry["delegates"]) == 7000


def test_levels_without_a_right_are_left_out(reader: Reader) -> None:
    levels = "&".join(f"level={level}" for level in range(10_001, 10_101))
    entries = reader.block(f"{ATTESTATION}?{levels}&delegate={TINY.address}")
    assert 0 < len(entries) < 50


def test_a_consensus_key_filters_like_a_delegate(reader: Reader) -> None:
    assert BOB.consensus_key != BOB.address
    (entry,) = reader.block(f"{ATTESTATION}?consensus_key={BOB.consensus_key}")
    assert [right["delegate"] for right in entry["delegates"]] == [BOB.address]


def test_a_whole_cycle_can_be_asked_for(reader: Reader) -> None:
    rights = reader.block(f"{BAKING}?cycle=26&delegate={ALICE.address}&max_round=0")
    expected = [level for level in range(10_401, 10_801) if CHAIN.rights.round_holder(level, 0) == ALICE]
    assert [right["level"] for right in rights] == expected


@pytest.mark.parametrize("helper", ["baking_rights", "attestation_rights"])
def test_only_the_last_cycle_and_two_ahead_are_known(reader: Reader, helper: str) -> None:
    path = f"/chains/main/blocks/head/helpers/{helper}?level="
    assert reader.response(path + "10001").status_code == 200
    assert reader.response(path + "11600").status_code == 200
    for outside in ("10000", "11601"):
        response = reader.response(path + outside)
        assert response.status_code == 500
        (error,) = response.json()
        assert error["id"] == "proto.025-PsUshuai.seed.unknown_seed"


@pytest.mark.parametrize(
    ("protocol", "field"),
    [("seoul", "attestation_power"), ("tallinn", "attesting_power"), ("ushuaia", "attesting_power")],
)
def test_the_power_is_called_what_the_protocol_calls_it(serve: Serve, protocol: str, field: str) -> None:
    (entry,) = serve(Chain(small_plan(protocol=protocol)), head=10_010).block(ATTESTATION)
    assert all(field in right for right in entry["delegates"])
