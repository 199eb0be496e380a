"""All subnets of a network, each in a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.runtime_calls import SWAP
from collectors.bittensor.subnets import subnet_of
from monitor.bittensor.subnet import SubnetState

ITEMS = (
    *("NetworksAdded", "Tempo", "LastEpochBlock", "SubnetworkN", "MaxAllowedUids", "SubnetOwner", "SubnetOwnerHotkey"),
    *("NetworkRegisteredAt", "SubnetTAO", "SubnetAlphaIn", "SubnetMovingPrice", "SubnetTaoInEmission", "Burn"),
    *("SubnetEmissionEnabled", "SubnetEpochConsensus", "NetworkRegistrationAllowed", "MechanismCountCurrent"),
    *("TokenSymbol", "SubnetIdentitiesV3"),
)
_PRICES = (SWAP, "current_alpha_price_all", ())


@dataclass(frozen=True, slots=True)
class SubnetLine:
    state: SubnetState
    """Without hyperparameters and vectors."""
    name: str | None
    """What its owner calls it; None where nothing is stored."""
    symbol: str | None


def read_subnets(block: AtBlock) -> tuple[SubnetLine, ...]:
    """By netuid. Raises SourceError."""
    netuids = sorted(netuid for (netuid,), added in block.map("NetworksAdded").items() if added)
    state = block.state
    for netuid in netuids:
        for item in ITEMS:
            state.want(item, netuid)
    block.read(_PRICES)
    told = block.result(*_PRICES[:2])
    prices = {one.get("netuid"): one.get("price") for one in told} if isinstance(told, list) else {}
    return tuple(
        SubnetLine(
            subnet_of(state, netuid, block.number, None, None, prices.get(netuid)),
            _name(state.value("SubnetIdentitiesV3", netuid)),
            text_of(state.value("TokenSymbol", netuid)),
        )
        for netuid in netuids
    )


def _name(identity: Any) -> str | None:
    return text_of(identity.get("subnet_name")) if isinstance(identity, Mapping) else None


def text_of(value: Any) -> str | None:
    """Bytes that somebody wrote, as text without control characters; None where there are none."""
    try:
        if isinstance(value, str) and value.startswith("0x"):
            value = bytes.fromhex(value[2:])
        elif isinstance(value, list | tuple):
            value = bytes(value)
    except (ValueError, TypeError):  # a text that only looks like bytes, numbers that are none
        pass
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    return "".join(character for character in value if character.isprintable()).strip() or None
