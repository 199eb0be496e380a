"""What a collector is told of its network: read from the database in one short transaction."""

from __future__ import annotations

from sqlalchemy import Connection, select

from collectors.interface import HASHES, Plan
from monitor.config.settings import Settings
from monitor.cursor import load_cursor
from monitor.networks import pinned
from monitor.nonces import unrevealed_commitments
from monitor.readings import due_readings, load_readings
from monitor.schema import block
from monitor.state import known_hashes
from monitor.targets import targets
from monitor.watched import WatchedNetwork


def load_plan(connection: Connection, watched: WatchedNetwork, settings: Settings, now: int) -> Plan:
    """`now`: wall clock of the run, UTC seconds."""
    pin = pinned(connection, watched.endpoints_key)
    network = pin.name if pin else None
    cursor = load_cursor(connection, network) if network else None
    stored = targets(connection, network) if network else {}
    cycle = None
    if network and cursor:
        known = (block.c.network == network, block.c.level <= cursor.level, block.c.cycle.is_not(None))
        query = select(block.c.cycle).where(*known).order_by(block.c.level.desc()).limit(1)
        cycle = connection.execute(query).scalar()
    return Plan(
        network=network,
        name_override=watched.name_override,
        expected_chain_id=pin.chain_id if pin else None,
        cursor=cursor,
        hashes=known_hashes(connection, network, cursor.level - HASHES, cursor.level) if network and cursor else {},
        watched={address: stored[address].since_level if address in stored else None for address in watched.delegates},
        readings=load_readings(connection, network) if network else {},
        due=tuple((row.target, row.reason) for row in due_readings(connection, network)) if network else (),
        cycle=cycle,
        unrevealed=unrevealed_commitments(connection, network) if network else {},
        first_look=settings.block_sliding_window_size,
        max_catchup=settings.max_catchup_blocks,
        stale_after=settings.alert_inactive_state_threshold,
        want_peers=settings.min_peers > 0,
        now=now,
    )
