"""Raw metadata on disk, by genesis hash and spec version, so that a run need not fetch 400 kB.

A file is a checksum and the metadata, written beside itself and moved into place: it is whole or not there. What cannot
be read is missing. Nothing here is needed: without the folder every run fetches.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from collectors.bittensor.codec import Runtime, open_runtime
from collectors.bittensor.hexadecimal import to_bytes
from collectors.errors import Unreadable

MOST_FILES = 8
_CHECKSUM = 32
_LARGEST = 16 * 1024 * 1024
"""Bytes; metadata of runtime 461 have 386,733."""


class MetadataCache:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def kept(self, genesis: str, spec_version: int) -> Runtime | None:
        """From disk; None where it is not there, damaged, or of no use. Raises Unreadable for no genesis hash."""
        kept = _read(self._path(genesis, spec_version))
        if kept is not None:
            try:
                return open_runtime(kept, spec_version)
            except Unreadable:
                pass  # written by another version of this program, or for another decoder
        return None

    def runtime(self, genesis: str, spec_version: int, *fetches: Callable[[], bytes]) -> Runtime:
        """From disk, else what the first of `fetches` gives that is this runtime's. Raises what they raise, and
        Unreadable where none gives metadata of this runtime, of a known shape; others are not kept."""
        kept = self.kept(genesis, spec_version)
        if kept is not None:
            return kept
        problem = Unreadable("no metadata of a runtime")
        for fetch in fetches:
            fetched = fetch()
            try:
                runtime = open_runtime(fetched, spec_version)
            except Unreadable as error:
                problem = error
                continue
            self._write(self._path(genesis, spec_version), fetched)
            return runtime
        raise problem

    def _path(self, genesis: str, spec_version: int) -> Path:
        """Only the digits of the genesis hash come into the name: 16 of them are enough."""
        return self._folder / f"md-{to_bytes(genesis).hex()[:16]}-{spec_version}.bin"

    def _write(self, path: Path, metadata: bytes) -> None:
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_checksum(metadata) + metadata)
            os.replace(temporary, path)
            self._drop_oldest()
        except OSError:  # a full disk, a folder of somebody else: the next run fetches again
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _drop_oldest(self) -> None:
        files = sorted(self._folder.glob("md-*.bin*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[MOST_FILES:]:
            path.unlink(missing_ok=True)


def _checksum(metadata: bytes) -> bytes:
    return hashlib.blake2b(metadata, digest_size=_CHECKSUM).digest()


def _read(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    metadata = data[_CHECKSUM:]
    return metadata if metadata and data[:_CHECKSUM] == _checksum(metadata) else None
