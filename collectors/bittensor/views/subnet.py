"""One subnet, whole: its state, its hyperparameters, and everybody on it by uid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from collectors.bittensor.at_block import AtBlock, Method
from collectors.bittensor.runtime_calls import HYPERPARAMETERS, INFO, SWAP
from collectors.bittensor.subnets import subnet_of
from collectors.bittensor.views.errors import NoSuchSubnet
from collectors.bittensor.wanted import want_subnet
from monitor.bittensor.subnet import SubnetState

INDEXES = (52, 53, 66, 67, 68, 69, 71)
"""hotkeys, coldkeys, block_at_registration, alpha_stake, tao_stake, total_stake, alpha_dividends_per_hotkey
(SelectiveMetagraphIndex)."""


class SubnetView(NamedTuple):
    """A subnet and what only a look at everybody needs. By uid, rao; None: not read."""

    state: SubnetState
    hotkeys: tuple[str, ...]
    coldkeys: tuple[str, ...] | None
    alpha_stake: tuple[int, ...] | None
    """On the subnet, with what parents lend and without what is lent to children."""
    tao_stake: tuple[int, ...] | None
    """On root, lent and borrowed in the same way; not weighed by TaoWeight yet."""


def read_subnet(block: AtBlock, netuid: int) -> SubnetView:
    """Raises SourceError, NoSuchSubnet where it is not there."""
    state = block.state
    want_subnet(state, netuid)
    hyperparameters = next((name for name in HYPERPARAMETERS if block.has_method(INFO, name)), HYPERPARAMETERS[0])
    methods: tuple[Method, ...] = (
        (INFO, hyperparameters, (netuid,)),
        (INFO, "get_selective_metagraph", (netuid, INDEXES)),
        (SWAP, "current_alpha_price", (netuid,)),
    )
    block.read(*methods)
    if not state.flag("NetworksAdded", netuid):
        raise NoSuchSubnet(netuid, block.number)
    told, graph, price = (block.result(api, name, *arguments) for api, name, arguments in methods)
    subnet = subnet_of(state, netuid, block.number, told, graph, price)
    if isinstance(graph, Mapping) and subnet.vectors.hotkeys is not None:
        return SubnetView(
            subnet,
            subnet.vectors.hotkeys,
            _tuple(graph.get("coldkeys")),
            _tuple(graph.get("alpha_stake")),
            _tuple(graph.get("tao_stake")),
        )
    return _from_storage(block, subnet)


def _from_storage(block: AtBlock, subnet: SubnetState) -> SubnetView:
    """Runtimes whose metadata do not describe the metagraph, and the block of an upgrade."""
    state, netuid = block.state, subnet.netuid
    uids = range(subnet.neurons or 0)
    for uid in uids:
        state.want("Keys", netuid, uid)
        state.want("BlockAtRegistration", netuid, uid)
    block.read()
    hotkeys = tuple(state.text("Keys", netuid, uid) or "" for uid in uids)
    for hotkey in filter(None, hotkeys):
        state.want("Owner", hotkey)
    block.read()
    vectors = subnet.vectors._replace(
        hotkeys=hotkeys,
        registered_at=_whole([state.number("BlockAtRegistration", netuid, uid) for uid in uids]),
    )
    owner = subnet.owner_hotkey
    return SubnetView(
        subnet._replace(vectors=vectors, owner_uids=tuple(uid for uid in uids if hotkeys[uid] == owner)),
        hotkeys,
        _whole([state.text("Owner", hotkey) for hotkey in hotkeys]),
        None,
        None,
    )


def _tuple(value: Any) -> tuple[Any, ...] | None:
    return tuple(value) if isinstance(value, list | tuple) else None


def _whole(values: list[Any]) -> tuple[Any, ...] | None:
    """None where one is missing: a vector with a hole is not a vector."""
    return None if None in values else tuple(values)
