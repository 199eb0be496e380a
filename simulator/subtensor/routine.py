"""What happens at every block of itself: epochs, reveals, prices, and validators that set their weights."""

from __future__ import annotations

from simulator.subtensor.epoch import Contender, Result, epoch
from simulator.subtensor.extrinsic import Call, Event
from simulator.subtensor.hashing import blake2_256
from simulator.subtensor.parameters import FIXED, TAO
from simulator.subtensor.running import RunningNeuron, RunningSubnet, storage_index
from simulator.subtensor.world import MODULE, World, chance

_PER_BLOCK = TAO
"""Alpha that a subnet gives out per block."""
_TAO_IN = TAO // 20
_PRICE_EVERY = 5
"""Blocks between two prices."""
_POOL = 10_000 * TAO


def begin_block(world: World) -> None:
    """Before any extrinsic."""
    _apply_children(world)
    for subnet in list(world.subnets.values()):
        netuid = subnet.netuid
        _prices(world, subnet)
        if not _due(world, subnet):
            world.put("BlocksSinceLastStep", netuid, value=world.number - subnet.last_epoch)
        elif held := world.spells("no_epoch", netuid):
            if held[0].value and not subnet.skipped:
                subnet.skipped = True
                world.block.happened(MODULE, "EpochSkipped", netuid, world.number)
        else:
            run_epoch(world, subnet)
            _reveal(world, subnet)


def set_weights(world: World) -> None:
    """Extrinsics of the validators whose turn it is."""
    for subnet in list(world.subnets.values()):
        dark = _dark(world, subnet)
        for uid, neuron in enumerate(subnet.neurons):
            if not neuron.validates or (world.number - neuron.phase) % neuron.interval or neuron.hotkey in dark:
                continue
            if not world.spells("no_weights", subnet.netuid, neuron.name):
                for mechanism in range(len(neuron.updates)):
                    _weights(world, subnet, uid, neuron, mechanism)


def _due(world: World, subnet: RunningSubnet) -> bool:
    pending = world.get("PendingEpochAt", subnet.netuid) or 0
    tempo = world.parameter(subnet.netuid, "tempo")
    return bool(tempo) and (world.number - subnet.last_epoch >= tempo or 0 < pending <= world.number)


# Epochs -------------------------------------------------------------------------------------------------------------


def stake_weight(world: World, subnet: RunningSubnet, neuron: RunningNeuron) -> float:
    """Alpha and root stake, what it lends taken off, what its parents lend it added; 0 below the threshold."""

    def own(one: RunningNeuron) -> float:
        return one.stake + 0.18 * one.root

    netuid = subnet.netuid
    lent = sum(share for share, _ in world.get("ChildKeys", neuron.hotkey, netuid) or ()) / (2**64 - 1)
    weight = own(neuron) * (1 - lent)
    for parent, share in world.parents.get((netuid, neuron.hotkey), {}).items():
        weight += share * sum(own(one) for one in subnet.neurons if one.hotkey == parent)
    weight *= world.factor("light", netuid, neuron.name)
    return weight if weight >= world.plan.stake_threshold else 0.0


def run_epoch(world: World, subnet: RunningSubnet) -> None:
    netuid, number = subnet.netuid, world.number
    tempo = world.parameter(netuid, "tempo")
    cutoff = world.parameter(netuid, "activity_cutoff_factor") * tempo // 1000
    active = tuple(number - neuron.updates[0] <= cutoff for neuron in subnet.neurons)
    contenders = [
        Contender(
            stake_weight(world, subnet, neuron),
            active[uid],
            min(1.0, _noisy(world, netuid, neuron, "trust") * neuron.trust),
            _noisy(world, netuid, neuron, "dividends"),
            [
                neuron.quality * _noisy(world, netuid, neuron, "incentive", mechanism)
                for mechanism in range(subnet.plan.mechanisms)
            ],
            neuron.take,
        )
        for uid, neuron in enumerate(subnet.neurons)
    ]
    result = epoch(contenders, world.parameter(netuid, "max_validators"), tempo * _PER_BLOCK, subnet.plan.mechanisms)
    _write_epoch(world, subnet, result, active)
    _write_dividends(world, subnet, result)
    subnet.last_epoch, subnet.skipped = number, False
    subnet.epoch_index += 1
    for item, value in {
        "LastEpochBlock": number,
        "LastMechansimStepBlock": number,
        "BlocksSinceLastStep": 0,
        "SubnetEpochIndex": subnet.epoch_index,
        "PendingEpochAt": 0,
    }.items():
        world.put(item, netuid, value=value)


def _noisy(world: World, netuid: int, neuron: RunningNeuron, what: str, mechanism: int = 0) -> float:
    """Within 2 % of what it should be."""
    noise = 0.98 + 0.04 * chance(world.plan.seed, what, netuid, mechanism, neuron.name, world.number)
    return noise * world.factor(what, netuid, neuron.name)


