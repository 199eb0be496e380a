"""The one seam to the decoder: what a runtime's metadata says of storage, and values read by it.

Everything is found by name in the metadata of the runtime that wrote the data: between two releases type ids, event
indices and wrappers of numbers move, while names and bytes stay. Keys and values are "0x…" texts as JSON-RPC has them.
Numbers come as int, accounts as SS58 addresses, hashes and bytes that are no text as "0x…", structures as dict, tuples
as tuple, an enum as its name or {name: content}, fixed-point numbers as {"bits": int}.

Raises Unreadable (and LibraryMissing), nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from collectors.bittensor.hexadecimal import to_bytes, to_hex
from collectors.bittensor.library import attempt, library
from collectors.bittensor.type_names import type_name, type_shape
from collectors.errors import Unreadable

MAGIC: Final = b"meta"
VERSIONS: Final = (14, 15)
"""Of metadata that are read: what `state_getMetadata` and `Metadata_metadata_at_version(15)` answer."""


class StorageItem(NamedTuple):
    """A storage item as one runtime has it."""

    pallet: str
    name: str
    prefix: str
    """0x and 64 digits: what all its keys begin with."""
    hashers: tuple[str, ...]
    """One for each part of a key: "Identity", "Blake2_128Concat", "Twox64Concat"; none for a plain value."""
    key_types: tuple[str, ...]
    value_type: str
    """Readable: "u16", "Vec<bool>"."""
    shape: str
    """Of the value (type_names.py): another one in another runtime means that its bytes are read another way."""
    key_shapes: tuple[str, ...]
    has_default: bool
    """Where nothing is stored the runtime itself reads a default (ValueQuery), else nothing (OptionQuery)."""

    @property
    def wire(self) -> tuple[object, ...]:
        """Equal where two runtimes store the item under the same keys and in the same bytes."""
        return self.hashers, self.key_shapes, self.shape, self.has_default


@dataclass(frozen=True, slots=True, eq=False)
class Runtime:
    """Metadata of one runtime, parsed (about 5 ms). Not changed by use; may be shared between threads."""

    spec_version: int
    metadata_version: int
    library: Any = field(repr=False)
    """bittensor_core.Runtime, for the modules of this package only."""

    def has_item(self, pallet: str, name: str) -> bool:
        try:
            self.entry(pallet, name)
        except Unreadable:
            return False
        return True

    def entry(self, pallet: str, name: str) -> Any:
        """The decoder's own description, for the modules of this package only. Raises Unreadable."""
        return attempt(f"runtime {self.spec_version} has no {pallet}.{name}", self.library.storage_entry, pallet, name)

    def item(self, pallet: str, name: str) -> StorageItem:
        """Raises Unreadable where the runtime has no such item."""
        entry = self.entry(pallet, name)
        return StorageItem(
            pallet,
            name,
            self.prefix(pallet, name),
            tuple(entry.param_hashers),
            tuple(type_name(self.library, described) for described in entry.param_types),
            type_name(self.library, entry.value_type),
            type_shape(self.library, entry.value_type),
            tuple(type_shape(self.library, described) for described in entry.param_types),
            entry.modifier == "Default",
        )

    def prefix(self, pallet: str, name: str, *parts: Any) -> str:
        """What all keys of an item begin with, or those with these leading `parts`. Raises Unreadable."""
        return to_hex(self._key(pallet, name, parts))

    def storage_key(self, pallet: str, name: str, *parts: Any) -> str:
        """The whole key. Raises Unreadable for an item the runtime does not have, or other than its parts."""
        if len(parts) != len(self.entry(pallet, name).param_hashers):
            raise Unreadable(f"{pallet}.{name} has other key parts")
        return to_hex(self._key(pallet, name, parts))

    def _key(self, pallet: str, name: str, parts: Sequence[Any]) -> bytes:
        self.entry(pallet, name)
        key: bytes = attempt(
            f"no key of {pallet}.{name} can be made of these parts",
            self.library.storage_key,
            pallet,
            name,
            list(parts),
        )
        return key

    def decode(self, pallet: str, name: str, raw: str | None) -> Any:
        """A stored value. Of None, which is nothing stored: the item's default, or None where it has none.

        Raises Unreadable where bytes are missing or left over.
        """
        if raw is None:
            return self.decode_default(pallet, name)
        return self._decode(pallet, name, to_bytes(raw))

    def decode_default(self, pallet: str, name: str) -> Any:
        """What the runtime reads where nothing is stored; None for an item without a default."""
        entry = self.entry(pallet, name)
        return self._decode(pallet, name, bytes(entry.default_bytes)) if entry.modifier == "Default" else None

    def _decode(self, pallet: str, name: str, data: bytes) -> Any:
        value_type = self.entry(pallet, name).value_type
        problem = f"{pallet}.{name} cannot be decoded by runtime {self.spec_version}"
        return attempt(problem, self.library.decode, value_type, data)

    def decode_map(self, pallet: str, name: str, changes: Iterable[Any]) -> dict[tuple[Any, ...], Any]:
        """Key parts -> value, from the "changes" of `state_queryStorageAt`: [[key, value or null], …].

        Null, being nothing stored, is left out. Raises Unreadable for another shape, a key of another item or one
        that does not hash what it holds.
        """
        problem = f"{pallet}.{name} cannot be decoded by runtime {self.spec_version}"
        plain = not self.entry(pallet, name).param_hashers
        pairs = [pair for pair in map(_change, changes) if pair[1] is not None]
        decoded = attempt(problem, self.library.decode_map_changes, pallet, name, pairs)
        parts = [() if plain else key if isinstance(key, tuple) else (key,) for key, _ in decoded]
        # The decoder takes a key apart without looking at its prefix and hashes: make it again and compare.
        keys = attempt(problem, self.library.storage_key_batch, pallet, name, [list(part) for part in parts])
        if len(keys) != len(pairs) or any(
            to_hex(key) != given.lower() for key, (given, _) in zip(keys, pairs, strict=True)
        ):
            raise Unreadable(f"a key is none of {pallet}.{name}")
        return {part: value for part, (_, value) in zip(parts, decoded, strict=True)}

    def constant(self, pallet: str, name: str) -> Any:
        """Raises Unreadable where the runtime has no such constant."""
        problem = f"runtime {self.spec_version} has no readable constant {pallet}.{name}"
        value = attempt(problem, self.library.constant, pallet, name)
        if value is None:
            raise Unreadable(problem)
        return value

    def error_name(self, pallet_index: int, error_index: int) -> str:
        """ "SubtensorModule.SettingWeightsTooFast". Raises Unreadable for an error the runtime does not have."""
        problem = f"runtime {self.spec_version} has no error {error_index} in pallet {pallet_index}"
        names = _pallets(self)
        name: str = attempt(
            problem,
            lambda: f"{names[pallet_index]}.{self.library.module_error(pallet_index, error_index)[0]}",
        )
        return name


