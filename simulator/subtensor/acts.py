"""What a script makes happen once, with the extrinsic that does it, its events, and what is stored after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from simulator.subtensor.extrinsic import Event
from simulator.subtensor.genesis import write_axon, write_neuron
from simulator.subtensor.hashing import blake2_256
from simulator.subtensor.parameters import PARAMETERS, TAO, U16
from simulator.subtensor.plan import Neuron
from simulator.subtensor.running import RunningNeuron, RunningSubnet, running, storage_index
from simulator.subtensor.script import Act
from simulator.subtensor.world import MODULE, WEIGHT, World

_SHARE: Final = 2**64 - 1
"""The whole of a stake, as shares of children are written."""


def perform(world: World, act: Act) -> None:
    action = _ACTIONS.get(act.kind)
    if action is not None:
        action(world, act)


def _subnet(world: World, act: Act) -> RunningSubnet:
    assert act.netuid is not None
    return world.subnets[act.netuid]


def _neuron(world: World, act: Act) -> tuple[RunningSubnet, RunningNeuron]:
    subnet = _subnet(world, act)
    neuron = subnet.neuron(str(act.who))
    if neuron is None:
        raise KeyError(f"{act.who} has no uid on subnet {act.netuid} at block {world.number}")
    return subnet, neuron


def _parameter(world: World, act: Act) -> None:
    subnet, row, value = _subnet(world, act), PARAMETERS[act.details["name"]], act.details["value"]
    netuid = subnet.netuid
    setter = world.block.runtime.schema.pallet("AdminUtils").calls
    names = next(one.fields for one in (setter.variants if setter else None) or () if one.name == row.setter)
    arguments = {str(names[0].name): netuid, str(names[1].name): value}
    events: tuple[Event, ...] = ((MODULE, row.event, netuid, value),) if row.event else ()
    call = ("AdminUtils", row.setter, arguments)
    if act.who == "root":
        world.call_as_root(call, *events)
    else:
        world.call_as(_owner_name(world, subnet), call, *events, wrapped=act.details.get("wrapped"))
    world.put(row.item, netuid, value=value)


def _owner_name(world: World, subnet: RunningSubnet) -> str:
    names = [subnet.plan.owner_name, *(act.who for acts in world.acts.values() for act in acts if act.kind == "owner")]
    return next(str(name) for name in names if name and world.plan.coldkey_bytes(str(name)) == subnet.owner)


def _remove_stake(world: World, act: Act) -> None:
    subnet, neuron = _neuron(world, act)
    alpha = round(neuron.stake * act.details["share"])
    tao = round(alpha * subnet.price)
    arguments = {"hotkey": neuron.hotkey, "netuid": subnet.netuid, "amount_unstaked": alpha}
    event = (MODULE, "StakeRemoved", neuron.coldkey, neuron.hotkey, tao, alpha, subnet.netuid, 50_000)
    world.call(neuron.coldkey, (MODULE, "remove_stake", arguments), event)
    neuron.stake -= alpha
    world.put("TotalHotkeyAlpha", neuron.hotkey, subnet.netuid, value=neuron.stake)
    world.balance(neuron.coldkey, tao)


def _take(world: World, act: Act) -> None:
    places = world.named(str(act.who))
    hotkey, coldkey, before = places[0][1].hotkey, places[0][1].coldkey, places[0][1].take
    units = round(act.details["take"] * U16)
    up = act.details["take"] > before
    call = (MODULE, "increase_take" if up else "decrease_take", {"hotkey": hotkey, "take": units})
    world.call(coldkey, call, (MODULE, "TakeIncreased" if up else "TakeDecreased", coldkey, hotkey, units))
    world.put("Delegates", hotkey, value=units)
    for _, neuron in places:
        neuron.take = act.details["take"]


def _childkey_take(world: World, act: Act) -> None:
    subnet, neuron = _neuron(world, act)
    units = round(act.details["take"] * U16)
    call = (MODULE, "set_childkey_take", {"hotkey": neuron.hotkey, "netuid": subnet.netuid, "take": units})
    world.call(neuron.coldkey, call, (MODULE, "ChildKeyTakeSet", neuron.hotkey, units))
    world.put("ChildkeyTake", neuron.hotkey, subnet.netuid, value=units)


def _children(world: World, act: Act) -> None:
    subnet, neuron = _neuron(world, act)
    netuid, due = subnet.netuid, world.number + world.plan.children_cooldown
    children = tuple((int(share * _SHARE), world.plan.hotkey_bytes(name)) for name, share in act.details["children"])
    call = (MODULE, "set_children", {"hotkey": neuron.hotkey, "netuid": netuid, "children": children})
    world.call(neuron.coldkey, call, (MODULE, "SetChildrenScheduled", neuron.hotkey, netuid, due, children))
    world.put("PendingChildKeys", netuid, neuron.hotkey, value=(children, due))
    world.next_children[netuid, neuron.hotkey] = (due, children)


def _swap_hotkey(world: World, act: Act) -> None:
    new_name = act.details["new"]
    new = world.plan.hotkey_bytes(new_name)
    places = [one for one in world.named(str(act.who)) if act.netuid in (None, one[0].netuid)]
    old, coldkey = places[0][1].hotkey, places[0][1].coldkey
    call = (MODULE, "swap_hotkey", {"hotkey": old, "new_hotkey": new, "netuid": act.netuid})
    if act.netuid is None:
        event: Event = (MODULE, "HotkeySwapped", coldkey, old, new)
    else:
        event = (MODULE, "HotkeySwappedOnSubnet", coldkey, old, new, act.netuid)
    world.call(coldkey, call, event)
    for subnet, neuron in places:
        netuid, uid = subnet.netuid, subnet.neurons.index(neuron)
        axon = world.get("Axons", netuid, old)
        _forget(world, netuid, old)
        neuron.name, neuron.hotkey = new_name, new
        write_neuron(world, netuid, uid, neuron)
        world.put("Axons", netuid, new, value=axon)
        world.put("TotalHotkeyAlpha", old, netuid, value=None)
        world.put("LastHotkeySwapOnNetuid", netuid, coldkey, value=world.number)
    owned = tuple(new if one == old else one for one in world.get("OwnedHotkeys", coldkey) or ())
    world.put("OwnedHotkeys", coldkey, value=owned)
    if act.netuid is None:
        world.put("Owner", old, value=None)


def _forget(world: World, netuid: int, hotkey: bytes) -> None:
    world.put("Uids", netuid, hotkey, value=None)
    world.put("IsNetworkMember", hotkey, netuid, value=None)
    world.put("Axons", netuid, hotkey, value=None)


# Registrations ------------------------------------------------------------------------------------------------------


def _register(world: World, act: Act) -> None:
    subnet, name = _subnet(world, act), str(act.who)
    netuid = subnet.netuid
    if len(subnet.neurons) < world.parameter(netuid, "max_allowed_uids"):
        uid = len(subnet.neurons)
    elif act.details["instead_of"]:
        found = subnet.uid(act.details["instead_of"])
        assert found is not None, f"{act.details['instead_of']} has no uid on subnet {netuid}"
        uid = found
    else:
        uid = next_to_prune(world, subnet)
    neuron = running(world.plan, subnet.plan, Neuron(name, quality=act.details["quality"]), uid, world.number)
    call = (MODULE, "burned_register", {"netuid": netuid, "hotkey": neuron.hotkey})
    world.call(neuron.coldkey, call, (MODULE, "NeuronRegistered", netuid, uid, neuron.hotkey))
    if uid == len(subnet.neurons):
        subnet.neurons.append(neuron)
        world.put("SubnetworkN", netuid, value=len(subnet.neurons))
    else:
        _forget(world, netuid, subnet.neurons[uid].hotkey)
        subnet.neurons[uid] = neuron
    write_neuron(world, netuid, uid, neuron)
    world.put("OwnedHotkeys", neuron.coldkey, value=(neuron.hotkey,))
    world.balance(neuron.coldkey, -(world.get("Burn", netuid) or 0))
    for mechanism in range(subnet.plan.mechanisms):
        index = storage_index(netuid, mechanism)
        world.changed_at("LastUpdate", index, uid, world.number)
        world.changed_at("Incentive", index, uid, 0)
    for item, value in _CLEARED.items():
        world.changed_at(item, netuid, uid, value)


_CLEARED: Final = {"Active": True, "ValidatorPermit": False, "ValidatorTrust": 0, "Dividends": 0, "Emission": 0}


def next_to_prune(world: World, subnet: RunningSubnet) -> int:
    """The uid whose place a registration takes: the lowest emission that is not immune, then the older, then the
    lower; an immune one where hardly anybody else is left. The owner's is never taken (get_neuron_to_prune)."""
    netuid = subnet.netuid
    immunity, least = world.parameter(netuid, "immunity_period"), world.parameter(netuid, "min_non_immune_uids")
    emission = world.get("Emission", netuid)
    owner = world.get("SubnetOwnerHotkey", netuid)
    order = sorted(
        (emission[uid], neuron.registered_at, uid)
        for uid, neuron in enumerate(subnet.neurons)
        if neuron.hotkey != owner
    )
    young = [uid for _, since, uid in order if world.number - since < immunity]
    old = [uid for _, since, uid in order if world.number - since >= immunity]
    return old[0] if len(old) > least or not young else young[0]


