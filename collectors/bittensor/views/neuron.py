"""Everything known of one neuron at one block."""

from __future__ import annotations

from dataclasses import dataclass

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.values import hotkey_of, neuron_of
from collectors.bittensor.views.errors import NoSuchNeuron
from collectors.bittensor.views.subnet import SubnetView, read_subnet
from collectors.bittensor.wanted import want_hotkey, want_neuron, want_what_follows
from monitor.bittensor.neuron import HotkeyState, Neuron


@dataclass(frozen=True, slots=True)
class NeuronView:
    neuron: Neuron
    hotkey: HotkeyState
    subnet: SubnetView


def read_neuron(block: AtBlock, netuid: int, hotkey: str | None, uid: int | None) -> NeuronView:
    """By its hotkey, registered or not, else by `uid`. Raises SourceError: NoSuchSubnet, NoSuchNeuron."""
    state = block.state
    if hotkey is not None:
        want_neuron(state, netuid, hotkey)
        want_hotkey(state, hotkey)
    subnet = read_subnet(block, netuid)
    if hotkey is None:
        if uid is None or uid >= len(subnet.hotkeys):
            raise NoSuchNeuron(netuid, uid or 0, block.number)
        hotkey = subnet.hotkeys[uid]
        want_neuron(state, netuid, hotkey)
        want_hotkey(state, hotkey)
        block.read()
    want_what_follows(state, [(netuid, hotkey)], [netuid], [])
    block.read()
    return NeuronView(neuron_of(state, subnet.state, netuid, hotkey), hotkey_of(state, hotkey), subnet)
