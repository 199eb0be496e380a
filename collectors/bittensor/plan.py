"""What the Bittensor collector is told: one network, as the last run left it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitor.model import Cursor


class BittensorPlan(NamedTuple):
    """One network, as the last run left it."""

    network: str | None
    """The pinned name, e.g. "bittensor:finney"; None before the first contact."""
    name_override: str | None
    """BITTENSOR_NETWORK."""
    expected_chain_id: str | None
    """The genesis hash, pinned with the name."""
    cursor: Cursor | None
    hotkeys: Mapping[str, tuple[int, ...]]
    """Watched hotkey -> the subnets it is watched on, as far as they are known."""
    everywhere: frozenset[str]
    """Hotkeys that are watched on whatever subnet they are registered: looked for where `discover` says so."""
    subnets: frozenset[int]
    """Watched for themselves; those of hotkeys are read as well."""
    coldkeys: frozenset[str]
    discover: bool
    """Whether it is time to ask on which subnets the hotkeys of `everywhere` are."""
    spec_version: int | None
    """Of the runtime that wrote the last state read."""
    max_catchup: int
    """Blocks; further behind becomes a coverage gap."""
    block_time: int | None
    """Of the last state read, UTC seconds; None where none was."""
    stale_after: int
    """Seconds after which a head is too old to be preferred to another endpoint's."""
    now: int
    """Wall clock of the run, UTC seconds."""
    first_look: int = 1
    """Blocks that are read at the first contact."""