def _axon(world: World, act: Act) -> None:
    subnet, neuron = _neuron(world, act)
    write_axon(world, subnet.netuid, neuron.hotkey, act.details["ip"], act.details["port"])
    stored = world.get("Axons", subnet.netuid, neuron.hotkey)
    names = ("version", "ip", "port", "ip_type", "protocol", "placeholder1", "placeholder2")
    arguments = {"netuid": subnet.netuid, **dict(zip(names, stored[1:], strict=True))}
    world.call(neuron.hotkey, (MODULE, "serve_axon", arguments), (MODULE, "AxonServed", subnet.netuid, neuron.hotkey))


def _burn(world: World, act: Act) -> None:
    world.put("Burn", act.netuid, value=act.details["rao"])


def _collateral(world: World, act: Act) -> None:
    subnet, neuron = _neuron(world, act)
    state = (act.details["locked"], 1 << 64, act.details["minimum"], 0)
    world.put("MinerCollateral", subnet.netuid, neuron.hotkey, neuron.coldkey, value=state)


# Subnets ------------------------------------------------------------------------------------------------------------


def _owner(world: World, act: Act) -> None:
    subnet, new = _subnet(world, act), world.plan.coldkey_bytes(str(act.who))
    world.block.happened(MODULE, "SubnetOwnerChanged", subnet.netuid, subnet.owner, new)
    subnet.owner = new
    world.put("SubnetOwner", subnet.netuid, value=new)
    world.put("SubnetOwnerHotkey", subnet.netuid, value=world.plan.hotkey_bytes(str(act.who)))


