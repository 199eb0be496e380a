"""A runtime in words: its types, pallets and runtime APIs, read from the text files of `schema/`.

The files say what metadata of release 461 of node-subtensor say, for the pallets that matter here: real names,
hashers, defaults, indices and shapes. A type is written as in Rust, without the parameters that change no byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).with_name("schema")


class Field(NamedTuple):
    """`name` is None where the fields are told by their places."""

    name: str | None
    type: str


class Variant(NamedTuple):
    number: int
    name: str
    fields: tuple[Field, ...] = ()


class Definition(NamedTuple):
    """A struct, or an enum where `variants` is not None."""

    path: str
    fields: tuple[Field, ...] = ()
    variants: tuple[Variant, ...] | None = None


class Entry(NamedTuple):
    """A storage item. `default` is None where nothing is read when nothing is stored (OptionQuery)."""

    name: str
    hashers: tuple[str, ...]
    keys: tuple[str, ...]
    value: str
    default: bytes | None


class Constant(NamedTuple):
    name: str
    type: str
    value: bytes


class Method(NamedTuple):
    name: str
    inputs: tuple[Field, ...]
    output: str


@dataclass(frozen=True, slots=True)
class Pallet:
    name: str
    index: int
    prefix: str | None = None
    storage: tuple[Entry, ...] = ()
    calls: Definition | None = None
    events: Definition | None = None
    errors: Definition | None = None
    constants: tuple[Constant, ...] = ()

    def entry(self, name: str) -> Entry:
        """KeyError where the pallet has no such item."""
        for entry in self.storage:
            if entry.name == name:
                return entry
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True, slots=True)
class Schema:
    types: Mapping[str, Definition]
    pallets: tuple[Pallet, ...]
    apis: Mapping[str, tuple[Method, ...]]
    extensions: tuple[tuple[str, str, str], ...] = field(default=())
    """(name, type of what it adds to an extrinsic, type of what it adds to what is signed)"""

    def pallet(self, name: str) -> Pallet:
        """KeyError where there is none."""
        for pallet in self.pallets:
            if pallet.name == name:
                return pallet
        raise KeyError(name)


@lru_cache(maxsize=1)
def release_461() -> Schema:
    files = sorted(path for path in _FOLDER.glob("*.txt") if path.stem not in ("types", "apis", "extensions"))
    pallets = sorted((_pallet(path) for path in files), key=lambda one: one.index)
    return Schema(_types(), tuple(pallets), _apis(), _extensions())


def _blocks(name: str) -> Iterator[tuple[str, list[str]]]:
    """(heading, its indented lines) of a file."""
    heading, lines = "", list[str]()
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            lines.append(line.strip())
            continue
        if heading:
            yield heading, lines
        heading, lines = line, []
    yield heading, lines


def _types() -> dict[str, Definition]:
    found = {}
    for heading, lines in _blocks("types"):
        name, _, what = heading.partition(" = ")
        if what.startswith("enum "):
            found[name] = Definition(what[5:], variants=tuple(map(_variant, lines)))
        else:
            found[name] = Definition(what, tuple(map(_field, lines)))
    return found


def _pallet(path: Path) -> Pallet:
    name, index = "", 0
    parts: dict[str, tuple[str, list[str]]] = {}
    for heading, lines in _blocks(path.stem):
        kind, _, rest = heading.partition(" ")
        if kind == "pallet":
            name, number = rest.split(" ")
            index = int(number)
        parts[kind] = (rest, lines)
    prefix, items = parts.get("storage", (None, []))
    calls, events, errors = (_cases(*parts[kind]) if kind in parts else None for kind in ("calls", "events", "errors"))
    constants = tuple(map(_constant, parts.get("constants", ("", []))[1]))
    return Pallet(name, index, prefix, tuple(map(_entry, items)), calls, events, errors, constants)


def _cases(path: str, lines: list[str]) -> Definition:
    """Calls have numbers of their own; events and errors are counted as they come."""
    numbered = (line if line[0].isdigit() else f"{place} {line}" for place, line in enumerate(lines))
    return Definition(path, variants=tuple(map(_variant, numbered)))


def _variant(line: str) -> Variant:
    index, _, rest = line.partition(" ")
    name, _, inside = rest.partition("(")
    return Variant(int(index), name, _fields(inside[:-1]))


def _fields(text: str) -> tuple[Field, ...]:
    return tuple(_field(part) for part in _split(text))


def _field(text: str) -> Field:
    name, found, kind = text.removeprefix("- ").partition(": ")
    return Field(name, kind) if found else Field(None, name)


def _split(text: str) -> Iterator[str]:
    """At the commas that stand in no bracket."""
    depth, start = 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "(<[") - (letter in ")>]")
        if letter == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    if text[start:].strip():
        yield text[start:].strip()


def _entry(line: str) -> Entry:
    match = re.fullmatch(r"(\w+)\((.*?)\) -> (.+?)(?: = ([0-9a-f]+))?", line)
    if match is None:
        raise ValueError(f"no storage item: {line!r}")
    name, keys, value, default = match.groups()
    parts = [part.split(" ", 1) for part in _split(keys)]
    raw = None if default is None else bytes.fromhex(default)
    return Entry(name, tuple(part[0] for part in parts), tuple(part[1] for part in parts), value, raw)


def _constant(line: str) -> Constant:
    name, _, rest = line.partition(": ")
    kind, _, value = rest.partition(" = ")
    return Constant(name, kind, bytes.fromhex(value))


def _apis() -> dict[str, tuple[Method, ...]]:
    return {heading.removeprefix("api "): tuple(map(_method, lines)) for heading, lines in _blocks("apis")}


def _method(line: str) -> Method:
    match = re.fullmatch(r"(\w+)\((.*)\) -> (.+)", line)
    if match is None:
        raise ValueError(f"no method: {line!r}")
    return Method(match[1], _fields(match[2]), match[3])


def _extensions() -> tuple[tuple[str, str, str], ...]:
    found = []
    for _, lines in _blocks("extensions"):
        for line in lines:
            name, _, rest = line.partition(": ")
            explicit, signed = _split(rest)
            found.append((name, explicit, signed))
    return tuple(found)
