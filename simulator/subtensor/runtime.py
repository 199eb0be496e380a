"""A runtime: one release of the chain's code, with its metadata, keys and bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from simulator.subtensor.expression import parsed
from simulator.subtensor.hashing import hashed, twox128
from simulator.subtensor.metadata import metadata
from simulator.subtensor.scale import Codec
from simulator.subtensor.schema import Definition, Entry, Field, Pallet, Schema, Variant, release_461

SPEC_NAME: Final = "node-subtensor"
_APIS: Final = {"df6acb689907609b": 5, "37e397fc7c91f5e4": 2, "fbc577b9d747efd6": 1, "42e62be4a39e5b60": 1}
"""Of those that a real runtime names by hashes and versions, a few."""
_MOVING: Final = "EpochConsensusSet"
"""An event that a release put before all others, so that their numbers moved."""


@dataclass(frozen=True, slots=True)
class Release:
    """What a release changed of 461."""

    spec_version: int = 461
    moved: bool = False
    """Types, events and errors have other numbers."""
    gone: tuple[str, ...] = ()
    """"SubtensorModule.ValidatorTrust", "SubnetInfoRuntimeApi.get_subnet_to_prune": items, calls and methods."""
    retyped: tuple[tuple[str, str], ...] = ()
    """(storage item, the type its values have now)."""


@dataclass(frozen=True, slots=True, eq=False)
class Runtime:
    release: Release
    schema: Schema
    codec: Codec = field(repr=False)
    _metadata: dict[int, bytes] = field(default_factory=dict, repr=False)

    @property
    def spec_version(self) -> int:
        return self.release.spec_version

    def metadata(self, version: int) -> bytes:
        """Raw, of version 14 or 15."""
        if version not in self._metadata:
            first = ("(u8, (u16, u32))", "[u64; 3]") if self.release.moved else ()
            self._metadata[version] = metadata(self.schema, version, first)
        return self._metadata[version]

    def has(self, pallet: str, item: str) -> bool:
        return (pallet, item) in _entries(self)

    def has_method(self, api: str, method: str) -> bool:
        return any(one.name == method for one in self.schema.apis.get(api, ()))

    def entry(self, pallet: str, item: str) -> Entry:
        return _entries(self)[pallet, item]

    def value(self, pallet: str, item: str, value: Any) -> bytes:
        return self.codec.encode(self.entry(pallet, item).value, value)

    def method_result(self, api: str, method: str, value: Any) -> bytes:
        output = next(one.output for one in self.schema.apis[api] if one.name == method)
        return self.codec.encode(output, value)

    def module_error(self, pallet: str, error: str) -> tuple[Any, ...]:
        """As a DispatchError."""
        described = self.schema.pallet(pallet)
        variants = (described.errors.variants if described.errors else None) or ()
        number = next(one.number for one in variants if one.name == error)
        return "Module", (described.index, bytes([number, 0, 0, 0]))

    def version(self) -> dict[str, Any]:
        """As `state_getRuntimeVersion` answers it."""
        return {
            "specName": SPEC_NAME,
            "implName": SPEC_NAME,
            "authoringVersion": 1,
            "specVersion": self.spec_version,
            "implVersion": 1,
            "apis": [[f"0x{name}", version] for name, version in _APIS.items()],
            "transactionVersion": 1,
            "systemVersion": 1,
            "stateVersion": 1,
        }


@lru_cache(maxsize=32)
def _entries(of: Runtime) -> Mapping[tuple[str, str], Entry]:
    return {(pallet.name, entry.name): entry for pallet in of.schema.pallets for entry in pallet.storage}


@lru_cache(maxsize=32)
def runtime(release: Release = Release()) -> Runtime:
    schema = _without(release_461(), release.gone)
    if release.moved:
        schema = _moved(schema)
    schema = _retyped(schema, dict(release.retyped))
    schema = _versioned(schema, release.spec_version)
    return Runtime(release, schema, Codec(schema))


def storage_key(pallet: str, item: str, parts: tuple[Any, ...] = ()) -> bytes:
    """Of an item of release 461, whose keys no other release changes."""
    known = release_461().pallet(pallet)
    entry, codec = known.entry(item), _codec()
    key = [twox128(known.prefix or pallet), twox128(item)]
    for hasher, kind, part in zip(entry.hashers, entry.keys, parts, strict=True):
        key.append(hashed(hasher, codec.encoder(parsed(kind))(part)))
    return b"".join(key)


@lru_cache(maxsize=1)
def _codec() -> Codec:
    return Codec(release_461())


def _changed(schema: Schema, name: str, **parts: Any) -> Schema:
    pallets = tuple(replace(one, **parts) if one.name == name else one for one in schema.pallets)
    return replace(schema, pallets=pallets)


def _without(schema: Schema, gone: Iterable[str]) -> Schema:
    for name in gone:
        first, _, item = name.partition(".")
        if first in schema.apis:
            left = tuple(one for one in schema.apis[first] if one.name != item)
            schema = replace(schema, apis={**schema.apis, first: left})
            continue
        pallet = schema.pallet(first)
        parts: dict[str, Any] = {"storage": tuple(one for one in pallet.storage if one.name != item)}
        for kind in ("calls", "events"):
            one: Definition | None = getattr(pallet, kind)
            if one is not None:
                parts[kind] = one._replace(variants=tuple(v for v in one.variants or () if v.name != item))
        schema = _changed(schema, first, **parts)
    return schema


def _moved(schema: Schema) -> Schema:
    pallet = schema.pallet("SubtensorModule")
    added = Variant(0, _MOVING, (Field("netuid", "NetUid"), Field("consensus", "u8")))
    return _changed(
        schema,
        "SubtensorModule",
        events=_shifted(pallet.events, added),
        errors=_shifted(pallet.errors, Variant(0, "EpochConsensusOutOfBounds")),
    )


def _shifted(definition: Definition | None, first: Variant) -> Definition | None:
    if definition is None or definition.variants is None:
        return definition
    later = tuple(one._replace(number=one.number + 1) for one in definition.variants)
    return definition._replace(variants=(first, *later))


def _retyped(schema: Schema, types: Mapping[str, str]) -> Schema:
    for name, kind in types.items():
        pallet_name, _, item = name.partition(".")
        pallet: Pallet = schema.pallet(pallet_name)
        default = Codec(schema).encode(kind, 0) if pallet.entry(item).default is not None else None
        storage = tuple(
            one._replace(value=kind, default=default) if one.name == item else one for one in pallet.storage
        )
        schema = _changed(schema, pallet_name, storage=storage)
    return schema


def _versioned(schema: Schema, spec_version: int) -> Schema:
    constants = []
    for one in schema.pallet("System").constants:
        value = one.value
        if one.name == "Version":
            value = Codec(schema).encode(one.type, version_struct(spec_version))
        constants.append(one._replace(value=value))
    return _changed(schema, "System", constants=tuple(constants))


def version_struct(spec_version: int) -> dict[str, Any]:
    """As `Core_version` answers it."""
    return {
        "spec_name": SPEC_NAME,
        "impl_name": SPEC_NAME,
        "authoring_version": 1,
        "spec_version": spec_version,
        "impl_version": 1,
        "apis": [(bytes.fromhex(name), version) for name, version in _APIS.items()],
        "transaction_version": 1,
        "system_version": 1,
    }
