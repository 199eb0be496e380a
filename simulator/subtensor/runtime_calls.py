"""What the runtime's methods answer (`state_call`), computed from what is stored at the block."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from simulator.subtensor.chain import Chain
from simulator.subtensor.parameters import PARAMETERS, TAO
from simulator.subtensor.runtime import version_struct
from simulator.subtensor.scale import Some, compact, read_compact

_NOBODY: Final = bytes(32)
_NO_AXON: Final = (0, 0, 0, 0, 0, 0, 0, 0)


class NoSuchMethod(Exception):
    """The runtime exports no such method."""


class WrongArguments(Exception):
    """The bytes given are not the method's arguments."""


class RuntimeCalls:
    """Answers for one chain. What is the same for many readers is computed once per block."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._neurons = lru_cache(maxsize=64)(self._neurons_lite)
        self._answer = lru_cache(maxsize=512)(self._call)

    def call(self, method: str, data: bytes, block: int) -> bytes:
        """Raises NoSuchMethod and WrongArguments."""
        return self._answer(method, data, block)

    def _call(self, method: str, data: bytes, block: int) -> bytes:
        api, _, name = method.partition("_")
        code = self.chain.runtime_after(block)
        answer = _METHODS.get(method)
        if answer is None or not code.has_method(api, name):
            raise NoSuchMethod(method)
        try:
            value = answer(self, data, block)
        except (IndexError, ValueError) as error:
            raise WrongArguments(str(error)) from error
        return value if isinstance(value, bytes) else code.method_result(api, name, value)

    # What is read -------------------------------------------------------------------------------------------------

    def value(self, block: int, item: str, *parts: Any, default: Any = 0) -> Any:
        found = self.chain.value(block, item, *parts)
        return default if found is None else found

    def exists(self, block: int, netuid: int) -> bool:
        return bool(self.value(block, "NetworksAdded", netuid))

    def netuids(self, block: int) -> list[int]:
        return [subnet.netuid for subnet in self.chain.plan.subnets if self.exists(block, subnet.netuid)]

    def parameter(self, block: int, netuid: int, name: str) -> Any:
        """Numbers as v3 tells them."""
        value = self.value
        match name:
            case "activity_cutoff":
                factor = self.parameter(block, netuid, "activity_cutoff_factor")
                return factor * self.parameter(block, netuid, "tempo") // 1000
            case "alpha_low" | "alpha_high":
                return value(block, "AlphaValues", netuid, default=(45_875, 58_982))[name == "alpha_high"]
            case "yuma_version":
                return 3 if value(block, "Yuma3On", netuid) else 2
            case "user_liquidity_enabled":
                return False
            case "alpha_sigmoid_steepness":
                return value(block, "AlphaSigmoidSteepness", netuid) << 32
        row = PARAMETERS[name]
        return value(block, row.item, netuid, default=row.default)

    # Methods ------------------------------------------------------------------------------------------------------

    def core_version(self, data: bytes, block: int) -> Any:
        return version_struct(self.chain.runtime_after(block).spec_version)

    def metadata(self, data: bytes, block: int) -> Any:
        raw = self.chain.runtime_after(block).metadata(14)
        return compact(len(raw)) + raw

    def metadata_at_version(self, data: bytes, block: int) -> Any:
        version = int.from_bytes(_exactly(data, 4), "little")
        if version not in (14, 15):
            return b"\x00"
        raw = self.chain.runtime_after(block).metadata(version)
        return b"\x01" + compact(len(raw)) + raw

    def metadata_versions(self, data: bytes, block: int) -> Any:
        return [14, 15]

    def account_nonce(self, data: bytes, block: int) -> Any:
        account = self.chain.value(block, "Account", _exactly(data, 32), pallet="System")
        return account[0] if account else 0

    def hyperparams_v3(self, data: bytes, block: int) -> Any:
        netuid = _netuid(data)
        if not self.exists(block, netuid):
            return None
        return [
            {"name": name.encode(), "value": (row.kind, self.parameter(block, netuid, name))}
            for name, row in PARAMETERS.items()
            if row.kind
        ]

    def hyperparams(self, data: bytes, block: int) -> Any:
        """Both fixed structures: names that one does not know are left out."""
        netuid = _netuid(data)
        if not self.exists(block, netuid):
            return None
        values = {name: self.parameter(block, netuid, name) for name, row in PARAMETERS.items() if row.kind}
        for name, item in (("rho", "Rho"), ("difficulty", "Difficulty"), ("adjustment_alpha", "AdjustmentAlpha")):
            values[name] = self.value(block, item, netuid)
        values |= {"min_difficulty": 10_000_000, "max_difficulty": 2**62 - 1, "adjustment_interval": 100}
        return values

    def subnet_to_prune(self, data: bytes, block: int) -> Any:
        """The lowest moving price of those that are not immune, the oldest of equals; nobody while there is room for
        one more beside root."""
        if len(self.netuids(block)) < self.value(block, "SubnetLimit"):
            return None
        immunity = self.value(block, "NetworkImmunityPeriod")
        standing = [
            (self.value(block, "SubnetMovingPrice", netuid), self.value(block, "NetworkRegisteredAt", netuid), netuid)
            for netuid in self.netuids(block)
        ]
        return min((one for one in standing if block - one[1] >= immunity), default=(0, 0, None))[2]

    def next_epoch_start_block(self, data: bytes, block: int) -> Any:
        netuid = _netuid(data)
        tempo, pending = self.value(block, "Tempo", netuid), self.value(block, "PendingEpochAt", netuid)
        if not tempo or not self.exists(block, netuid):
            return None
        due = self.value(block, "LastEpochBlock", netuid) + tempo
        return min(due, pending) if pending else due

    def alpha_price(self, data: bytes, block: int) -> Any:
        netuid = _netuid(data)
        if netuid == 0:
            return TAO
        alpha = self.value(block, "SubnetAlphaIn", netuid)
        return self.value(block, "SubnetTAO", netuid) * TAO // alpha if alpha and self.exists(block, netuid) else 0

    def alpha_prices(self, data: bytes, block: int) -> Any:
        netuids = [0, *self.netuids(block)]
        return [{"netuid": one, "price": self.alpha_price(one.to_bytes(2, "little"), block)} for one in netuids]

    def registration_cost(self, data: bytes, block: int) -> Any:
        return 1000 * TAO

    def neurons_lite(self, data: bytes, block: int) -> Any:
        return self._neurons(_netuid(data), block)

    def neuron_lite(self, data: bytes, block: int) -> Any:
        data = _exactly(data, 4)
        neurons = self._neurons(_netuid(data[:2]), block)
        uid = int.from_bytes(data[2:], "little")
        return neurons[uid] if uid < len(neurons) else None

    def _vector(self, block: int, item: str, netuid: int) -> list[Any]:
        size = self.value(block, "SubnetworkN", netuid)
        found = list(self.value(block, item, netuid, default=()))
        return found + [0] * (size - len(found))

    def _neurons_lite(self, netuid: int, block: int) -> list[dict[str, Any]]:
        if not self.exists(block, netuid):
            return []
        names = {"active": "Active", "emission": "Emission", "incentive": "Incentive", "consensus": "Consensus"}
        names |= {"validator_trust": "ValidatorTrust", "dividends": "Dividends", "last_update": "LastUpdate"}
        names |= {"validator_permit": "ValidatorPermit"}
        vectors = {name: self._vector(block, item, netuid) for name, item in names.items()}
        neurons = []
        for uid in range(self.value(block, "SubnetworkN", netuid)):
            hotkey = self.value(block, "Keys", netuid, uid)
            coldkey = self.value(block, "Owner", hotkey, default=_NOBODY)
            neurons.append(
                {
                    **{name: vector[uid] for name, vector in vectors.items()},
                    "hotkey": hotkey,
                    "coldkey": coldkey,
                    "uid": uid,
                    "netuid": netuid,
                    "axon_info": self.value(block, "Axons", netuid, hotkey, default=_NO_AXON),
                    "prometheus_info": (0, 0, 0, 0, 0),
                    "stake": [(coldkey, self.value(block, "TotalHotkeyAlpha", hotkey, netuid))],
                    "rank": 0,
                    "trust": 0,
                    "pruning_score": 65_535,
                }
            )
        return neurons

    # Metagraph ----------------------------------------------------------------------------------------------------

    def metagraph(self, data: bytes, block: int) -> Any:
        netuid = _netuid(data)
        return self._metagraph(netuid, block) if self.exists(block, netuid) else None

    def selective_metagraph(self, data: bytes, block: int) -> Any:
        """Only what was asked for by its number; everything else is None."""
        netuid, (count, place) = _netuid(data[:2]), read_compact(data, 2)
        rest = _exactly(data[place:], 2 * count)
        wanted = {int.from_bytes(rest[at : at + 2], "little") for at in range(0, 2 * count, 2)}
        if not self.exists(block, netuid):
            return None
        names = [str(one.name) for one in self.chain.runtime_after(block).schema.types["SelectiveMetagraph"].fields]
        whole = self._metagraph(netuid, block)
        found = {name: Some(whole[name]) if place in wanted else None for place, name in enumerate(names)}
        return {**found, "netuid": netuid}

    def _metagraph(self, netuid: int, block: int) -> dict[str, Any]:
        value, neurons = self.value, self._neurons(netuid, block)
        parameters = {name: self.parameter(block, netuid, name) for name, row in PARAMETERS.items() if row.kind}
        hotkeys = [one["hotkey"] for one in neurons]
        alpha = [one["stake"][0][1] for one in neurons]
        root = [value(block, "TotalHotkeyAlpha", hotkey, 0) for hotkey in hotkeys]
        by_uid = {
            "active": "active",
            "validator_permit": "validator_permit",
            "last_update": "last_update",
            "emission": "emission",
            "dividends": "dividends",
            "incentives": "incentive",
            "consensus": "consensus",
            "axons": "axon_info",
            "hotkeys": "hotkey",
            "coldkeys": "coldkey",
        }
        dividends = [(hotkey, value(block, "AlphaDividendsPerSubnet", netuid, hotkey)) for hotkey in hotkeys]
        last = value(block, "LastMechansimStepBlock", netuid)
        return {
            **parameters,
            **{name: [one[field] for one in neurons] for name, field in by_uid.items()},
            "netuid": netuid,
            "name": [*f"subnet {netuid}".encode()],
            "symbol": [*value(block, "TokenSymbol", netuid, default=b"")],
            "identity": self.chain.value(block, "SubnetIdentitiesV3", netuid),
            "network_registered_at": value(block, "NetworkRegisteredAt", netuid),
            "owner_hotkey": value(block, "SubnetOwnerHotkey", netuid, default=_NOBODY),
            "owner_coldkey": value(block, "SubnetOwner", netuid, default=_NOBODY),
            "block": block,
            "last_step": last,
            "blocks_since_last_step": block - last,
            "subnet_emission": 0,
            "alpha_in": value(block, "SubnetAlphaIn", netuid),
            "alpha_out": value(block, "SubnetAlphaOut", netuid),
            "tao_in": value(block, "SubnetTAO", netuid),
            "alpha_out_emission": value(block, "SubnetAlphaOutEmission", netuid),
            "alpha_in_emission": value(block, "SubnetAlphaInEmission", netuid),
            "tao_in_emission": value(block, "SubnetTaoInEmission", netuid),
            "pending_alpha_emission": 0,
            "pending_root_emission": 0,
            "subnet_volume": 0,
            "moving_price": value(block, "SubnetMovingPrice", netuid),
            "rho": 10,
            "num_uids": len(neurons),
            "max_uids": self.parameter(block, netuid, "max_allowed_uids"),
            "burn": value(block, "Burn", netuid),
            "difficulty": 10_000_000,
            "pow_registration_allowed": False,
            "min_difficulty": 10_000_000,
            "max_difficulty": 2**62 - 1,
            "adjustment_alpha": 0,
            "adjustment_interval": 100,
            "identities": [None] * len(neurons),
            "pruning_score": [],
            "trust": [],
            "rank": [],
            "block_at_registration": [value(block, "BlockAtRegistration", netuid, uid) for uid in range(len(neurons))],
            "alpha_stake": alpha,
            "tao_stake": root,
            "total_stake": [own + rao * 18 // 100 for own, rao in zip(alpha, root, strict=True)],
            "tao_dividends_per_hotkey": [(hotkey, 0) for hotkey in hotkeys],
            "alpha_dividends_per_hotkey": dividends,
            "validators": [one["uid"] for one in neurons if one["validator_permit"]],
            "commitments": [],
            "collateral_locked": [0] * len(neurons),
            "collateral_min": [0] * len(neurons),
            "collateral_earned": [0] * len(neurons),
        }


def _exactly(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes of arguments instead of {size}")
    return data


def _netuid(data: bytes) -> int:
    return int.from_bytes(_exactly(data, 2), "little")


_SUBNET, _NEURON = "SubnetInfoRuntimeApi_get_", "NeuronInfoRuntimeApi_get_"
_METHODS: Final[dict[str, Callable[[RuntimeCalls, bytes, int], Any]]] = {
    "Core_version": RuntimeCalls.core_version,
    "Metadata_metadata": RuntimeCalls.metadata,
    "Metadata_metadata_at_version": RuntimeCalls.metadata_at_version,
    "Metadata_metadata_versions": RuntimeCalls.metadata_versions,
    "AccountNonceApi_account_nonce": RuntimeCalls.account_nonce,
    f"{_SUBNET}subnet_hyperparams": RuntimeCalls.hyperparams,
    f"{_SUBNET}subnet_hyperparams_v2": RuntimeCalls.hyperparams,
    f"{_SUBNET}subnet_hyperparams_v3": RuntimeCalls.hyperparams_v3,
    f"{_SUBNET}metagraph": RuntimeCalls.metagraph,
    f"{_SUBNET}selective_metagraph": RuntimeCalls.selective_metagraph,
    f"{_SUBNET}subnet_to_prune": RuntimeCalls.subnet_to_prune,
    f"{_SUBNET}next_epoch_start_block": RuntimeCalls.next_epoch_start_block,
    f"{_NEURON}neurons_lite": RuntimeCalls.neurons_lite,
    f"{_NEURON}neuron_lite": RuntimeCalls.neuron_lite,
    "SwapRuntimeApi_current_alpha_price": RuntimeCalls.alpha_price,
    "SwapRuntimeApi_current_alpha_price_all": RuntimeCalls.alpha_prices,
    "SubnetRegistrationRuntimeApi_get_network_registration_cost": RuntimeCalls.registration_cost,
}
