"""A delegate as the rules see it: healthy in the middle of cycle 10, unless a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.model import Occurrence
from monitor.rules.delegate_context import DelegateContext, RecentRights
from monitor.tezos_model import Constants, CycleRights, DelegateState

BLOCKS_PER_CYCLE = 14400
SECONDS = 6
START = 10 * BLOCKS_PER_CYCLE
"""First level of cycle 10."""
NOW = 1_800_000_000
"""When the chain is at START."""
MINIMUM = 6_000_000_000

CONSTANTS = Constants(
    protocol="PsTest",
    blocks_per_cycle=BLOCKS_PER_CYCLE,
    minimal_block_delay=SECONDS,
    delay_increment_per_round=3,
    consensus_committee_size=7000,
    nonce_revelation_threshold=480,
    blocks_per_commitment=240,
    minimal_stake=MINIMUM,
    tolerated_inactivity_period=2,
    consensus_rights_delay=2,
    dal_enabled=True,
)

STATE = DelegateState(
    delegate="tz1alice",
    registered=True,
    deactivated=False,
    forbidden=False,
    grace_period=12,
    baking_power=2 * MINIMUM,
    expected_cycle_activity=144_000,  # ten slots per block
    missed_slots=0,
    remaining_allowed_missed_slots=48_000,
    expected_attesting_rewards=1_000_000,
    dal_sufficient=True,
    dal_attestable_slots=100,
    dal_denounced=False,
    denunciations=0,
    consensus_key="tz1alice",
)

NOT_REGISTERED = DelegateState(delegate="tz1alice", registered=False)


def at(position: int, cycle: int = 10, state: DelegateState | None = STATE, **more: Any) -> DelegateContext:
    """The delegate at a position of a cycle, its state read at that very level."""
    level = cycle * BLOCKS_PER_CYCLE + position
    context = DelegateContext(
        level=level,
        cycle=cycle,
        cycle_position=position,
        now=NOW + (level - START) * SECONDS,
        constants=CONSTANTS,
        state=state,
        read_level=level if state is not None else None,
        recent=RecentRights(100, 0, 0),
        rights_now=CycleRights("tz1alice", cycle, 144_000),
        rights_next=CycleRights("tz1alice", cycle + 1, 144_000),
        commitments=(),
    )
    return replace(context, **more)


def with_state(**fields: Any) -> DelegateState:
    return replace(STATE, **fields)


def occurrence(kind: str, block: int, **detail: Any) -> Occurrence:
    return Occurrence("tezos:mainnet", "tz1alice", kind, block, 0, detail)