def _moving_price(world: World, act: Act) -> None:
    subnet = _subnet(world, act)
    subnet.moving_price = act.details["price"]
    world.put("SubnetMovingPrice", subnet.netuid, value=round(subnet.moving_price * (1 << 32)))


def _dissolve_scheduled(world: World, act: Act) -> None:
    subnet = _subnet(world, act)
    call = (MODULE, "root_dissolve_network", {"netuid": subnet.netuid})
    event = (MODULE, "DissolveNetworkScheduled", subnet.owner, subnet.netuid, world.number + act.details["after"])
    world.call_as_root(call, event)
    world.put("DissolveCleanupQueue", value=(subnet.netuid,))


def _dissolve(world: World, act: Act) -> None:
    subnet = _subnet(world, act)
    del world.subnets[subnet.netuid]
    world.put("NetworksAdded", subnet.netuid, value=None)
    world.put("TotalNetworks", value=len(world.subnets) + 1)
    world.put("DissolveCleanupQueue", value=())
    for place in world.state.of_subnet(MODULE, subnet.netuid):
        world.state.put(world.number, place, None)
    world.block.happened(MODULE, "NetworkRemoved", subnet.netuid)
    world.block.happened(MODULE, "NetworkDissolveCleanupCompleted", subnet.netuid)


def _sudo(world: World, act: Act) -> None:
    if act.netuid is None:
        call = ("AdminUtils", "sudo_set_network_rate_limit", {"rate_limit": 7200})
        world.call_as_root(call, (MODULE, "NetworkRateLimitSet", 7200))
        world.put("NetworkRateLimit", value=7200)
        return
    world.call_as_root((MODULE, "sudo_set_root_claim_threshold", {"netuid": act.netuid, "new_value": 1}))


def _sudo_key(world: World, act: Act) -> None:
    new, old = world.plan.coldkey_bytes(str(act.who)), world.sudo_key
    world.call(old, ("Sudo", "set_key", {"new": ("Id", new)}), ("Sudo", "KeyChanged", old, new))
    world.sudo_key = new
    world.put("Key", value=new, pallet="Sudo")


# Wallets ------------------------------------------------------------------------------------------------------------


