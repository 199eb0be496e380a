"""`/context/delegates/<pkh>`: how a baker stands at a block."""

from __future__ import annotations

from typing import Any

from simulator import address
from simulator.block import level_info
from simulator.chain import Chain
from simulator.events import ATTESTATION, BAKING, Denunciation
from simulator.manager import misbehaviour, operation_hash
from simulator.participation import Participation
from simulator.plan import Baker

Json = Any

TOLERATED_INACTIVITY = 2
"""Cycles. As in the constants."""


def delegate(participation: Participation, baker: Baker, level: int) -> dict[str, Json]:
    """The whole answer; sub-paths answer one of its keys."""
    chain = participation.chain
    rights, cycle = chain.rights, chain.cycle(level)
    stake = rights.stake(baker, level)
    result: dict[str, Json] = {
        "deactivated": rights.deactivated(baker, level),
        "is_forbidden": any(event.forbids for event in _pending(chain, baker, level)),
        "participation": _participation(participation, baker, level),
        "dal_participation": _dal(participation, baker, level),
        "grace_period": last_active_cycle(chain, baker, level) + TOLERATED_INACTIVITY,
        "active_staking_parameters": {
            "limit_of_staking_over_baking_millionth": 0,
            "edge_of_baking_over_staking_billionth": 1000000000,
        },
        "pending_staking_parameters": [],
        "baking_power": str(stake),
        "total_staked": str(stake),
        "total_delegated": "0",
        "min_delegated_in_current_cycle": {
            "amount": "0",
            "level": level_info(chain, max(rights.first_level_of(cycle), chain.plan.first_level)),
        },
        "own_full_balance": str(stake),
        "own_staked": str(stake),
        "own_delegated": "0",
        "external_staked": "0",
        "external_delegated": "0",
        "total_unstaked_per_cycle": [{"cycle": cycle, "deposit": "0"}],
        "denunciations": [
            {
                "operation_hash": operation_hash(chain, event),
                "rewarded": chain.bake(event.level).proposer.address,
                "misbehaviour": misbehaviour(event),
            }
            for event in _pending(chain, baker, level)
        ],
        "estimated_shared_pending_slashed_amount": "0",
        "staking_denominator": "0",
        "current_voting_power": str(stake),
        "voting_power": str(stake),
        "voting_info": {"voting_power": str(stake), "remaining_proposals": 20},
        "consensus_key": _keys(chain, baker, level, companion=False),
        "companion_key": _keys(chain, baker, level, companion=True),
        "stakers": [{"staker": baker.address, "frozen_deposits": str(stake)}],
        "delegators": [baker.address],
    }
    return result


def last_active_cycle(chain: Chain, baker: Baker, level: int) -> int:
    """The last cycle up to the block in which no outage of both duties kept the baker silent throughout."""
    for outage in chain.index.outages.get(baker.address, ()):
        ended = outage.to_level is not None and outage.to_level < level
        if {BAKING, ATTESTATION} <= outage.kinds and outage.from_level <= level and not ended:
            return chain.cycle(outage.from_level - 1)
    return chain.cycle(level)


def _participation(participation: Participation, baker: Baker, level: int) -> dict[str, Json]:
    chain = participation.chain
    cycle, plan = chain.cycle(level), chain.plan
    stakes = chain.rights.stakes(cycle)
    tally = participation.tally(baker, level)
    share = chain.rights.drawn(cycle).get(baker.address, 0) / stakes.total
    expected = int(plan.committee_size * plan.blocks_per_cycle * share)
    minimal = expected * 2 // 3
    allowed, missed = expected - minimal, tally.missed_slots
    if chain.rights.all_attest(level):
        allowed, missed = plan.blocks_per_cycle // 3, tally.missed_levels
    return {
        "expected_cycle_activity": expected,
        "minimal_cycle_activity": minimal,
        "missed_slots": tally.missed_slots,
        "missed_levels": tally.missed_levels,
        "remaining_allowed_missed_slots": max(0, allowed - missed),
        "expected_attesting_rewards": str(expected * 2344 if missed <= allowed else 0),
    }


def _dal(participation: Participation, baker: Baker, level: int) -> dict[str, Json]:
    tally = participation.tally(baker, level)
    enough = tally.dal_levels * 25 >= tally.attested_levels * 16
    expected = participation.chain.rights.drawn(participation.chain.cycle(level)).get(baker.address, 0)
    return {
        "expected_assigned_shards_per_slot": expected // 10**9,
        "delegate_attested_dal_slots": tally.dal_levels,
        "delegate_attestable_dal_slots": tally.attested_levels,
        "expected_dal_rewards": str(expected // 10**4 if enough else 0),
        "sufficient_dal_participation": enough,
        "denounced": False,
    }


def _pending(chain: Chain, baker: Baker, level: int) -> list[Denunciation]:
    """Denunciations seen up to the block; they are dealt with at the end of the next cycle."""
    seen = [event for event in chain.index.accused.get(baker.address, ()) if event.level <= level]
    return [event for event in seen if chain.cycle(level) <= chain.cycle(event.level) + 1]


def _keys(chain: Chain, baker: Baker, level: int, *, companion: bool) -> dict[str, Json]:
    active = chain.companion_key(baker, level) if companion else chain.consensus_key(baker, level)
    pendings = [
        {"cycle": cycle, "pkh": key, "pk": address.public_key(key)}
        for cycle, key in chain.pending_keys(baker, level, companion=companion)
    ]
    result: dict[str, Json] = {"active": {"pkh": active, "pk": address.public_key(active)} if active else None}
    return result | ({"pendings": pendings} if pendings else {})
