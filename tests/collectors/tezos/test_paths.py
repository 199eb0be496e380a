from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from collectors.tezos import paths
from simulator.address import made

ADDRESSES = [made("tz1", "paths", number) for number in range(120)]
LEVEL = 20_000_000


def length(address: tuple[str, paths.Params]) -> int:
    path, params = address
    return len(path) + 1 + len(urlencode(params))


@given(st.integers(min_value=0, max_value=120))
def test_the_address_of_rights_stays_short_whatever_the_number_of_delegates(count: int) -> None:
    delegates = ADDRESSES[:count]
    levels = range(LEVEL, LEVEL + paths.levels_per_call(count))
    assert length(paths.attestation_rights(LEVEL, levels, delegates)) <= 4096
    assert length(paths.baking_rights(LEVEL, levels, delegates, 999)) <= 4096


@given(st.integers(min_value=1, max_value=120))
def test_a_whole_cycle_is_asked_for_in_a_short_address(count: int) -> None:
    assert length(paths.cycle_baking_rights(LEVEL, 9_999, ADDRESSES[:count])) <= 4096


def test_levels_are_asked_in_batches_even_beside_many_delegates() -> None:
    assert paths.levels_per_call(1) == paths.MAX_LEVELS_PER_CALL
    assert paths.levels_per_call(80) >= 10  # two questions of rights for ten blocks: 1.2 requests a block


def test_above_eighty_delegates_the_whole_committee_is_asked() -> None:
    _, params = paths.attestation_rights(LEVEL, [LEVEL], ADDRESSES[:81])
    assert params == (("level", LEVEL),)
    assert paths.levels_per_call(81) == paths.MAX_LEVELS_PER_CALL


def test_baking_rights_are_asked_with_every_round_up_to_the_highest() -> None:
    path, params = paths.baking_rights("head", [7, 8], ADDRESSES[:1], 2)
    assert path == "/chains/main/blocks/head/helpers/baking_rights"
    assert params == (
        ("level", 7),
        ("level", 8),
        ("delegate", ADDRESSES[0]),
        ("all", "true"),
        ("max_round", 2),
    )


def test_rights_of_a_cycle_are_those_of_round_zero() -> None:
    _, params = paths.cycle_baking_rights(LEVEL, 900, ADDRESSES[:2])
    assert params[:2] == (("cycle", 900), ("max_round", 0))
    _, params = paths.cycle_attestation_rights(LEVEL, 901, ADDRESSES[0])
    assert params == (("cycle", 901), ("delegate", ADDRESSES[0]))