def _write_epoch(world: World, subnet: RunningSubnet, result: Result, active: tuple[bool, ...]) -> None:
    netuid = subnet.netuid
    for item, vector in {
        "Active": active,
        "ValidatorPermit": result.permits,
        "ValidatorTrust": result.trust,
        "Dividends": result.dividends,
        "Consensus": result.incentive[0],
        "Emission": result.emission,
    }.items():
        world.put(item, netuid, value=vector)
    for mechanism, incentive in enumerate(result.incentive):
        index = storage_index(netuid, mechanism)
        world.put("Incentive", index, value=incentive)
        mined = tuple(round(0.41 * part) for part in result.emission)
        world.block.happened(MODULE, "IncentiveAlphaEmittedToMiners", index, mined)
    burned = world.spells("miner_burned", netuid)
    world.put("MinerBurned", netuid, value=int((burned[0].value if burned else 0.0) * FIXED))


def _write_dividends(world: World, subnet: RunningSubnet, result: Result) -> None:
    """The maps are cleared and written anew: who got nothing is not in them."""
    netuid, paid = subnet.netuid, set[bytes]()
    for uid, neuron in enumerate(subnet.neurons):
        hotkey, amount = neuron.hotkey, result.alpha_dividends[uid]
        world.put("TotalHotkeyAlphaLastEpoch", hotkey, netuid, value=neuron.stake)
        if amount:
            paid.add(hotkey)
            world.put("AlphaDividendsPerSubnet", netuid, hotkey, value=amount)
            world.put("RootAlphaDividendsPerSubnet", netuid, hotkey, value=result.root_dividends[uid])
            neuron.stake += amount
            world.put("TotalHotkeyAlpha", hotkey, netuid, value=neuron.stake)
    for hotkey in subnet.dividends_of - paid:
        world.put("AlphaDividendsPerSubnet", netuid, hotkey, value=None)
        world.put("RootAlphaDividendsPerSubnet", netuid, hotkey, value=None)
    subnet.dividends_of = paid


def _apply_children(world: World) -> None:
    for (netuid, parent), (block, children) in list(world.next_children.items()):
        if world.number < block:
            continue
        del world.next_children[netuid, parent]
        world.put("PendingChildKeys", netuid, parent, value=None)
        world.put("ChildKeys", parent, netuid, value=children or None)
        before = [child for (at, child), lenders in world.parents.items() if at == netuid and parent in lenders]
        for child in before:
            del world.parents[netuid, child][parent]
        for share, child in children:
            world.parents[netuid, child][parent] = share / (2**64 - 1)
        for child in {*before, *(child for _, child in children)}:
            lenders = world.parents[netuid, child].items()
            told = tuple((int(share * (2**64 - 1)), lender) for lender, share in lenders)
            world.put("ParentKeys", child, netuid, value=told or None)
        world.block.happened(MODULE, "SetChildren", parent, netuid, children)


# Weights ------------------------------------------------------------------------------------------------------------


def _dark(world: World, subnet: RunningSubnet) -> set[bytes]:
    """Hotkeys that are down together."""
    spells = world.spells("dark", subnet.netuid)
    if not spells:
        return set()
    weights = sorted(((neuron.stake, neuron.hotkey) for neuron in subnet.neurons if neuron.validates), reverse=True)
    wanted, found = spells[0].value * sum(stake for stake, _ in weights), set[bytes]()
    for stake, hotkey in weights:
        if wanted <= 0:
            break
        found.add(hotkey)
        wanted -= stake
    return found


def _weights(world: World, subnet: RunningSubnet, uid: int, neuron: RunningNeuron, mechanism: int) -> None:
    netuid, index = subnet.netuid, storage_index(subnet.netuid, mechanism)
    commits = world.parameter(netuid, "commit_reveal_weights_enabled")
    error = _error(world, subnet, uid, neuron)
    call, event, commit = (_commit if commits else _plainly)(world, subnet, uid, neuron, mechanism)
    if not world.call(neuron.hotkey, call, event, error=error):
        return
    neuron.updates[mechanism] = world.number
    world.changed_at("LastUpdate", index, uid, world.number)
    if commit is None:
        return
    world.put("TimelockedWeightCommits", index, subnet.epoch_index, value=_kept(subnet, index, commit))
    if world.spells("lost_reveals", netuid, neuron.name):
        subnet.lost.add((neuron.hotkey, world.number))


_Commit = tuple[bytes, int, bytes, int]


