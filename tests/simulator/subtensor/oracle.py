"""The official decoder, which judges what the simulator writes. Nothing of the project stands between them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from simulator.subtensor.runtime import Release, Runtime, runtime
from tests.recorded import recorded

FIRST = Release()
LATER = Release(
    462,
    moved=True,
    gone=("SubtensorModule.MinerBurned", "SubnetInfoRuntimeApi.get_subnet_to_prune"),
    retyped=(("SubtensorModule.Kappa", "u32"),),
)
"""A release that moves numbers, drops an item and a method, and widens a value."""


def decoder_library() -> Any:
    return pytest.importorskip("bittensor_core", reason="the official decoder is not installed")


@cache
def opened(code: Runtime, version: int = 15) -> Any:
    return decoder_library().Runtime(code.metadata(version), 0, 0)


def released(release: Release = FIRST, version: int = 15) -> Any:
    return opened(runtime(release), version)


@cache
def real_461(version: int = 15) -> Any:
    """A real runtime's. Skips where the recorded metadata are not beside the checkout."""
    file = recorded(f"bittensor/metadata/node-subtensor-461-v{version}.scale.gz")
    return decoder_library().Runtime(gzip.decompress(file.read_bytes()), 0, 0)


def storage(decoder: Any) -> Iterator[tuple[str, str, Any]]:
    """(pallet, item, the decoder's description)"""
    for pallet in decoder.metadata_ir()["pallets"]:
        for entry in pallet["storage"]:
            yield pallet["name"], entry["name"], decoder.storage_entry(pallet["name"], entry["name"])


@cache
def types(decoder: Any) -> dict[int, Any]:
    return {one["id"]: one["type"] for one in json.loads(decoder.registry_json())["types"]}


def outer(decoder: Any, name: str) -> dict[str, dict[str, str]]:
    """ "7 SubtensorModule" -> name -> wire form, of RuntimeEvent, RuntimeCall or RuntimeError."""
    found = next(one for one in types(decoder).values() if one.get("path", [])[-1:] == [name])
    return {
        f"{case['index']} {case['name']}": _cases(decoder, types(decoder)[case["fields"][0]["type"]]["def"]["variant"])
        for case in found["def"]["variant"]["variants"]
    }


def _cases(decoder: Any, variant: Any, above: tuple[int, ...] = (-1,)) -> dict[str, str]:
    return {
        case["name"]: f"{case['index']} {case['name']}({_fields(decoder, case, above)})"
        for case in variant.get("variants", [])
    }


def _fields(decoder: Any, definition: Any, above: tuple[int, ...]) -> str:
    fields = definition.get("fields", [])
    return ", ".join(f"{one.get('name') or ''}: {wire(decoder, one['type'], above)}" for one in fields)


def wire(decoder: Any, number: int | str, above: tuple[int, ...] = ()) -> str:
    """How a type is read: numbers, names of fields and variants, sizes; not how it or its wrappers are called."""
    number = int(str(number).rpartition("::")[2])
    described = types(decoder)[number]
    path, (kind, what) = described.get("path", []), next(iter(described["def"].items()))
    if number in above or (above and path[-1:] in (["RuntimeCall"], ["RuntimeEvent"], ["OriginCaller"])):
        return str(path[-1])
    above = (*above, number)

    if kind == "primitive":
        return str(what)
    if kind == "tuple":
        return f"({', '.join(wire(decoder, part, above) for part in what)})"
    if kind == "composite":
        inside = what.get("fields", [])
        alone = len(inside) == 1
        return wire(decoder, inside[0]["type"], above) if alone else f"{{{_fields(decoder, what, above)}}}"
    if kind == "variant":
        return f"<{'; '.join(_cases(decoder, what, above).values())}>"
    return f"{kind} {what.get('len', '')} of {wire(decoder, what['type'], above)}"
