"""Every value that every storage item has had: what a node of any age answers from.

Values are kept as they were given (see `scale`) and encoded when they are asked for, by the runtime of the block.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from functools import lru_cache
from typing import Any, NamedTuple

from simulator.subtensor.runtime import Runtime, storage_key

_BY_HOTKEY = frozenset({"TotalHotkeyAlpha", "TotalHotkeyAlphaLastEpoch", "IsNetworkMember", "ChildKeys", "ParentKeys"})
"""Items whose keys begin with the hotkey, not with the subnet."""


class Place(NamedTuple):
    pallet: str
    item: str
    parts: tuple[Any, ...] = ()


class _Cell:
    """The values of one key, by the block that wrote them. None: deleted."""

    __slots__ = ("blocks", "place", "values")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.blocks: list[int] = []
        self.values: list[Any] = []


class State:
    """Written forward, block after block; read at any block."""

    def __init__(self) -> None:
        self._cells: dict[Place, _Cell] = {}
        self._by_key: dict[bytes, _Cell] = {}
        self._keys: list[bytes] = []
        self._encoded = lru_cache(maxsize=20_000)(self._encode)

    def put(self, block: int, place: Place, value: Any) -> None:
        cell = self._cells.get(place)
        if cell is None:
            if value is None:
                return
            key = storage_key(*place)
            cell = self._cells[place] = self._by_key[key] = _Cell(place)
            insort(self._keys, key)
        if cell.blocks and cell.blocks[-1] == block:
            cell.values[-1] = value
        elif not cell.values or cell.values[-1] != value:
            cell.blocks.append(block)
            cell.values.append(value)

    def get(self, place: Place, block: int | None = None) -> Any:
        """None where nothing is stored."""
        cell = self._cells.get(place)
        if cell is None:
            return None
        index = len(cell.blocks) if block is None else bisect_right(cell.blocks, block)
        return cell.values[index - 1] if index else None

    def raw(self, key: bytes, block: int, runtime: Runtime) -> bytes | None:
        """What is stored under a key, None where nothing is."""
        cell = self._by_key.get(key)
        if cell is None:
            return None
        index = bisect_right(cell.blocks, block)
        if not index or cell.values[index - 1] is None or not runtime.has(cell.place.pallet, cell.place.item):
            return None
        return self._encoded(key, index, runtime)

    def place(self, key: bytes) -> Place:
        """KeyError for a key under which nothing ever was."""
        return self._by_key[key].place

    def keys(
        self, prefix: bytes, block: int, runtime: Runtime, *, after: bytes = b"", count: int = 1000
    ) -> list[bytes]:
        """The next `count` keys that begin with `prefix` and hold something, in their order."""
        found: list[bytes] = []
        start = bisect_left(self._keys, prefix)
        if after >= prefix:
            start = max(start, bisect_right(self._keys, after))
        for key in self._keys[start:]:
            if len(found) >= count or not key.startswith(prefix):
                break
            if self.raw(key, block, runtime) is not None:
                found.append(key)
        return found

    def changes(self, place: Place) -> list[tuple[int, Any]]:
        """(block, value that is stored from it on), oldest first; None: nothing."""
        cell = self._cells.get(place)
        return [] if cell is None else list(zip(cell.blocks, cell.values, strict=True))

    def places(self, pallet: str, item: str) -> list[Place]:
        """Those of an item that ever held something."""
        return [place for place in self._cells if place[:2] == (pallet, item)]

    def parts(self, pallet: str, item: str, *first: Any) -> list[tuple[Any, ...]]:
        """The parts of the keys that hold something now and begin with `first`."""
        return [
            place.parts
            for place, cell in self._cells.items()
            if place[:2] == (pallet, item) and place.parts[: len(first)] == first and cell.values[-1] is not None
        ]

    def of_subnet(self, pallet: str, netuid: int) -> list[Place]:
        """Places that hold something of the subnet now, by the first or second part of their keys."""
        return [
            place
            for place, cell in self._cells.items()
            if place.pallet == pallet
            and cell.values[-1] is not None
            and place.parts[place.item in _BY_HOTKEY :][:1] == (netuid,)
        ]

    def _encode(self, key: bytes, index: int, runtime: Runtime) -> bytes:
        cell = self._by_key[key]
        return runtime.value(cell.place.pallet, cell.place.item, cell.values[index - 1])
