"""The state of everything that is watched at one finalised block: two questions, the second one named by the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from collectors.bittensor.batch import RpcCall, RpcReply
from collectors.bittensor.block_facts import Header, header_of
from collectors.bittensor.codec import Runtime
from collectors.bittensor.interface import Snapshot
from collectors.bittensor.items import missed
from collectors.bittensor.plan import BittensorPlan
from collectors.bittensor.runtime_calls import HYPERPARAMETERS, INFO, SWAP, decode_result, encode_arguments, has_method
from collectors.bittensor.state import State
from collectors.bittensor.subnets import METAGRAPH_INDEXES, subnet_of
from collectors.bittensor.values import coldkey_of, hotkey_of, neuron_of
from collectors.bittensor.wanted import (
    HIGHEST_NETUID,
    want_chain,
    want_coldkey,
    want_hotkey,
    want_membership,
    want_neuron,
    want_subnet,
    want_what_follows,
)
from collectors.errors import SourceError, Unreadable
from monitor.bittensor.chain import ChainState, SubnetStanding
from monitor.bittensor.subnet import SubnetState

KEYS_PER_CALL = 1_000
"""Keys of one `state_queryStorageAt`."""


@dataclass(frozen=True, slots=True)
class _Method:
    api: str
    name: str
    arguments: tuple[Any, ...] = ()


class SnapshotReader:
    """Of one block: `calls`, `take` their replies, `calls_that_follow`, `take` again, `snapshot`."""

    def __init__(self, plan: BittensorPlan, runtime: Runtime, block_hash: str) -> None:
        self.plan, self.runtime, self.block_hash = plan, runtime, block_hash
        self.state = State(runtime)
        self.header: Header | None = None
        self._results: dict[_Method, Any] = {}
        self._netuids = sorted(plan.subnets | {netuid for netuids in plan.hotkeys.values() for netuid in netuids})
        self._asked: list[tuple[str, object]] = []
        self._undecoded: set[str] = set()
        self._same_runtime = False

    def calls(self) -> list[RpcCall]:
        """The header, the storage that can be named at once, and the runtime's own answers."""
        plan, state = self.plan, self.state
        want_chain(state, standings=bool(plan.subnets))
        for netuid in self._netuids:
            want_subnet(state, netuid)
        for hotkey, netuids in plan.hotkeys.items():
            want_hotkey(state, hotkey)
            for netuid in netuids:
                want_neuron(state, netuid, hotkey)
        if plan.discover:
            for hotkey in plan.everywhere:
                want_membership(state, hotkey)
        for coldkey in plan.coldkeys:
            want_coldkey(state, coldkey)
        return [
            self._ask("header", None, RpcCall("chain_getHeader", (self.block_hash,))),
            self._ask("version", None, RpcCall("state_getRuntimeVersion", (self.block_hash,))),
            *self._storage(),
            *(self._call(method) for method in self._methods(self._netuids)),
        ]

    def calls_that_follow(self) -> list[RpcCall]:
        """What only the first answer names: new neurons, commits of the present epoch, owners' wallets."""
        self._asked = []
        state = self.state
        fresh = [pair for pair in self._found() if pair[0] not in self._netuids]
        for netuid, hotkey in self._found():
            want_neuron(state, netuid, hotkey)
            if netuid not in self._netuids:
                want_subnet(state, netuid)
        added = sorted({netuid for netuid, _ in fresh})
        want_what_follows(state, self._neurons(), self._netuids, sorted(self.plan.subnets))
        return [*self._storage(), *(self._call(method) for method in self._methods(added, chain=False))]

    def take(self, replies: Iterable[RpcReply]) -> None:
        """What one list of calls was answered. Raises SourceError where storage or the header did not come."""
        for (kind, about), reply in zip(self._asked, replies, strict=True):
            if kind == "header":
                self.header = header_of(reply.result())
            elif kind == "version":
                self._same_runtime = _spec_version(reply.result()) == self.runtime.spec_version
            elif kind == "storage":
                assert isinstance(about, list)
                self.state.take(reply.result(), self.block_hash, about)
            else:
                assert isinstance(about, _Method)
                self._take_result(about, reply)
        self._asked = []

    def snapshot(self, best: int) -> Snapshot:
        """`best`: the newest block of all, which is not final yet."""
        plan, state = self.plan, self.state
        assert self.header is not None
        pairs = self._neurons()
        netuids = sorted({netuid for netuid, _ in pairs} | plan.subnets)
        subnets = {netuid: self._subnet(netuid) for netuid in netuids}
        neurons = {(netuid, hotkey): neuron_of(state, subnets[netuid], netuid, hotkey) for netuid, hotkey in pairs}
        hotkeys = {hotkey: hotkey_of(state, hotkey) for hotkey in plan.hotkeys}
        owners = {subnets[netuid].owner for netuid in plan.subnets}
        wallets = plan.coldkeys | {owner for owner in owners if owner is not None}
        coldkeys = {coldkey: coldkey_of(state, coldkey) for coldkey in wallets}
        return Snapshot(self._chain(best), subnets, neurons, hotkeys, coldkeys, plan.discover)

    def _chain(self, best: int) -> ChainState:
        """Last of all, so that it knows what could not be decoded. Raises Unreadable for a state that contradicts
        itself: what a node answers that has dropped it, or serves another block."""
        state, number = self.state, self.header.number if self.header else 0
        milliseconds = state.number("Timestamp.Now")
        if state.number("System.Number") != number or not milliseconds:
            raise Unreadable("state that is not this block's (System.Number, Timestamp.Now)")
        to_prune = self._results.get(_Method(INFO, "get_subnet_to_prune"))
        return ChainState(
            network=self.plan.network or "",
            block=number,
            hash=self.block_hash,
            timestamp=milliseconds // 1000,
            spec_version=self.runtime.spec_version,
            head=best,
            previous_spec_version=self.plan.spec_version,
            subnet_limit=state.number("SubnetLimit"),
            total_networks=state.number("TotalNetworks"),
            subnet_to_prune=to_prune if isinstance(to_prune, int) else None,
            network_immunity_period=state.number("NetworkImmunityPeriod"),
            stake_threshold=state.number("StakeThreshold"),
            coldkey_swap_delay=state.number("ColdkeySwapAnnouncementDelay"),
            sudo_key=state.text("Sudo.Key"),
            standings=self._standings() if self.plan.subnets else None,
            dissolving=state.vector(int, "DissolveCleanupQueue"),
            gone=tuple(str(item) for item in missed(self.runtime)),
            undecoded=tuple(sorted(state.undecoded | self._undecoded)),
        )

    def _standings(self) -> dict[int, SubnetStanding] | None:
        found = {}
        for netuid in range(1, HIGHEST_NETUID + 1):
            added = self.state.flag("NetworksAdded", netuid)
            if added is None:
                return None
            if added:
                price = self.state.fixed("SubnetMovingPrice", 32, netuid)
                registered_at = self.state.number("NetworkRegisteredAt", netuid)
                if price is None or registered_at is None:
                    return None
                found[netuid] = SubnetStanding(price, registered_at)
        return found

    def _subnet(self, netuid: int) -> SubnetState:
        assert self.header is not None
        hyperparameters = next(
            (found for name in HYPERPARAMETERS if (found := self._results.get(_Method(INFO, name, (netuid,))))), None
        )
        return subnet_of(
            self.state,
            netuid,
            self.header.number,
            hyperparameters,
            self._results.get(_metagraph(netuid)),
            self._results.get(_Method(SWAP, "current_alpha_price", (netuid,))),
        )

    def _found(self) -> list[tuple[int, str]]:
        """Where hotkeys that are watched everywhere were found."""
        if not self.plan.discover:
            return []
        return [
            (netuid, hotkey)
            for hotkey in sorted(self.plan.everywhere)
            for netuid in range(HIGHEST_NETUID + 1)
            if self.state.number("Uids", netuid, hotkey) is not None
        ]

    def _neurons(self) -> list[tuple[int, str]]:
        known = [(netuid, hotkey) for hotkey, netuids in self.plan.hotkeys.items() for netuid in netuids]
        return list(dict.fromkeys((*known, *self._found())))

    def _methods(self, netuids: Iterable[int], *, chain: bool = True) -> list[_Method]:
        """Those that the runtime has; of several that tell the same, the newest."""
        found = [_Method(INFO, "get_subnet_to_prune")] if chain and self.plan.subnets else []
        newest = next((name for name in HYPERPARAMETERS if has_method(self.runtime, INFO, name)), None)
        for netuid in netuids:
            if newest is not None:
                found.append(_Method(INFO, newest, (netuid,)))
            found += [_metagraph(netuid), _Method(SWAP, "current_alpha_price", (netuid,))]
        return [method for method in found if has_method(self.runtime, method.api, method.name)]

    def _storage(self) -> list[RpcCall]:
        keys = self.state.keys()
        parts = [keys[start : start + KEYS_PER_CALL] for start in range(0, len(keys), KEYS_PER_CALL)]
        return [self._ask("storage", part, RpcCall("state_queryStorageAt", (part, self.block_hash))) for part in parts]

    def _call(self, method: _Method) -> RpcCall:
        data = encode_arguments(self.runtime, method.api, method.name, *_listed(method.arguments))
        call = RpcCall("state_call", (f"{method.api}_{method.name}", data, self.block_hash))
        return self._ask("method", method, call)

    def _ask(self, kind: str, about: object, call: RpcCall) -> RpcCall:
        self._asked.append((kind, about))
        return call

    def _take_result(self, method: _Method, reply: RpcReply) -> None:
        """A runtime call that fails, or cannot be decoded, is not known; the rest of the state is. Calls run on the
        runtime that the block holds: at an upgrade that is not the one that wrote it."""
        try:
            raw = reply.result()
        except SourceError:
            return
        if not self._same_runtime:
            return
        try:
            self._results[method] = decode_result(self.runtime, method.api, method.name, raw)
        except Unreadable:
            self._undecoded.add(f"{method.api}.{method.name}")


def _spec_version(answer: Any) -> int | None:
    told = answer.get("specVersion") if isinstance(answer, dict) else None
    return told if isinstance(told, int) else None


def _metagraph(netuid: int) -> _Method:
    return _Method(INFO, "get_selective_metagraph", (netuid, METAGRAPH_INDEXES))


def _listed(arguments: tuple[Any, ...]) -> list[Any]:
    return [list(one) if isinstance(one, tuple) else one for one in arguments]