@lru_cache(maxsize=4)
def _pallets(runtime: Runtime) -> Mapping[int, str]:
    """Index -> name (2 ms)."""
    problem = f"pallets of runtime {runtime.spec_version} cannot be read"
    described = attempt(problem, runtime.library.metadata_ir)
    names: Mapping[int, str] = attempt(problem, lambda: {one["index"]: one["name"] for one in described["pallets"]})
    return names


def open_runtime(metadata: bytes, spec_version: int | None = None) -> Runtime:
    """Parse raw metadata, "meta" and a version byte on.

    Raises Unreadable for what is no metadata, is of a version other than 14 and 15, or is not of `spec_version` as its
    own constant System.Version says: data read by another runtime's metadata may decode, and be wrong.
    """
    decoder = library().Runtime
    if metadata[:4] != MAGIC or len(metadata) < 5:
        raise Unreadable("not a runtime's metadata")
    version = metadata[4]
    if version not in VERSIONS:
        raise Unreadable(f"metadata of version {version} is not supported: versions 14 and 15 are")
    opened = attempt("a runtime's metadata cannot be parsed", decoder, metadata, 0, 0)
    told = attempt("metadata do not tell their runtime's version", _spec_version, opened)
    if spec_version is not None and told != spec_version:
        raise Unreadable(f"metadata are of runtime {told}, not {spec_version}")
    return Runtime(told, version, opened)


def _spec_version(opened: Any) -> int:
    told = opened.constant("System", "Version")
    if not isinstance(told, Mapping) or not isinstance(told.get("spec_version"), int):
        raise TypeError
    return int(told["spec_version"])


def _change(change: Any) -> tuple[str, str | None]:
    if isinstance(change, list | tuple) and len(change) == 2:
        key, value = change
        if isinstance(key, str) and (value is None or isinstance(value, str)):
            to_bytes(key)
            if value is not None:
                to_bytes(value)
            return key, value
    raise Unreadable("not a storage change")
