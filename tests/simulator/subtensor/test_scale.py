import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.subtensor.expression import Expression, parsed
from simulator.subtensor.runtime import runtime
from simulator.subtensor.scale import Some, compact, read_compact
from tests.simulator.subtensor.oracle import Oracle

CODE = runtime()
ORACLE = Oracle(CODE.metadata(15))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**128))
def test_a_compact_number_is_read_back(number: int) -> None:
    data = compact(number)
    assert read_compact(data) == (number, len(data))


def test_types_are_taken_apart() -> None:
    assert parsed("Vec<(u64, AccountId32)>") == Expression(
        "Vec", (Expression("tuple", (Expression("u64"), Expression("AccountId32"))),)
    )
    assert parsed("[u8; 32]") == Expression("array", (Expression("u8"),), 32)
    with pytest.raises(ValueError, match="no type"):
        parsed("Vec<u8>>")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=80), st.lists(st.booleans(), max_size=80))
def test_vectors_are_what_the_official_decoder_reads(numbers: list[int], flags: list[bool]) -> None:
    assert (
        ORACLE.value("SubtensorModule", "LastUpdate", CODE.value("SubtensorModule", "LastUpdate", numbers)) == numbers
    )
    assert ORACLE.value("SubtensorModule", "Active", CODE.value("SubtensorModule", "Active", flags)) == flags


def test_an_option_in_an_option_is_told_from_none() -> None:
    assert CODE.codec.encode("Option<Option<u8>>", None) == b"\0"
    assert CODE.codec.encode("Option<Option<u8>>", Some(None)) == b"\1\0"
    assert CODE.codec.encode("Option<Option<u8>>", Some(7)) == b"\1\1\7"


def test_a_variant_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        CODE.codec.encode("ProxyType", "Everything")
    with pytest.raises(KeyError, match="set_wings"):
        CODE.codec.encode("RuntimeCall", ("SubtensorModule", "set_wings", {}))
