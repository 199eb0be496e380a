"""delegates.schema.json and the parser give the same verdict, save what a schema cannot say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from monitor.config.delegates_file import parse_watch_list
from monitor.config.problem import ConfigError
from tests.monitor.config.addresses import ALICE, BOB, CAROL, MINER, OWNER, VAL

ROOT = Path(__file__).parents[3]
SCHEMA = Draft7Validator(json.loads((ROOT / "delegates.schema.json").read_text(encoding="utf-8")))


def schema_accepts(document: Any) -> bool:
    return bool(SCHEMA.is_valid(document))


def parser_accepts(document: Any) -> bool:
    try:
        parse_watch_list(json.dumps(document), "delegates.json")
    except ConfigError:
        return False
    return True


def test_the_schema_is_a_valid_schema() -> None:
    Draft7Validator.check_schema(SCHEMA.schema)


def test_the_shipped_example_satisfies_both() -> None:
    example = json.loads((ROOT / "delegates.example.json").read_text(encoding="utf-8"))
    assert schema_accepts(example)
    assert parser_accepts(example)


FULL: dict[str, Any] = {
    "$schema": "./delegates.schema.json",
    "tezos": [
        {
            "address": ALICE,
            "name": "alice",
            "network": "shadownet",
            "runbook": "ssh bkr1",
            "channels": ["telegram:night-shift"],
            "alerts": {"baking": {"threshold": 1, "window": 100}, "attestation": {"threshold": 10, "window": 100}},
        },
        {"address": BOB, "group": "night"},
    ],
    "bittensor": {
        "hotkeys": [
            {
                "hotkey": VAL,
                "name": "val-A",
                "netuids": [18],
                "role": "validator",
                "group": "night",
                "expected": {"take": 0.18, "children": [{"hotkey": MINER, "share": 1}], "version_key": 3},
                "alerts": {"weights_stale": {"warning": 3, "enabled": True}},
            }
        ],
        "subnets": [{"netuid": 18}],
        "coldkeys": [{"coldkey": OWNER}],
        "alerts": {"chain_stalled": {"warning": 60}},
    },
    "groups": {"night": {"alerts": {"baking": {"threshold": 1}, "price": {"warning": 0.5}}}},
}
ODD_VALUES: list[Any] = [
    None,
    True,
    0,
    1,
    -1,
    3.0,
    1.5,
    10_000_001,
    "",
    " ",
    "x",
    "x\n",
    "a\tb",
    "é",
    "x" * 64,
    "x" * 65,
    "x" * 301,
    "shadownet",
    "shadownet\n",
    "Shadownet",
    "9net",
    CAROL,
    CAROL + "\n",
    CAROL[:-1],
    MINER,
    MINER[:-1],
    MINER + "\n",
    "all",
    "miner",
    0.5,
    65536,
    [1, 2],
    [1, "x"],
    [{"hotkey": MINER, "share": 0.5}],
    [{"hotkey": MINER, "share": 2}],
    {"warning": -1},
    {"warning": 0.5},
    {"warning": "x"},
    {"enabled": False},
    {"enabled": 1},
    {"weights_stale": {}},
    {"price": {}},
    {"chain_stalled": {}},
    {"night": {}},
    {"night": None},
    {"night\n": {}},
    "KT1PWx2mnDueood7fEmfbBDKx1D9BAnnXitn",
    [],
    {},
    [{}],
    ["telegram", "telegram:2"],
    ["Telegram"],
    ["telegram\n"],
    ["telegram:"],
    ["telegram:" + "x" * 56],
    [None],
    {"threshold": 1},
    {"window": 1},
    {"surprise": 1},
]
PLACES: list[tuple[str | int, ...]] = [
    (),
    ("$schema",),
    ("tezos",),
    ("bittensor",),
    ("channels",),
    ("tezos", 0),
    ("tezos", 1),
    *[
        ("tezos", 0, key)
        for key in ("address", "name", "network", "runbook", "alerts", "surprise", "channels", "groups")
    ],
    ("groups",),
    *[("groups", "night", key) for key in ("runbook", "channels", "alerts", "name", "surprise")],
    *[("groups", "night", "alerts", key) for key in ("baking", "price", "weights_stale", "chain_stalled", "surprise")],
    *[("bittensor", key) for key in ("hotkeys", "subnets", "coldkeys", "alerts", "surprise")],
    *[
        ("bittensor", "hotkeys", 0, key)
        for key in ("hotkey", "name", "netuids", "role", "expected", "alerts", "channels", "runbook", "surprise")
    ],
    *[("bittensor", "hotkeys", 0, "expected", key) for key in ("take", "children", "version_key", "surprise")],
    *[("bittensor", "hotkeys", 0, "expected", "children", 0, key) for key in ("hotkey", "share", "surprise")],
    *[("bittensor", "hotkeys", 0, "alerts", key) for key in ("weights_stale", "price", "surprise")],
    *[("bittensor", "hotkeys", 0, "alerts", "weights_stale", key) for key in ("warning", "enabled", "surprise")],
    *[("bittensor", "subnets", 0, key) for key in ("netuid", "name", "alerts", "hotkey")],
    *[("bittensor", "coldkeys", 0, key) for key in ("coldkey", "name", "alerts", "netuids")],
    *[("tezos", 0, "alerts", key) for key in ("baking", "attestation", "surprise")],
    *[("tezos", 0, "alerts", "baking", key) for key in ("threshold", "window", "surprise")],
]


def replaced(place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    document = copy.deepcopy(FULL)
    inner: Any = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return document


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "all")
def test_any_value_in_any_place_gets_the_same_verdict(place: tuple[str | int, ...]) -> None:
    for value in ODD_VALUES:
        document = replaced(place, value)
        window_too_small = place[-1:] == ("threshold",) and isinstance(value, int | float) and value > 100
        group_gone = place == ("groups",) and isinstance(value, dict | None) and "night" not in (value or ())
        if not window_too_small and not group_gone:
            assert parser_accepts(document) == schema_accepts(document), document


@pytest.mark.parametrize("key", ["address", "name", "network", "runbook", "channels", "alerts"])
def test_only_the_address_is_required(key: str) -> None:
    document = copy.deepcopy(FULL)
    del document["tezos"][0][key]
    assert parser_accepts(document) == schema_accepts(document) == (key != "address")


TEXTS = st.sampled_from([ALICE, BOB, CAROL, "x", "", "shadownet"]) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.floats(0, 2) | TEXTS
SHAPES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["tezos", "bittensor", "netuid", "address", "name", "alerts", "baking", "threshold", "z"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(
    SHAPES | st.lists(st.fixed_dictionaries({"address": st.just(ALICE)}, optional={"name": SHAPES, "alerts": SHAPES}))
)
def test_any_shape_gets_the_same_verdict(document: Any) -> None:
    entries = document if isinstance(document, list) else []
    addresses = [entry.get("address") for entry in entries if isinstance(entry, dict)]
    if len(addresses) != len({json.dumps(one) for one in addresses}):
        return  # a duplicate: the schema sees equal entries only
    assert parser_accepts(document) == schema_accepts(document)


@pytest.mark.parametrize(
    "document",
    [
        [{"address": ALICE[:-1] + ("x" if ALICE[-1] != "x" else "y")}],
        [{"address": ALICE}, {"address": ALICE, "name": "again"}],
        [{"address": ALICE, "alerts": {"baking": {"threshold": 3, "window": 2}}}],
        [{"address": ALICE, "group": "night"}],
        {"bittensor": {"hotkeys": [{"hotkey": VAL[:-1] + ("a" if VAL[-1] != "a" else "b")}]}},
        {"bittensor": {"hotkeys": [{"hotkey": VAL, "expected": {"axon": "nowhere"}}]}},
        {"bittensor": {"subnets": [{"netuid": 1}, {"netuid": 1, "name": "again"}]}},
    ],
    ids=["checksum", "duplicate", "window", "group", "checksum of SS58", "axon", "subnet twice"],
)
def test_the_parser_alone_sees_what_a_schema_cannot_say(document: Any) -> None:
    assert schema_accepts(document)
    assert not parser_accepts(document)
