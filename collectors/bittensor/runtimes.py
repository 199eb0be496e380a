"""The runtimes a run needs: which one wrote a block, and its metadata from disk or from the node."""

from __future__ import annotations

from pathlib import Path

from collectors.bittensor.block_facts import header_of
from collectors.bittensor.codec import Runtime
from collectors.bittensor.hexadecimal import to_bytes
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.metadata import fetch_metadata
from collectors.bittensor.metadata_cache import MetadataCache
from collectors.errors import Unreadable

LAST_RUNTIME_UPGRADE = "0x26aa394eea5630e07c48ae0c9558cef7f9cce9c888469bb1a0dceaa129672ef8"
"""The key of `System.LastRuntimeUpgrade`: the same in every Substrate runtime, so that it is known before any of its
metadata. It names the runtime that wrote the block's state and events."""


class Runtimes:
    """Of one chain, by spec version. `genesis`: what their files are called after."""

    def __init__(self, rpc: JsonRpc, cache: Path, genesis: str, known: dict[int, Runtime] | None = None) -> None:
        self._rpc, self._folder, self._genesis = rpc, cache, genesis
        self._cache = MetadataCache(cache)
        self._open = {} if known is None else known

    def through(self, rpc: JsonRpc) -> Runtimes:
        """The same, fetched from other nodes where they are missing."""
        return Runtimes(rpc, self._folder, self._genesis, self._open)

    def at_hand(self, spec_version: int) -> bool:
        """Whether it need not be fetched."""
        if spec_version not in self._open:
            kept = self._cache.kept(self._genesis, spec_version)
            if kept is not None:
                self._open[spec_version] = kept
        return spec_version in self._open

    def of(self, spec_version: int, block_hash: str, endpoint: str | None = None) -> Runtime:
        """The runtime that wrote `block_hash`. Raises SourceError."""
        if not self.at_hand(spec_version):
            # The block of an upgrade was written by the runtime before, and holds the one after: then its parent's.
            self._open[spec_version] = self._cache.runtime(
                self._genesis,
                spec_version,
                lambda: fetch_metadata(self._rpc, block_hash, endpoint=endpoint),
                lambda: self._fetch_of_parent(block_hash, endpoint),
            )
        return self._open[spec_version]

    def _fetch_of_parent(self, block_hash: str, endpoint: str | None) -> bytes:
        header = header_of(self._rpc.one("chain_getHeader", block_hash, endpoint=endpoint).value)
        return fetch_metadata(self._rpc, header.parent, endpoint=endpoint)


def spec_of(raw: object) -> int:
    """Out of `System.LastRuntimeUpgrade`, which begins with the version as a compact number. Raises Unreadable."""
    data = to_bytes(raw)
    mode = data[0] & 3 if data else 3
    width = {0: 1, 1: 2, 2: 4}.get(mode)
    if width is None or len(data) < width:
        raise Unreadable("not the version of a runtime")
    return int.from_bytes(data[:width], "little") >> 2
