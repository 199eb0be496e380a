"""One subnet: its clock, its hyperparameters, its economy, and the vectors that hold a value for every uid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeVar

from monitor.bittensor.units import U16_MAX

T = TypeVar("T")

HyperparameterValue = bool | int | float | str | tuple[int, ...]
"""bool, int (u16 to u128, rao), float (fixed point), or a list of u16 (the emission split of mechanisms)."""
Hyperparameters = Mapping[str, HyperparameterValue]

Consensus = Literal["yuma", "null"]


class Vectors(NamedTuple):
    """By uid. Fractions are as stored, of 65,535; emission is alpha rao per epoch; a vector not read is None.

    A vector may be shorter than the subnet for a moment; `at` answers None beyond its end.
    """

    last_update: tuple[tuple[int, ...] | None, ...] = ()
    """By mechanism: the block of the last weights set or committed (LastUpdate)."""
    incentive: tuple[tuple[int, ...] | None, ...] = ()
    """By mechanism."""
    active: tuple[bool, ...] | None = None
    validator_permit: tuple[bool, ...] | None = None
    validator_trust: tuple[int, ...] | None = None
    dividends: tuple[int, ...] | None = None
    consensus: tuple[int, ...] | None = None
    emission: tuple[int, ...] | None = None
    registered_at: tuple[int, ...] | None = None
    """BlockAtRegistration."""
    total_stake: tuple[int, ...] | None = None
    """Stake weight: alpha, and τ on root by TaoWeight (index 69 of the selective metagraph)."""
    hotkeys: tuple[str, ...] | None = None


class SubnetState(NamedTuple):
    """`netuid` at one block."""

    netuid: int
    exists: bool | None = None
    """NetworksAdded."""
    tempo: int | None = None
    last_epoch_block: int | None = None
    """LastEpochBlock; before runtime 423 what the modular rule gives."""
    epoch_index: int | None = None
    """SubnetEpochIndex."""
    pending_epoch_at: int | None = None
    """0 where none is asked for."""
    blocks_since_last_step: int | None = None
    hyperparameters: Hyperparameters | None = None
    """Every name of `get_subnet_hyperparams_v3` (v2, v1 of older runtimes), and from storage: max_allowed_uids,
    min_non_immune_uids, mechanism_count, mechanism_emission_split, recycle_or_burn, subnet_emission_enabled."""
    stored: Mapping[str, int] = {}
    """Hyperparameters that rules need, from storage: known also where the runtime's call does not tell them, as in the
    block of an upgrade."""
    owner: str | None = None
    owner_hotkey: str | None = None
    consensus: Consensus | None = None
    """SubnetEpochConsensus; "yuma" for runtimes that know no other."""
    alpha_price: int | None = None
    """`current_alpha_price`, rao of τ for one alpha."""
    moving_price: float | None = None
    tao_in_emission: int | None = None
    """SubnetTaoInEmission, rao per block."""
    emission_enabled: bool | None = None
    registered_at: int | None = None
    neurons: int | None = None
    """SubnetworkN"""
    max_uids: int | None = None
    min_non_immune: int | None = None
    registration_allowed: bool | None = None
    burn: int | None = None
    """What a registration costs, rao."""
    mechanisms: int | None = None
    """MechanismCountCurrent"""
    miner_burned: float | None = None
    """MinerBurned: the share of the miners' emission that is burned."""
    alpha_dividends_total: int | None = None
    """Sum of AlphaDividendsPerSubnet over all hotkeys; None where the map was not read."""
    owner_uids: tuple[int, ...] | None = None
    """Uids that are never pruned, being the owner's (get_immune_owner_hotkeys)."""
    vectors: Vectors = Vectors()

    def hyperparameter(self, name: str) -> int | None:
        """A whole number, or None where it is none or was not read."""
        value = (self.hyperparameters or {}).get(name, self.stored.get(name))
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def activity_cutoff(self) -> int | None:
        """Blocks without weights after which a validator is left out of consensus.

        ActivityCutoffFactorMilli x tempo / 1000 where the runtime has the factor, else `activity_cutoff`.
        """
        factor = self.hyperparameter("activity_cutoff_factor")
        if factor and self.tempo:
            return factor * self.tempo // 1000
        return self.hyperparameter("activity_cutoff")

    @property
    def commits_and_reveals(self) -> bool | None:
        """Whether LastUpdate tells of commits, not of weights."""
        value = None if self.hyperparameters is None else self.hyperparameters.get("commit_reveal_weights_enabled")
        return value if isinstance(value, bool) else None


def of_uid(vectors: Vectors, uid: int) -> dict[str, Any]:
    """What the vectors say of a uid, as fields of `Neuron`: `Neuron(netuid, hotkey, True, uid, **of_uid(…))`."""
    return {
        "permit": _at(vectors.validator_permit, uid),
        "active": _at(vectors.active, uid),
        "validator_trust": _share(vectors.validator_trust, uid),
        "dividends": _share(vectors.dividends, uid),
        "incentive": tuple(_share(vector, uid) for vector in vectors.incentive),
        "last_update": tuple(_at(vector, uid) for vector in vectors.last_update),
        "emission": _at(vectors.emission, uid),
        "registered_at": _at(vectors.registered_at, uid),
        "total_stake": _at(vectors.total_stake, uid),
    }


def _at(vector: tuple[T, ...] | None, uid: int) -> T | None:
    return vector[uid] if vector is not None and uid < len(vector) else None


def _share(vector: tuple[int, ...] | None, uid: int) -> float | None:
    value = _at(vector, uid)
    return None if value is None else value / U16_MAX
