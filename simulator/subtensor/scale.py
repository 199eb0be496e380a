"""SCALE: how a runtime writes values as bytes. Encodes by the types of a schema, and reads the little that is asked.

How values are given: numbers as int (fixed-point ones as their bits), bytes and arrays of u8 as bytes, accounts as 32
bytes, lists and tuples as sequences, a struct of one field as that field's value, other structs as dict by name or as
a sequence where fields have no names, an enum as its variant's name or (name, field, …), None or the value for an
Option (`Some` where the value may itself be None), a call or event as (pallet, name, *fields) with fields by name as
one dict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from simulator.subtensor.expression import Expression, parsed
from simulator.subtensor.schema import Definition, Field, Schema, Variant

Encoder = Callable[[Any], bytes]

_SIZES: Final = {f"{sign}{bits}": (bits // 8, sign == "i") for sign in "ui" for bits in (8, 16, 32, 64, 128, 256)}
TRANSPARENT: Final = frozenset({"BoundedVec", "WeakBoundedVec", "BTreeSet"})
"""Structs around one value, of whatever type."""


class Some(NamedTuple):
    """An Option that is there, where what is in it may be None."""

    value: Any


def compact(number: int) -> bytes:
    """1, 2, 4 or more bytes, as many as the number needs; the two lowest bits of the first tell which."""
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    if number < 1 << 30:
        return (number << 2 | 2).to_bytes(4, "little")
    size = (number.bit_length() + 7) // 8
    return bytes([(size - 4) << 2 | 3]) + number.to_bytes(size, "little")


def text(value: str) -> bytes:
    data = value.encode()
    return compact(len(data)) + data


def vector(parts: Sequence[bytes]) -> bytes:
    return compact(len(parts)) + b"".join(parts)


def read_compact(data: bytes, place: int = 0) -> tuple[int, int]:
    """(number, where it ends). Raises IndexError or ValueError where the data end too early."""
    mode = data[place] & 3
    size = (1, 2, 4, (data[place] >> 2) + 5)[mode]
    part = data[place : place + size]
    if len(part) < size:
        raise ValueError("a number ends too early")
    return (int.from_bytes(part[1:], "little") if mode == 3 else int.from_bytes(part, "little") >> 2), place + size


class Codec:
    """Encodes by one schema. Encoders are made once for each type."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._encoders: dict[Expression, Encoder] = {}

    def encode(self, kind: str, value: Any) -> bytes:
        """Raises KeyError for a type or variant there is none of, TypeError and others for another value."""
        return self.encoder(parsed(kind))(value)

    def encoder(self, kind: Expression) -> Encoder:
        found = self._encoders.get(kind)
        if found is None:
            # A type may stand within itself (a call that holds calls): looked up when it is needed.
            self._encoders[kind] = lambda value: self._encoders[kind](value)
            found = self._encoders[kind] = self._made(kind)
        return found

    def _made(self, kind: Expression) -> Encoder:
        head = kind.head
        if head in _SIZES:
            size, signed = _SIZES[head]
            return lambda value: int(value).to_bytes(size, "little", signed=signed)
        if head == "bool":
            return lambda value: b"\x01" if value else b"\x00"
        if head == "str":
            return text
        if head == "Compact":
            return compact
        if head in ("RuntimeCall", "RuntimeEvent"):
            return self._outer(head)
        if head == "tuple":
            return _sequence([self.encoder(part) for part in kind.parts])
        if head in TRANSPARENT or head == "Cow":
            return self.encoder(kind.parts[0])
        if head in ("Vec", "array"):
            return self._many(kind)
        if head == "Option":
            return self._option(kind)
        if head == "Result":
            good, bad = map(self.encoder, kind.parts)
            return lambda value: b"\x00" + good(value[1]) if value[0] == "Ok" else b"\x01" + bad(value[1])
        definition = self.schema.types[head]
        return self._struct(definition.fields) if definition.variants is None else self._enum(definition.variants)

    def _many(self, kind: Expression) -> Encoder:
        head = kind.head == "Vec"
        inner = kind.parts[0]
        if inner.head == "u8":
            return lambda value: compact(len(value)) + bytes(value) if head else bytes(value)
        one = self.encoder(inner)
        return lambda value: (compact(len(value)) if head else b"") + b"".join(map(one, value))

    def _option(self, kind: Expression) -> Encoder:
        one = self.encoder(kind.parts[0])

        def option(value: Any) -> bytes:
            if value is None:
                return b"\x00"
            return b"\x01" + one(value.value if isinstance(value, Some) else value)

        return option

    def _struct(self, fields: Sequence[Field]) -> Encoder:
        encoders = [self.encoder(parsed(field.type)) for field in fields]
        if len(fields) == 1:
            return encoders[0]
        names = [field.name for field in fields]
        sequence = _sequence(encoders)

        def struct(value: Any) -> bytes:
            return sequence([value[name] for name in names] if isinstance(value, Mapping) else value)

        return struct

    def _enum(self, variants: Sequence[Variant]) -> Encoder:
        by_name = {one.name: (bytes([one.number]), self._arguments(one.fields)) for one in variants}

        def enum(value: Any) -> bytes:
            name, *fields = (value,) if isinstance(value, str) else value
            index, arguments = by_name[name]
            return index + arguments(fields)

        return enum

    def _arguments(self, fields: Sequence[Field]) -> Encoder:
        encoders = [self.encoder(parsed(field.type)) for field in fields]
        sequence, names = _sequence(encoders), [field.name for field in fields]

        def arguments(value: Any) -> bytes:
            if len(value) == 1 and isinstance(value[0], Mapping) and set(value[0]) == set(names):
                return sequence([value[0][name] for name in names])
            return sequence(value)

        return arguments

    def _outer(self, head: str) -> Encoder:
        parts: dict[tuple[str, str], Encoder] = {}

        def outer(value: Any) -> bytes:
            pallet_name, name, *fields = value
            known = parts.get((pallet_name, name))
            if known is None:
                known = parts[pallet_name, name] = self._case(head, pallet_name, name)
            return known(fields)

        return outer

    def _case(self, head: str, pallet_name: str, name: str) -> Encoder:
        pallet = self.schema.pallet(pallet_name)
        definition: Definition | None = pallet.calls if head == "RuntimeCall" else pallet.events
        for variant in (definition.variants if definition else None) or ():
            if variant.name == name:
                start, arguments = bytes([pallet.index, variant.number]), self._arguments(variant.fields)
                return lambda fields: start + arguments(fields)
        raise KeyError(f"{pallet_name}.{name}")


def _sequence(encoders: Sequence[Encoder]) -> Encoder:
    def sequence(values: Any) -> bytes:
        return b"".join([encode(value) for encode, value in zip(encoders, values, strict=True)])

    return sequence
