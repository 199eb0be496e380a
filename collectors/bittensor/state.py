"""Storage of one block: what is wanted is named first, asked for in one question, and read by name afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from collectors.bittensor.codec import Runtime
from collectors.bittensor.hexadecimal import to_bytes
from collectors.bittensor.items import PALLET
from collectors.errors import Unreadable

T = TypeVar("T")
MISSHAPEN = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, ArithmeticError)
"""What reading a decoded value raises where a runtime gives it another shape than those known."""
BEYOND = 2**256
"""No number of a chain is as large, nor below 0; what is could be neither an index nor a float."""


class _Unread:
    """Not asked, not told, not decoded, or gone from the runtime. None is another thing: nothing is stored."""

    def __repr__(self) -> str:
        return "UNREAD"

    def __bool__(self) -> bool:
        return False


UNREAD: Final = _Unread()


class State:
    """Storage values of one block, by item and key parts. Items that the runtime does not have are never asked for.

    Items of SubtensorModule are named alone ("Tempo"), others with their pallet ("System.Account").
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.undecoded: set[str] = set()
        """Items whose value could not be decoded."""
        self._has: dict[str, bool] = {}
        self._wanted: dict[tuple[str, tuple[Any, ...]], str] = {}
        self._told: dict[str, str | None] = {}

    def has(self, item: str) -> bool:
        found = self._has.get(item)
        if found is None:
            found = self._has[item] = self.runtime.has_item(*_named(item))
        return found

    def want(self, item: str, *parts: Any) -> None:
        if self.has(item) and (item, parts) not in self._wanted:
            try:
                self._wanted[item, parts] = self.runtime.storage_key(*_named(item), *parts)
            except Unreadable:
                self.undecoded.add(item)

    def keys(self) -> list[str]:
        """Of what is wanted and was not told yet."""
        return [key for key in dict.fromkeys(self._wanted.values()) if key not in self._told]

    def take(self, answer: Any, block_hash: str, keys: Sequence[str]) -> None:
        """The result of `state_queryStorageAt(keys, block_hash)`. Raises Unreadable where a key is missing in it."""
        self._told |= read_values(answer, block_hash, keys)

    def value(self, item: str, *parts: Any) -> Any:
        """Decoded; the runtime's default, or None, where nothing is stored; UNREAD where it is not known."""
        key = self._wanted.get((item, parts))
        if key is None or key not in self._told:
            return UNREAD
        try:
            return self.runtime.decode(*_named(item), self._told[key])
        except Unreadable:
            self.undecoded.add(item)
            return UNREAD

    def read(self, make: Callable[[Any], T], item: str, *parts: Any) -> T | None:
        """What `make` makes of the value; None where it is not known, or has a shape that `make` does not know."""
        value = self.value(item, *parts)
        if value is UNREAD:
            return None
        try:
            return make(value)
        except MISSHAPEN:
            self.undecoded.add(item)
            return None

    def raw(self, item: str, *parts: Any) -> str | None:
        """As it was told; None where nothing is stored, or it is not known."""
        return self._told.get(self._wanted.get((item, parts), ""))

    def number(self, item: str, *parts: Any) -> int | None:
        """A whole number; None where nothing is stored, or it is not known. So do the others."""
        return self.read(lambda value: _maybe(int, value), item, *parts)

    def flag(self, item: str, *parts: Any) -> bool | None:
        return self.read(lambda value: _maybe(bool, value), item, *parts)

    def text(self, item: str, *parts: Any) -> str | None:
        return self.read(lambda value: _maybe(str, value), item, *parts)

    def vector(self, kind: type[T], item: str, *parts: Any) -> tuple[T, ...] | None:
        """A list of `kind`; None where it is not known."""
        return self.read(lambda value: vector_of(kind, value), item, *parts)

    def fixed(self, item: str, fraction_bits: int, *parts: Any) -> float | None:
        """A fixed-point number ({"bits": …}), as it is meant."""
        return self.read(lambda value: None if value is None else fixed_of(value, fraction_bits), item, *parts)


def _maybe(kind: type[T], value: Any) -> T | None:
    return None if value is None else _of(kind, value)


def _of(kind: type[T], value: Any) -> T:
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value < BEYOND):
        raise TypeError
    return value


def whole(value: Any) -> int:
    """Raises TypeError for anything but a whole number, which a bool is not."""
    return _of(int, value)


def fixed_of(value: Any, fraction_bits: int) -> float:
    """Of {"bits": …}, which may be negative. Raises one of MISSHAPEN."""
    bits = value["bits"]
    return whole(abs(bits)) / (1 << fraction_bits) * (-1 if bits < 0 else 1)


def vector_of(kind: type[T], value: Any) -> tuple[T, ...]:
    """Raises TypeError for anything but a list of `kind`, of which a bool is no int."""
    if not isinstance(value, list | tuple) or not all(type(one) is kind for one in value):
        raise TypeError
    if kind is int and value:
        whole(min(value)), whole(max(value))
    return tuple(value)


def _named(item: str) -> tuple[str, str]:
    pallet, dot, name = item.partition(".")
    return (pallet, name) if dot else (PALLET, item)


def read_values(answer: Any, block_hash: str, keys: Sequence[str]) -> dict[str, str | None]:
    """Key -> raw value, None where nothing is stored, for all of `keys`.

    Raises Unreadable for another block's values, and for a key that is missing or was not asked for: a node tells null
    for a key with nothing stored, so that a gap is no default.
    """
    if not isinstance(answer, list) or len(answer) != 1 or not isinstance(answer[0], Mapping):
        raise Unreadable("not the storage of one block")
    changes = answer[0].get("changes")
    if answer[0].get("block") != block_hash or not isinstance(changes, list):
        raise Unreadable("not the storage of this block")
    asked = set(keys)
    values: dict[str, str | None] = {}
    for change in changes:
        if not isinstance(change, list) or len(change) != 2 or not isinstance(change[0], str) or change[0] not in asked:
            raise Unreadable("storage of a key that was not asked for")
        key, value = change
        if key in values:
            raise Unreadable("storage of a key is told twice")
        if value is not None:
            to_bytes(value)
        values[key] = value
    if len(values) != len(asked):
        raise Unreadable("storage of a key is missing")
    return values
