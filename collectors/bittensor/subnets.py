"""A subnet's state, from storage and from what its runtime calls answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.bittensor.state import MISSHAPEN, UNREAD, State, T, vector_of
from monitor.bittensor.subnet import Consensus, Hyperparameters, SubnetState, Vectors
from monitor.bittensor.units import RAO, storage_index

PRICE_BITS = 32
"""I96F32."""
U64F64_BITS = 64
HYPERPARAMETER_BITS = {"I32F32": 32, "U64F64": 64}
METAGRAPH_INDEXES = (52, 66, 69, 71)
"""hotkeys, block_at_registration, total_stake, alpha_dividends_per_hotkey (SelectiveMetagraphIndex)."""


def subnet_of(
    state: State, netuid: int, block: int, hyperparameters: Any, metagraph: Any, alpha_price: Any
) -> SubnetState:
    """The last three are results of runtime calls, decoded; None where there was none."""
    graph: Mapping[str, Any] = metagraph if isinstance(metagraph, Mapping) else {}
    mechanisms = state.number("MechanismCountCurrent", netuid)
    count = mechanisms or 1
    tempo = state.number("Tempo", netuid)
    hotkeys = _column(str, graph.get("hotkeys"))
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
        alpha_dividends_total=_total(graph.get("alpha_dividends_per_hotkey")),
        owner_uids=_positions(hotkeys, owner_hotkey),
        vectors=Vectors(
            last_update=tuple(state.vector(int, "LastUpdate", storage_index(netuid, n)) for n in range(count)),
            incentive=tuple(state.vector(int, "Incentive", storage_index(netuid, n)) for n in range(count)),
            active=state.vector(bool, "Active", netuid),
            validator_permit=state.vector(bool, "ValidatorPermit", netuid),
            validator_trust=state.vector(int, "ValidatorTrust", netuid),
            dividends=state.vector(int, "Dividends", netuid),
            consensus=state.vector(int, "Consensus", netuid),
            emission=state.vector(int, "Emission", netuid),
            registered_at=_column(int, graph.get("block_at_registration")),
            total_stake=_column(int, graph.get("total_stake")),
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
    value = state.value("SubnetEpochConsensus", netuid)
    return None if value is UNREAD else "null" if value in (1, "Null") else "yuma"


def _pool_price(state: State, netuid: int) -> int | None:
    """Rao of τ for one alpha, from the pool: exact where its weights are equal."""
    tao, alpha = state.number("SubnetTAO", netuid), state.number("SubnetAlphaIn", netuid)
    return tao * RAO // alpha if tao is not None and alpha else None


def _hyperparameters(state: State, netuid: int, told: Any) -> Hyperparameters | None:
    """By name: of `get_subnet_hyperparams_v3` a list of names and values, of its forerunners a structure."""
    found: dict[str, Any] = {}
    if isinstance(told, Mapping):
        found = {name: _plain("I32F32", value) for name, value in told.items()}
    elif isinstance(told, list | tuple):
        for entry in told:
            name, value = _text(entry.get("name")), entry.get("value")
            if name is not None and isinstance(value, Mapping) and len(value) == 1:
                ((kind, content),) = value.items()
                found[name] = _plain(str(kind), content)
    if not found:
        return None
    split = state.value("MechanismEmissionSplit", netuid)
    recycle = state.text("RecycleOrBurn", netuid)
    stored: dict[str, Any] = {
        "max_allowed_uids": state.number("MaxAllowedUids", netuid),
        "min_non_immune_uids": state.number("MinNonImmuneUids", netuid),
        "mechanism_count": state.number("MechanismCountCurrent", netuid),
        "mechanism_emission_split": tuple(split) if isinstance(split, list | tuple) else None,
        "recycle_or_burn": recycle,
        "subnet_emission_enabled": state.flag("SubnetEmissionEnabled", netuid),
    }
    return {**found, **{name: value for name, value in stored.items() if value is not None}}


def _plain(kind: str, value: Any) -> Any:
    bits = value.get("bits") if isinstance(value, Mapping) else None
    return value if not isinstance(bits, int) else bits / 2 ** HYPERPARAMETER_BITS.get(kind, 32)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return bytes.fromhex(value[2:]).decode("utf-8", "replace") if value.startswith("0x") else value
    return bytes(value).decode("utf-8", "replace") if isinstance(value, list | tuple | bytes) else None


def _column(kind: type[T], value: Any) -> tuple[T, ...] | None:
    """Of a metagraph, by uid."""
    try:
        return vector_of(kind, value)
    except MISSHAPEN:
        return None


def _total(dividends: Any) -> int | None:
    try:
        return sum(vector_of(int, [amount for _, amount in dividends]))
    except MISSHAPEN:
        return None


def _positions(hotkeys: tuple[str, ...] | None, owner: str | None) -> tuple[int, ...] | None:
    if hotkeys is None or owner is None:
        return None
    return tuple(uid for uid, hotkey in enumerate(hotkeys) if hotkey == owner)
