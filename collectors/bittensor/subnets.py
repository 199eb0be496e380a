"""A subnet's state, from storage and from what its runtime calls answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from collectors.bittensor.state import MISSHAPEN, State, T, fixed_of, vector_of
from collectors.bittensor.wanted import MECHANISMS
from monitor.bittensor.subnet import Consensus, Hyperparameters, HyperparameterValue, SubnetState, Vectors
from monitor.bittensor.units import RAO, storage_index

PRICE_BITS = 32
"""I96F32."""
U64F64_BITS = 64
HYPERPARAMETER_BITS = {"I32F32": 32, "U64F64": 64}
_IN_STORAGE = {
    "immunity_period": "ImmunityPeriod",
    "weights_rate_limit": "WeightsSetRateLimit",
    "weights_version": "WeightsVersionKey",
    "max_validators": "MaxAllowedValidators",
    "commit_reveal_period": "RevealPeriodEpochs",
    "activity_cutoff_factor": "ActivityCutoffFactorMilli",
}
METAGRAPH_INDEXES = (52, 66, 69, 71)
"""hotkeys, block_at_registration, total_stake, alpha_dividends_per_hotkey (SelectiveMetagraphIndex)."""


def subnet_of(
    state: State, netuid: int, block: int, hyperparameters: Any, metagraph: Any, alpha_price: Any
) -> SubnetState:
    """The last three are results of runtime calls, decoded; None where there was none."""
    mechanisms = state.number("MechanismCountCurrent", netuid)
    tempo = state.number("Tempo", netuid)
    hotkeys = _part(state, metagraph, "hotkeys", lambda column: vector_of(str, column))
    owner_hotkey = state.text("SubnetOwnerHotkey", netuid)
    return SubnetState(
        netuid=netuid,
        exists=state.flag("NetworksAdded", netuid),
        tempo=tempo,
        last_epoch_block=_last_epoch(state, netuid, tempo, block),
        epoch_index=state.number("SubnetEpochIndex", netuid),
        pending_epoch_at=state.number("PendingEpochAt", netuid),
        blocks_since_last_step=state.number("BlocksSinceLastStep", netuid),
        hyperparameters=_hyperparameters(state, netuid, hyperparameters),
        stored=_stored(state, netuid),
        owner=state.text("SubnetOwner", netuid),
        owner_hotkey=owner_hotkey,
        consensus=_consensus(state, netuid),
        alpha_price=alpha_price if isinstance(alpha_price, int) else _pool_price(state, netuid),
        moving_price=state.fixed("SubnetMovingPrice", PRICE_BITS, netuid),
        tao_in_emission=state.number("SubnetTaoInEmission", netuid),
        emission_enabled=state.flag("SubnetEmissionEnabled", netuid),
        registered_at=state.number("NetworkRegisteredAt", netuid),
        neurons=state.number("SubnetworkN", netuid),
        max_uids=state.number("MaxAllowedUids", netuid),
        min_non_immune=state.number("MinNonImmuneUids", netuid),
        registration_allowed=state.flag("NetworkRegistrationAllowed", netuid),
        burn=state.number("Burn", netuid),
        mechanisms=mechanisms,
        miner_burned=state.fixed("MinerBurned", U64F64_BITS, netuid),
        alpha_dividends_total=_part(state, metagraph, "alpha_dividends_per_hotkey", _total),
        owner_uids=_positions(hotkeys, owner_hotkey),
        vectors=Vectors(
            last_update=_by_mechanism(state, "LastUpdate", netuid, mechanisms),
            incentive=_by_mechanism(state, "Incentive", netuid, mechanisms),
            active=state.vector(bool, "Active", netuid),
            validator_permit=state.vector(bool, "ValidatorPermit", netuid),
            validator_trust=state.vector(int, "ValidatorTrust", netuid),
            dividends=state.vector(int, "Dividends", netuid),
            consensus=state.vector(int, "Consensus", netuid),
            emission=state.vector(int, "Emission", netuid),
            registered_at=_part(state, metagraph, "block_at_registration", _whole_numbers),
            total_stake=_part(state, metagraph, "total_stake", _whole_numbers),
            hotkeys=hotkeys,
        ),
    )


def _last_epoch(state: State, netuid: int, tempo: int | None, block: int) -> int | None:
    """LastEpochBlock; before runtime 423 an epoch ran where (block + netuid + 2) % (tempo + 1) was 0."""
    if state.has("LastEpochBlock"):
        return state.number("LastEpochBlock", netuid)
    return block - (block + netuid + 2) % (tempo + 1) if tempo else None


def _consensus(state: State, netuid: int) -> Consensus | None:
    if not state.has("SubnetEpochConsensus"):
        return "yuma"
    return state.read(_named_consensus, "SubnetEpochConsensus", netuid)


def _named_consensus(value: Any) -> Consensus:
    """Nothing stored: a subnet that has the one it was born with."""
    if isinstance(value, bool):
        raise TypeError
    known: dict[object, Consensus] = {None: "yuma", 0: "yuma", "Yuma": "yuma", 1: "null", "Null": "null"}
    return known[value]


def _by_mechanism(state: State, item: str, netuid: int, mechanisms: int | None) -> tuple[tuple[int, ...] | None, ...]:
    """None alone where nobody knows how many there are: the first one is not all of them."""
    if mechanisms is None and state.has("MechanismCountCurrent"):
        return (None,)
    count = min(mechanisms or 1, MECHANISMS + 1)  # one more than any subnet has tells as much as thousands
    return tuple(state.vector(int, item, storage_index(netuid, number)) for number in range(count))


def _pool_price(state: State, netuid: int) -> int | None:
    """Rao of τ for one alpha, from the pool: exact where its weights are equal."""
    tao, alpha = state.number("SubnetTAO", netuid), state.number("SubnetAlphaIn", netuid)
    return tao * RAO // alpha if tao is not None and alpha else None


def _hyperparameters(state: State, netuid: int, told: Any) -> Hyperparameters | None:
    """By name: of `get_subnet_hyperparams_v3` a list of names and values, of its forerunners a structure."""
    found: dict[str, Any] = {}
    entries = told.items() if isinstance(told, Mapping) else told
    for entry in entries if isinstance(entries, Iterable) else () if told is None else (told,):
        try:
            name, value = _named_value(entry)
        except MISSHAPEN:
            state.undecoded.add("SubnetInfoRuntimeApi.get_subnet_hyperparams")
        else:
            found[name] = value
    if not found:
        return None
    # Nothing stored is a split too, by equal parts: who sets one, or takes it away, changes who is paid.
    split = state.read(lambda value: () if value is None else vector_of(int, value), "MechanismEmissionSplit", netuid)
    stored: dict[str, Any] = {
        "max_allowed_uids": state.number("MaxAllowedUids", netuid),
        "min_non_immune_uids": state.number("MinNonImmuneUids", netuid),
        "mechanism_count": state.number("MechanismCountCurrent", netuid),
        "mechanism_emission_split": split,
        "recycle_or_burn": state.text("RecycleOrBurn", netuid),
        "subnet_emission_enabled": state.flag("SubnetEmissionEnabled", netuid),
    }
    return {**found, **{name: value for name, value in stored.items() if value is not None}}


def _stored(state: State, netuid: int) -> dict[str, int]:
    found = {name: state.number(item, netuid) for name, item in _IN_STORAGE.items()}
    return {name: value for name, value in found.items() if value is not None}


def _named_value(entry: Any) -> tuple[str, HyperparameterValue]:
    """Of a structure, or of a list of {"name": …, "value": {kind: …}}. Raises one of MISSHAPEN."""
    if isinstance(entry, tuple):
        name, content = entry
        return _text(name), _plain("I32F32", content)
    ((kind, content),) = entry["value"].items()
    return _text(entry["name"]), _plain(str(kind), content)


def _plain(kind: str, value: Any) -> HyperparameterValue:
    if isinstance(value, Mapping):
        return fixed_of(value, HYPERPARAMETER_BITS.get(kind, 32))
    if isinstance(value, list | tuple):
        return vector_of(int, value)
    if not isinstance(value, bool | int | str):
        raise TypeError
    plain: HyperparameterValue = value
    return plain


def _text(value: Any) -> str:
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).decode("utf-8", "replace") if value.startswith("0x") else value
    return bytes(vector_of(int, value)).decode("utf-8", "replace")


def _part(state: State, graph: Any, name: str, make: Callable[[Any], T]) -> T | None:
    """Of a metagraph; None where it is not told, or has a shape that `make` does not know."""
    if graph is None or (isinstance(graph, Mapping) and graph.get(name) is None):
        return None
    try:
        return make(graph[name])
    except MISSHAPEN:
        state.undecoded.add("SubnetInfoRuntimeApi.get_selective_metagraph")
        return None


def _total(dividends: Any) -> int:
    return sum(vector_of(int, [amount for _, amount in dividends]))


def _whole_numbers(column: Any) -> tuple[int, ...]:
    return vector_of(int, column)


def _positions(hotkeys: tuple[str, ...] | None, owner: str | None) -> tuple[int, ...] | None:
    if hotkeys is None or owner is None:
        return None
    return tuple(uid for uid, hotkey in enumerate(hotkeys) if hotkey == owner)