def _plainly(
    world: World, subnet: RunningSubnet, uid: int, neuron: RunningNeuron, mechanism: int
) -> tuple[Call, Event, None]:
    miners = [place for place, one in enumerate(subnet.neurons) if not one.validates][:16]
    arguments = {
        "netuid": subnet.netuid,
        "dests": miners,
        "weights": [65_535 - place for place in range(len(miners))],
        "version_key": neuron.version,
    }
    name = "set_weights"
    if mechanism:
        name, arguments = "set_mechanism_weights", {**arguments, "mecid": mechanism}
    return (MODULE, name, arguments), (MODULE, "WeightsSet", storage_index(subnet.netuid, mechanism), uid), None


def _commit(
    world: World, subnet: RunningSubnet, uid: int, neuron: RunningNeuron, mechanism: int
) -> tuple[Call, Event, _Commit]:
    index = storage_index(subnet.netuid, mechanism)
    sealed = blake2_256(repr((world.plan.seed, neuron.name, world.number, index)).encode()) * 3
    drand = 20_000_000 + 4 * (world.number - world.plan.first_block)
    arguments = {"netuid": subnet.netuid, "commit": sealed, "reveal_round": drand, "commit_reveal_version": 4}
    name = "commit_timelocked_weights"
    if mechanism:
        name, arguments = "commit_timelocked_mechanism_weights", {**arguments, "mecid": mechanism}
    event = (MODULE, "TimelockedWeightsCommitted", neuron.hotkey, index, blake2_256(sealed), drand)
    return (MODULE, name, arguments), event, (neuron.hotkey, world.number, sealed, drand)


def _kept(subnet: RunningSubnet, index: int, commit: _Commit) -> tuple[_Commit, ...]:
    waiting = subnet.commits.setdefault((index, subnet.epoch_index), [])
    waiting.append(commit)
    return tuple(waiting)


def _error(world: World, subnet: RunningSubnet, uid: int, neuron: RunningNeuron) -> tuple[str, str] | None:
    netuid = subnet.netuid
    for spell in world.spells("failing_weights", netuid, neuron.name):
        return MODULE, spell.value
    wanted = world.parameter(netuid, "weights_version")
    if not world.spells("old_version", netuid, neuron.name):
        neuron.version = wanted
    if neuron.version < wanted:
        return MODULE, "IncorrectWeightVersionKey"
    permits = world.get("ValidatorPermit", netuid) or ()
    if uid < len(permits) and not permits[uid]:
        return MODULE, "NeuronNoValidatorPermit"
    return None


def _reveal(world: World, subnet: RunningSubnet) -> None:
    """What was committed `commit_reveal_period` epochs ago; what is older and was not revealed is thrown away."""
    due = subnet.epoch_index - world.parameter(subnet.netuid, "commit_reveal_period")
    for (index, at), waiting in sorted(subnet.commits.items()):
        if at > due:
            continue
        left = [] if at < due else [one for one in waiting if (one[0], one[1]) in subnet.lost]
        if at == due:
            for hotkey, block, _, _ in waiting:
                if (hotkey, block) not in subnet.lost:
                    world.block.happened(MODULE, "TimelockedWeightsRevealed", index, hotkey)
        world.put("TimelockedWeightCommits", index, at, value=tuple(left) or None)
        if left:
            subnet.commits[index, at] = left
        else:
            del subnet.commits[index, at]


# Prices -------------------------------------------------------------------------------------------------------------


def _prices(world: World, subnet: RunningSubnet) -> None:
    netuid, number = subnet.netuid, world.number
    off = bool(world.spells("no_emission", netuid))
    world.put("SubnetEmissionEnabled", netuid, value=not off)
    world.put("SubnetTaoInEmission", netuid, value=0 if off else _TAO_IN)
    world.put("SubnetAlphaInEmission", netuid, value=0 if off else round(_TAO_IN / subnet.price))
    world.put("SubnetAlphaOutEmission", netuid, value=_PER_BLOCK)
    if number % _PRICE_EVERY and number >= world.plan.first_block:
        return
    wave = abs((number // _PRICE_EVERY + netuid * 31) % 200 - 100) / 100 - 0.5
    noise = chance(world.plan.seed, "price", netuid, number) - 0.5
    subnet.price = subnet.plan.price * (1 + 0.01 * wave + 0.002 * noise) * world.factor("price", netuid)
    subnet.moving_price += 0.001 * (subnet.plan.price - subnet.moving_price) if not _fixed(world, netuid) else 0.0
    ratio = (subnet.price / subnet.plan.price) ** 0.5
    world.put("SubnetTAO", netuid, value=round(_POOL * ratio))
    world.put("SubnetAlphaIn", netuid, value=round(_POOL / subnet.plan.price / ratio))
    world.put("SubnetMovingPrice", netuid, value=round(subnet.moving_price * (1 << 32)))


def _fixed(world: World, netuid: int) -> bool:
    """Whether a script has put the moving price somewhere."""
    return any(act.kind == "moving_price" and act.netuid == netuid for acts in world.acts.values() for act in acts)
