"""What a run learned about the nodes it asked. Values only; imports nothing of ours."""

from __future__ import annotations

from typing import NamedTuple


class EndpointReading(NamedTuple):
    """One endpoint in one run. A field is None where it was not asked or the node does not tell."""

    label: str
    """host#ordinal"""
    kind: str | None
    """"own", "public" or None."""
    answered: bool | None
    """None: not asked in this run."""
    error: str | None = None
    """Redacted: class and status only."""
    chain_id: str | None = None
    head_level: int | None = None
    head_hash: str | None = None
    head_timestamp: int | None = None
    bootstrapped: bool | None = None
    sync_state: str | None = None
    peers: int | None = None


class Disagreement(NamedTuple):
    """Two endpoints told different hashes for one finalised level."""

    level: int
    endpoints: tuple[str, str]


class UnreadableLevel(NamedTuple):
    """An answer that no endpoint gave in a shape that can be judged."""

    level: int
    reason: str
    since: int


class Reorganisation(NamedTuple):
    """Finalised blocks that were replaced: the last level both histories share, and the level we had read."""

    common_level: int
    read_level: int


class SourceReading(NamedTuple):
    """A network's source as one run saw it."""

    network: str
    endpoints: tuple[EndpointReading, ...]
    expected_chain_id: str | None
    """Pinned on the first run; None before."""
    head_level: int | None
    """The best head of an endpoint on the right chain; None when nobody answered."""
    head_timestamp: int | None
    disagreement: Disagreement | None = None
    unreadable: UnreadableLevel | None = None
    reorganisation: Reorganisation | None = None
    failure: str | None = None
    """Why no level could be read although some waited and somebody answered, redacted; None where one was read."""
