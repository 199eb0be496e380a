"""Metadata of a runtime, versions 14 and 15 (frame-metadata, scale-info): what a reader learns of a schema.

Types are numbered in the order in which they are first met, as the real registry does; so another order of pallets, or
a type before the others, moves all numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from simulator.subtensor.expression import Expression, parsed
from simulator.subtensor.scale import TRANSPARENT, compact, text, vector
from simulator.subtensor.schema import Definition, Field, Pallet, Schema

_PRIMITIVES: Final = {
    name: number
    for number, name in enumerate(
        ["bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "i256"]
    )
}
_HASHERS: Final = {"Blake2_128": 0, "Blake2_256": 1, "Blake2_128Concat": 2, "Twox128": 3, "Twox64Concat": 5}
_HASHERS["Identity"] = 6
_PATHS: Final = {
    "BoundedVec": "bounded_collections::bounded_vec::BoundedVec",
    "WeakBoundedVec": "bounded_collections::weak_bounded_vec::WeakBoundedVec",
    "BTreeSet": "BTreeSet",
    "Cow": "Cow",
}
_RUNTIME: Final = "node_subtensor_runtime"
_ADDRESS, _SIGNATURE = parsed("MultiAddress"), parsed("MultiSignature")
_NO_DOCS: Final = b"\x00"
_NONE: Final = b"\x00"
_SOME: Final = b"\x01"


def metadata(schema: Schema, version: int, first_types: Iterable[str] = ()) -> bytes:
    """Raw metadata, "meta" and the version on. `first_types` are numbered before all others."""
    registry = _Registry(schema)
    for kind in first_types:
        registry.number(parsed(kind))
    pallets = [_pallet(pallet, registry, version) for pallet in schema.pallets]
    extrinsic = _extrinsic(schema, registry, version)
    runtime = compact(registry.number(Expression("Runtime")))
    tail = vector(pallets) + extrinsic + runtime
    if version == 15:
        tail += _apis(schema, registry)
        for name in ("RuntimeCall", "RuntimeEvent", "RuntimeError"):
            tail += compact(registry.number(Expression(name)))
        tail += compact(0)  # no custom values
    return b"meta" + bytes([version]) + registry.encoded() + tail


class _Registry:
    """Types, each described once and told by its number."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._numbers: dict[object, int] = {}
        self._described: list[bytes] = []

    def number(self, kind: Expression) -> int:
        known = self._numbers.get(kind)
        return self._add(kind, kind) if known is None else known

    def enum(self, definition: Definition) -> int:
        """A pallet's calls, events or errors."""
        known = self._numbers.get(definition)
        return self._add(definition, definition) if known is None else known

    def _add(self, key: object, what: Expression | Definition) -> int:
        number = self._numbers[key] = len(self._described)
        self._described.append(b"")  # a type may hold itself
        path, parameters, body = self._definition(what) if isinstance(what, Definition) else self._expression(what)
        head = vector([text(part) for part in path.split("::")]) if path else compact(0)
        self._described[number] = compact(number) + head + vector(parameters) + body + _NO_DOCS
        return number

    def encoded(self) -> bytes:
        return vector(self._described)

    def _expression(self, kind: Expression) -> tuple[str, list[bytes], bytes]:
        """Path, parameters and definition."""
        head = kind.head
        if head in _PRIMITIVES:
            return "", [], bytes([5, _PRIMITIVES[head]])
        if head in ("Vec", "Compact"):
            return "", [], bytes([2 if head == "Vec" else 6]) + compact(self.number(kind.parts[0]))
        if head == "array":
            return "", [], b"\x03" + kind.length.to_bytes(4, "little") + compact(self.number(kind.parts[0]))
        if head == "tuple":
            return "", [], b"\x04" + vector([compact(self.number(part)) for part in kind.parts])
        if head in ("Option", "Result"):
            return self._generic(kind)
        if head in TRANSPARENT or head == "Cow":
            return _PATHS[head], [], b"\x00" + vector([self._field(None, kind.parts[0])])
        if head == "Runtime":
            return f"{_RUNTIME}::Runtime", [], b"\x00" + compact(0)
        if head in ("RuntimeCall", "RuntimeEvent", "RuntimeError"):
            return self._outer(head)
        if head == "UncheckedExtrinsic":
            path = "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic"
            body = b"\x00" + vector([self._field(None, parsed("Vec<u8>"))])
            inside = (("Address", _ADDRESS), ("Call", Expression("RuntimeCall")), ("Signature", _SIGNATURE))
            extra = Expression("tuple", tuple(parsed(kind) for _, kind, _ in self._schema.extensions))
            return path, [self._parameter(name, one) for name, one in (*inside, ("Extra", extra))], body
        return self._definition(self._schema.types[head])

    def _generic(self, kind: Expression) -> tuple[str, list[bytes], bytes]:
        if kind.head == "Option":
            cases = [_case("None", 0, []), _case("Some", 1, [self._field(None, kind.parts[0])])]
            return "Option", [self._parameter("T", kind.parts[0])], b"\x01" + vector(cases)
        parameters = [self._parameter(name, part) for name, part in zip("TE", kind.parts, strict=True)]
        fields = [self._field(None, part) for part in kind.parts]
        cases = [_case(name, place, [fields[place]]) for place, name in enumerate(("Ok", "Err"))]
        return "Result", parameters, b"\x01" + vector(cases)

    def _parameter(self, name: str, kind: Expression) -> bytes:
        return text(name) + _SOME + compact(self.number(kind))

    def _outer(self, head: str) -> tuple[str, list[bytes], bytes]:
        cases = []
        for pallet in self._schema.pallets:
            inside = {"RuntimeCall": pallet.calls, "RuntimeEvent": pallet.events, "RuntimeError": pallet.errors}[head]
            if inside is not None:
                field = _NONE + compact(self.enum(inside)) + _NONE + _NO_DOCS
                cases.append(_case(pallet.name, pallet.index, [field]))
        return f"{_RUNTIME}::{head}", [], b"\x01" + vector(cases)

    def _definition(self, definition: Definition) -> tuple[str, list[bytes], bytes]:
        if definition.variants is None:
            return definition.path, [], b"\x00" + vector(self._fields(definition.fields))
        cases = [_case(one.name, one.number, self._fields(one.fields)) for one in definition.variants]
        return definition.path, [], b"\x01" + vector(cases)

    def _fields(self, fields: Sequence[Field]) -> list[bytes]:
        return [self._field(field.name, parsed(field.type)) for field in fields]

    def _field(self, name: str | None, kind: Expression) -> bytes:
        return (_NONE if name is None else _SOME + text(name)) + compact(self.number(kind)) + _NONE + _NO_DOCS


