from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from collectors.bittensor.type_names import type_name, type_shape
from collectors.errors import Unreadable
from tests.collectors.bittensor.recordings import plain, recording, runtime


class Types:
    """A decoder that knows these definitions, numbered from 0."""

    def __init__(self, *definitions: dict[str, Any]) -> None:
        self._types = [{"id": number, "type": {"def": one}} for number, one in enumerate(definitions)]

    def registry_json(self) -> str:
        return json.dumps({"types": self._types})


def test_every_type_of_the_official_corpus_is_decoded_and_has_a_name_and_a_shape() -> None:
    decoder = runtime(461).library

    for described in recording("shape_corpus_spec461")["types"]:
        reference = f"scale_info::{described['id']}"
        for sample in described["samples"]:
            decoded = decoder.decode(reference, bytes.fromhex(sample["scale_hex"][2:]))
            assert plain(decoded) == sample["decoded"], described["name"]
        assert type_name(decoder, reference)
        assert type_shape(decoder, reference)


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        ({"primitive": "u16"}, "u16"),
        ({"tuple": [0, 0]}, "(u8, u8)"),
        ({"tuple": []}, "()"),
        ({"sequence": {"type": 0}}, "Vec<u8>"),
        ({"array": {"len": 32, "type": 0}}, "[u8; 32]"),
        ({"compact": {"type": 0}}, "Compact<u8>"),
    ],
)
def test_a_type_without_a_name_is_told_by_what_it_is_made_of(definition: dict[str, Any], name: str) -> None:
    assert type_name(Types({"primitive": "u8"}, definition), "scale_info::1") == name


def test_a_type_within_itself_has_a_name_and_a_shape() -> None:
    types = Types({"sequence": {"type": 0}})

    assert type_name(types, "scale_info::0").startswith("Vec<Vec<")
    assert type_shape(types, "scale_info::0") == "sequence  of …"


DOUBLING = Types({"primitive": "u8"}, *({"tuple": [number, number]} for number in range(38)))
ENDLESS = Types(*({"sequence": {"type": number + 1}} for number in range(5_000)))


@pytest.mark.parametrize(
    ("told", "types", "number"),
    [(type_name, DOUBLING, 38), (type_shape, DOUBLING, 38), (type_shape, ENDLESS, 0), (type_shape, ENDLESS, 9_999)],
)
def test_types_without_an_end_are_unreadable(told: Callable[[Any, str], str], types: Types, number: int) -> None:
    with pytest.raises(Unreadable):
        told(types, f"scale_info::{number}")
