"""What is stored before the first block of a chain."""

from __future__ import annotations

from collections import defaultdict

from simulator.subtensor.parameters import PARAMETERS, TAO, U16
from simulator.subtensor.plan import Neuron
from simulator.subtensor.running import RunningNeuron, RunningSubnet
from simulator.subtensor.runtime import SPEC_NAME
from simulator.subtensor.world import SUDO, World

ROOT = 0
_TAO_WEIGHT = int(0.18 * (1 << 64))


def write_genesis(world: World) -> None:
    plan = world.plan
    for item, value in {
        "TotalNetworks": len(plan.subnets) + 1,
        "SubnetLimit": plan.subnet_limit,
        "NetworkImmunityPeriod": plan.network_immunity_period,
        "StakeThreshold": plan.stake_threshold,
        "ColdkeySwapAnnouncementDelay": plan.swap_delay,
        "TaoWeight": _TAO_WEIGHT,
        "TotalIssuance": 10_500_000 * TAO,
        "TotalStake": 7_000_000 * TAO,
        "CommitRevealWeightsVersion": 4,
    }.items():
        world.put(item, value=value)
    world.put("LastRuntimeUpgrade", value=(plan.release.spec_version, SPEC_NAME), pallet="System")
    world.put("Key", value=plan.coldkey_bytes(SUDO), pallet="Sudo")
    for name, rao in plan.balances.items():
        world.balance(plan.coldkey_bytes(name), rao - 10 * TAO)
    _root(world)
    for subnet in world.subnets.values():
        _subnet(world, subnet)


def _root(world: World) -> None:
    """Subnet 0: whoever has stake there, once."""
    stakes = {neuron.hotkey: neuron.root for subnet in world.subnets.values() for neuron in subnet.neurons}
    staked = [hotkey for hotkey, rao in stakes.items() if rao]
    world.put("NetworksAdded", ROOT, value=True)
    world.put("Tempo", ROOT, value=100)
    world.put("SubnetworkN", ROOT, value=len(staked))
    world.put("MaxAllowedUids", ROOT, value=64)
    for uid, hotkey in enumerate(staked):
        world.put("Uids", ROOT, hotkey, value=uid)
        world.put("Keys", ROOT, uid, value=hotkey)
        world.put("TotalHotkeyAlpha", hotkey, ROOT, value=stakes[hotkey])


def _subnet(world: World, subnet: RunningSubnet) -> None:
    netuid, plan = subnet.netuid, subnet.plan
    first = world.plan.first_block
    own = {**plan.parameters, "tempo": plan.tempo, "mechanism_count": plan.mechanisms}
    own.setdefault("commit_reveal_weights_enabled", plan.commit_reveal)
    for name, row in PARAMETERS.items():
        value = own.get(name, row.default)
        if row.item and value is not None:
            world.put(row.item, netuid, value=value)
    for item, value in {
        "NetworksAdded": True,
        "NetworkRegisteredAt": first - plan.registered_ago,
        "FirstEmissionBlockNumber": first - plan.registered_ago + 50_000,
        "SubnetworkN": len(subnet.neurons),
        "SubnetOwner": subnet.owner,
        "SubnetOwnerHotkey": world.plan.hotkey_bytes(plan.owner_name),
        "LastEpochBlock": subnet.last_epoch,
        "LastMechansimStepBlock": subnet.last_epoch,
        "PendingEpochAt": 0,
        "SubnetEpochIndex": subnet.epoch_index,
        "Burn": TAO // 10,
        "TokenSymbol": "αβγδ"[netuid % 4].encode(),
        "SubnetAlphaOut": 1_000_000 * TAO,
        "SubnetLocked": 1000 * TAO,
    }.items():
        world.put(item, netuid, value=value)
    texts = dict.fromkeys(("github_repo", "subnet_contact", "subnet_url", "discord", "description"), b"")
    identity = {"subnet_name": f"subnet {netuid}".encode(), **texts, "logo_url": b"", "additional": b""}
    world.put("SubnetIdentitiesV3", netuid, value=identity)
    for uid, neuron in enumerate(subnet.neurons):
        write_neuron(world, netuid, uid, neuron)
    served: dict[str, Neuron] = {one.name: one for one in plan.neurons}
    for neuron in subnet.neurons:
        if served[neuron.name].served:
            write_axon(world, netuid, neuron.hotkey, "192.0.2.1", 8091)
    _owned(world, subnet)


def write_neuron(world: World, netuid: int, uid: int, neuron: RunningNeuron) -> None:
    world.put("Keys", netuid, uid, value=neuron.hotkey)
    world.put("Uids", netuid, neuron.hotkey, value=uid)
    world.put("BlockAtRegistration", netuid, uid, value=neuron.registered_at)
    world.put("IsNetworkMember", neuron.hotkey, netuid, value=True)
    world.put("Owner", neuron.hotkey, value=neuron.coldkey)
    world.put("Delegates", neuron.hotkey, value=round(neuron.take * U16))
    world.put("TotalHotkeyAlpha", neuron.hotkey, netuid, value=neuron.stake)
    world.put("TotalHotkeyAlphaLastEpoch", neuron.hotkey, netuid, value=neuron.stake)


def write_axon(world: World, netuid: int, hotkey: bytes, ip: str, port: int) -> None:
    number = int.from_bytes(bytes(int(part) for part in ip.split(".")), "big")
    axon = (world.number, 10_005_000, number, port, 4, 4, 0, 0)
    world.put("Axons", netuid, hotkey, value=axon)


def _owned(world: World, subnet: RunningSubnet) -> None:
    owned: dict[bytes, list[bytes]] = defaultdict(list)
    for neuron in subnet.neurons:
        owned[neuron.coldkey].append(neuron.hotkey)
    for coldkey, hotkeys in owned.items():
        known = list(world.get("OwnedHotkeys", coldkey) or ())
        both = tuple(dict.fromkeys([*known, *hotkeys]))
        world.put("OwnedHotkeys", coldkey, value=both)
        world.put("StakingHotkeys", coldkey, value=both)
    for coldkey in (*owned, subnet.owner):
        if coldkey not in world.balances:
            world.balance(coldkey)
