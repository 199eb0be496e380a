"""What the Bittensor collector is told: read from the database in one short transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from collectors.bittensor.plan import BittensorPlan
from monitor.bittensor_targets import BittensorTargets
from monitor.config.names import BITTENSOR_RPC_URL
from monitor.config.settings import Settings
from monitor.cursor import load_cursor
from monitor.model import Reading
from monitor.networks import pinned
from monitor.readings import load_readings
from monitor.rules.bittensor.watched import CHAIN
from monitor.targets import targets

if TYPE_CHECKING:
    from collectors.bittensor.interface import Snapshot

SNAPSHOT = "snapshot"
"""The kind of the reading that remembers the newest state: its runtime, when it was judged, and the last discovery."""
DISCOVERY_SECONDS = 900
"""Between two looks at all subnets for hotkeys that are watched everywhere: registering is no matter of minutes."""


def load_bittensor_plan(
    connection: Connection, watched: BittensorTargets, settings: Settings, now: int
) -> BittensorPlan:
    """`now`: wall clock of the run, UTC seconds."""
    pin = pinned(connection, BITTENSOR_RPC_URL)
    network = pin.name if pin else None
    stored = targets(connection, network) if network else {}
    newest = load_readings(connection, network).get((CHAIN, SNAPSHOT)) if network else None
    known = {} if newest is None else newest.value
    return BittensorPlan(
        network=network,
        name_override=settings.bittensor_network,
        expected_chain_id=pin.chain_id if pin else None,
        cursor=load_cursor(connection, network) if network else None,
        hotkeys=_hotkeys(watched, stored),
        everywhere=watched.everywhere,
        subnets=frozenset(subnet.netuid for subnet in watched.on.subnets),
        coldkeys=frozenset(coldkey.coldkey for coldkey in watched.on.coldkeys),
        discover=_is_due(watched, newest, now),
        spec_version=known.get("spec"),
        max_catchup=settings.bittensor_max_catchup_blocks,
        block_time=known.get("block_time"),
        stale_after=settings.alert_inactive_state_threshold,
        now=now,
    )


def neurons_known(before: Mapping[str, tuple[int, ...]], snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    """Hotkey -> the subnets it is known on, with those where the snapshot found it. Who was deregistered stays."""
    found = {hotkey: set(netuids) for hotkey, netuids in before.items()}
    for (netuid, hotkey), neuron in snapshot.neurons.items():
        if neuron.registered:
            found.setdefault(hotkey, set()).add(netuid)
    return {hotkey: tuple(sorted(netuids)) for hotkey, netuids in found.items()}


def _hotkeys(watched: BittensorTargets, stored: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    """From the list, and for hotkeys watched everywhere from what was found before."""
    found: dict[str, set[int]] = {entry.hotkey: set(entry.netuids or ()) for entry in watched.on.hotkeys}
    for entry in watched.on.hotkeys:
        found[entry.hotkey] |= set(entry.netuids or ())
    for target in stored:
        netuid, slash, hotkey = target.partition("/")
        if slash and hotkey in watched.everywhere:
            found[hotkey].add(int(netuid))
    return {hotkey: tuple(sorted(netuids)) for hotkey, netuids in found.items()}


def _is_due(watched: BittensorTargets, newest: Reading | None, now: int) -> bool:
    if not watched.everywhere:
        return False
    at = None if newest is None else newest.value.get("discovered_at")
    looked_for = () if newest is None else newest.value.get("looked_for", ())
    return at is None or now - at >= DISCOVERY_SECONDS or not watched.everywhere <= set(looked_for)
