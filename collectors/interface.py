"""What a network's collector is told, and what it hands back, piece by piece, while it reads.

A collector is a generator of items. It never sees the database: what it must know comes in a `Plan`, what it found
leaves in the items, in the order in which they must be stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from monitor.model import Batch, Cursor, Reading
from monitor.source_model import Reorganisation, SourceReading

READ_FAILED = "failed"
"""The reason of a target that is due because its state was asked and not told."""

HASHES = 100
"""Levels whose hashes are known, to find the common level after a reorganisation."""


class Plan(NamedTuple):
    """One network, as the last run left it."""

    network: str | None
    """The pinned name, e.g. "tezos:mainnet"; None before the first contact."""
    name_override: str | None
    """TEZOS_NETWORK, or a delegate's "network"."""
    expected_chain_id: str | None
    cursor: Cursor | None
    hashes: Mapping[int, str]
    """Hashes of the newest levels stored, to find the common level after a reorganisation."""
    watched: Mapping[str, int | None]
    """target -> first level it is judged at; None for a target that is new in this run."""
    readings: Mapping[tuple[str, str], Reading]
    """(target, kind) -> the newest stored."""
    due: tuple[tuple[str, str], ...]
    """(target, reason), oldest first."""
    cycle: int | None
    """The cycle of the newest block that told one."""
    unrevealed: Mapping[int, str]
    """Level of a seed nonce commitment that was not revealed yet -> its baker."""
    first_look: int
    """Levels of the first look (BLOCK_SLIDING_WINDOW_SIZE)."""
    max_catchup: int
    """Levels; further behind becomes a coverage gap."""
    stale_after: int
    """Seconds after which a head is too old to be preferred to another endpoint's."""
    want_peers: bool
    now: int
    """Wall clock of the run, UTC seconds."""


class Probed(NamedTuple):
    """The source answered: comes before any batch."""

    network: str
    chain_id: str
    first_level: int
    """The next level to read."""
    final_level: int
    """The newest finalised level (head - 2)."""
    head_timestamp: int


class Blocked(NamedTuple):
    """No endpoint gave this level in a shape that can be judged; it is asked again by the next run."""

    network: str
    level: int
    reason: str
    since: int


class Reorganised(NamedTuple):
    """Finalised history was replaced. Reading goes on after the common level in the next run."""

    network: str
    reorganisation: Reorganisation
    common_hash: str


class Finished(NamedTuple):
    """The last item of every collection, whatever happened."""

    network: str | None
    source: SourceReading
    readings: tuple[Reading, ...] = ()
    read_targets: tuple[str, ...] = ()
    """Targets whose state was read in this run: no longer due."""
    failed_targets: tuple[str, ...] = ()
    """Targets whose state was asked and not told: due again, after all others."""
    requests: int = 0
    error: str | None = None
    """Why the network could not be read, redacted; None when it was (or when only time ran out)."""
    caught_up: bool = False
    skipped: tuple[str, ...] = ()
    """What was not checked in this run and why, for `status`."""


if TYPE_CHECKING:  # nothing of Bittensor is imported where nobody watches it
    from collectors.bittensor.interface import BlocksRead, Snapshot

Item: TypeAlias = "Probed | Batch | Blocked | Reorganised | BlocksRead | Snapshot | Finished"


class Collector(Protocol):
    """One folder in collectors/ gives one of these. Raises nothing: what goes wrong is in `Finished`."""

    def collect(self, plan: Plan) -> Iterator[Item]: ...