def _case(name: str, index: int, fields: Sequence[bytes]) -> bytes:
    return text(name) + vector(fields) + bytes([index]) + _NO_DOCS


def _pallet(pallet: Pallet, registry: _Registry, version: int) -> bytes:
    storage = _NONE if pallet.prefix is None else _SOME + text(pallet.prefix) + vector(_storage(pallet, registry))
    constants = [
        text(one.name) + compact(registry.number(parsed(one.type))) + compact(len(one.value)) + one.value + _NO_DOCS
        for one in pallet.constants
    ]
    calls, events, errors = (
        _NONE if one is None else _SOME + compact(registry.enum(one))
        for one in (pallet.calls, pallet.events, pallet.errors)
    )
    body = text(pallet.name) + storage + calls + events + vector(constants) + errors + bytes([pallet.index])
    return body + (_NO_DOCS if version == 15 else b"")


def _storage(pallet: Pallet, registry: _Registry) -> list[bytes]:
    entries = []
    for entry in pallet.storage:
        value = parsed(entry.value)
        if entry.hashers:
            keys = [parsed(key) for key in entry.keys]
            key = keys[0] if len(keys) == 1 else Expression("tuple", tuple(keys))
            hashers = vector([bytes([_HASHERS[hasher]]) for hasher in entry.hashers])
            kind = b"\x01" + hashers + compact(registry.number(key)) + compact(registry.number(value))
        else:
            kind = b"\x00" + compact(registry.number(value))
        default = b"\x00" if entry.default is None else entry.default
        modifier = bytes([entry.default is not None])
        entries.append(text(entry.name) + modifier + kind + compact(len(default)) + default + _NO_DOCS)
    return entries


def _extrinsic(schema: Schema, registry: _Registry, version: int) -> bytes:
    extensions = vector(
        [
            text(name) + compact(registry.number(parsed(kind))) + compact(registry.number(parsed(signed)))
            for name, kind, signed in schema.extensions
        ]
    )
    if version == 14:
        return compact(registry.number(Expression("UncheckedExtrinsic"))) + b"\x04" + extensions
    extra = Expression("tuple", tuple(parsed(kind) for _, kind, _ in schema.extensions))
    parts = (_ADDRESS, Expression("RuntimeCall"), _SIGNATURE, extra)
    return b"\x04" + b"".join(compact(registry.number(part)) for part in parts) + extensions


def _apis(schema: Schema, registry: _Registry) -> bytes:
    apis = []
    for name, methods in schema.apis.items():
        told = []
        for method in methods:
            inputs = [text(one.name or "") + compact(registry.number(parsed(one.type))) for one in method.inputs]
            output = compact(registry.number(parsed(method.output)))
            told.append(text(method.name) + vector(inputs) + output + _NO_DOCS)
        apis.append(text(name) + vector(told) + _NO_DOCS)
    return vector(apis)
