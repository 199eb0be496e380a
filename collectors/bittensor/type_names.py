"""Types of a runtime in words, and their shape on the wire.

A name is for people ("Vec<NetUid>"). A shape tells whether bytes are read the same way in two runtimes: a wrapper
around one value has that value's shape, so that a u16 that becomes a NetUid has not changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from collectors.bittensor.library import attempt
from collectors.errors import Unreadable

_DEEPEST = 40
_MOST = 10_000
"""Types that one description may go through. Those of real runtimes go through 332 at most; hostile metadata could
double them with each level."""


def type_name(decoder: Any, reference: str) -> str:
    """Of "scale_info::42" in a bittensor_core.Runtime. A type with a name of its own is told by that alone.

    Raises Unreadable.
    """
    return _name(_Walk(_types(decoder)), _number(reference), 0)


def type_shape(decoder: Any, reference: str) -> str:
    """Equal where two runtimes read the same bytes as the same fields. Raises Unreadable."""
    return _shape(_Walk(_types(decoder)), _number(reference), ())


@lru_cache(maxsize=4)
def _types(decoder: Any) -> Mapping[int, Any]:
    problem = "types of a runtime cannot be read"
    registry = attempt(problem, json.loads, attempt(problem, decoder.registry_json))
    found: Mapping[int, Any] = attempt(problem, lambda: {one["id"]: one["type"] for one in registry["types"]})
    return found


def _number(reference: str) -> int:
    number: int = attempt("a type without a number", int, reference.rpartition("::")[2])
    return number


class _Walk:
    """Through the types of a runtime, from one to those it is made of."""

    def __init__(self, types: Mapping[int, Any]) -> None:
        self._types = types
        self._left = _MOST

    def type(self, number: int) -> tuple[list[str], str, Any]:
        """Path, kind of definition ("composite", "variant", "sequence", …) and the definition. Raises Unreadable."""
        self._left -= 1
        described = self._types.get(number)
        if described is None or not self._left:
            raise Unreadable("a type that metadata do not describe, or without an end")
        kind, definition = next(iter(described["def"].items()))
        return described.get("path", []), kind, definition


def _name(walk: _Walk, number: int, depth: int) -> str:
    if depth > _DEEPEST:
        return "…"
    path, kind, definition = walk.type(number)
    if kind == "variant" and (inner := _inside_option(path, definition)) is not None:
        return f"Option<{_name(walk, inner, depth + 1)}>"
    if path:
        return str(path[-1])
    if kind == "primitive":
        return str(definition)
    if kind == "tuple":
        return f"({', '.join(_name(walk, part, depth + 1) for part in definition)})"
    if kind in ("sequence", "array", "compact"):
        inside = _name(walk, definition["type"], depth + 1)
        return {
            "sequence": f"Vec<{inside}>",
            "array": f"[{inside}; {definition.get('len')}]",
            "compact": f"Compact<{inside}>",
        }[kind]
    return kind


def _shape(walk: _Walk, number: int, above: tuple[int, ...]) -> str:
    if number in above:
        return "…"  # a type within itself, such as a call that holds calls
    if len(above) > _DEEPEST:
        raise Unreadable("a type that metadata do not describe, or without an end")
    above = (*above, number)
    path, kind, definition = walk.type(number)
    if kind == "primitive":
        return str(definition)
    if kind == "tuple":
        return f"({', '.join(_shape(walk, part, above) for part in definition)})"
    if kind == "composite":
        fields = definition.get("fields", [])
        if len(fields) == 1:
            return _shape(walk, fields[0]["type"], above)
        return f"{{{_fields(walk, fields, above)}}}"
    if kind == "variant":  # read by the names of its variants: one more or less changes nothing for the others
        inner = _inside_option(path, definition)
        return f"enum {path[-1] if path else ''}" if inner is None else f"option of {_shape(walk, inner, above)}"
    if kind in ("sequence", "array", "compact"):
        return f"{kind} {definition.get('len', '')} of {_shape(walk, definition['type'], above)}"
    return kind


def _inside_option(path: list[str], definition: Any) -> int | None:
    if path[-1:] != ["Option"]:
        return None
    return next((case["fields"][0]["type"] for case in definition["variants"] if case.get("fields")), None)


def _fields(walk: _Walk, fields: list[Any], above: tuple[int, ...]) -> str:
    return ", ".join(f"{one.get('name') or ''}: {_shape(walk, one['type'], above)}" for one in fields)