def _transfer(world: World, act: Act) -> None:
    source, target = world.plan.coldkey_bytes(str(act.who)), world.plan.coldkey_bytes(act.details["to"])
    rao = act.details["rao"]
    call = ("Balances", "transfer_keep_alive", {"dest": ("Id", target), "value": rao})
    world.call(source, call, ("Balances", "Transfer", source, target, rao))
    world.balance(source, -rao)
    world.balance(target, rao)


def _swap_announced(world: World, act: Act) -> None:
    coldkey, digest = world.plan.coldkey_bytes(str(act.who)), blake2_256(world.plan.coldkey_bytes(act.details["new"]))
    event = (MODULE, "ColdkeySwapAnnounced", coldkey, digest)
    world.call(coldkey, (MODULE, "announce_coldkey_swap", {"new_coldkey_hash": digest}), event)
    world.put("ColdkeySwapAnnouncements", coldkey, value=(world.number + world.plan.swap_delay, digest))


def _swap_disputed(world: World, act: Act) -> None:
    coldkey = world.plan.coldkey_bytes(str(act.who))
    world.call(coldkey, (MODULE, "dispute_coldkey_swap"), (MODULE, "ColdkeySwapDisputed", coldkey))
    world.put("ColdkeySwapDisputes", coldkey, value=world.number)


def _swap_cleared(world: World, act: Act) -> None:
    coldkey = world.plan.coldkey_bytes(str(act.who))
    world.call(coldkey, (MODULE, "clear_coldkey_swap_announcement"), (MODULE, "ColdkeySwapCleared", coldkey))
    world.put("ColdkeySwapAnnouncements", coldkey, value=None)


def _swap_done(world: World, act: Act) -> None:
    old, new = world.plan.coldkey_bytes(str(act.who)), world.plan.coldkey_bytes(act.details["new"])
    call = (MODULE, "swap_coldkey_announced", {"new_coldkey": new})
    world.call(old, call, (MODULE, "ColdkeySwapped", old, new))
    world.put("ColdkeySwapAnnouncements", old, value=None)
    world.balance(new, world.balance(old))
    world.balance(old, -world.balance(old))
    for item in ("OwnedHotkeys", "StakingHotkeys"):
        world.put(item, new, value=world.get(item, old))
        world.put(item, old, value=None)
    for subnet in world.subnets.values():
        for neuron in subnet.neurons:
            if neuron.coldkey == old:
                neuron.coldkey = new
                world.put("Owner", neuron.hotkey, value=new)
        if subnet.owner == old:
            subnet.owner = new
            world.put("SubnetOwner", subnet.netuid, value=new)


def _proxy(world: World, act: Act) -> None:
    coldkey, delegate = (world.plan.coldkey_bytes(name) for name in (str(act.who), act.details["delegate"]))
    kind = act.details["proxy_type"]
    call = ("Proxy", "add_proxy", {"delegate": ("Id", delegate), "proxy_type": kind, "delay": 0})
    world.call(coldkey, call, ("Proxy", "ProxyAdded", coldkey, delegate, kind, 0))
    known = world.get("Proxies", coldkey, pallet="Proxy") or ((), 0)
    proxies = (*known[0], (delegate, kind, 0))
    world.put("Proxies", coldkey, value=(proxies, TAO // 10), pallet="Proxy")


def _upgrade(world: World, act: Act) -> None:
    code = ("System", "set_code", {"code": b"\x00asm" + bytes(60)})
    arguments: dict[str, Any] = {"call": code, "weight": WEIGHT}
    done = ("System", "CodeUpdated"), ("Sudo", "Sudid", ("Ok", ()))
    world.call(world.sudo_key, ("Sudo", "sudo_unchecked_weight", arguments), *done)


_ACTIONS: Final[dict[str, Callable[[World, Act], None]]] = {
    "parameter": _parameter,
    "remove_stake": _remove_stake,
    "take": _take,
    "childkey_take": _childkey_take,
    "children": _children,
    "swap_hotkey": _swap_hotkey,
    "register": _register,
    "axon": _axon,
    "burn": _burn,
    "collateral": _collateral,
    "owner": _owner,
    "moving_price": _moving_price,
    "dissolve_scheduled": _dissolve_scheduled,
    "dissolve": _dissolve,
    "sudo": _sudo,
    "sudo_key": _sudo_key,
    "transfer": _transfer,
    "swap_announced": _swap_announced,
    "swap_disputed": _swap_disputed,
    "swap_cleared": _swap_cleared,
    "swap_done": _swap_done,
    "proxy": _proxy,
    "upgrade": _upgrade,
}
"""What `stall` does is the clock's, not the chain's."""
