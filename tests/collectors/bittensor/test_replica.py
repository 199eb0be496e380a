"""What a real runtime answered, read by the whole collector: recorded values as they are, and none that was made up.

Of a key that was never recorded the node tells no bytes at all, which is no value of any type that is watched.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collectors.bittensor import ss58
from collectors.bittensor.plan import BittensorPlan
from tests.collectors.bittensor.reading import Collected, collect
from tests.collectors.bittensor.replay import recorded_calls, replica
from tests.collectors.raw_node import Asked, Behaviour, RawNode, reply

HASH_106 = "0x077a9b4a063749ce11b841bde77dcaa8b83e3058abe2e74945c32cf437a44a8d"
UPGRADE = "0x26aa394eea5630e07c48ae0c9558cef7f9cce9c888469bb1a0dceaa129672ef8"
VERSION_293 = "0x9504386e6f64652d73756274656e736f72"
"""The one value that is not recorded and that nothing is read without: 293 and "node-subtensor", as chains store it."""
HOTKEY = ss58.encode(bytes.fromhex("08de04e1d920e69580af56e21f0204100fc52f96a2479b9cd0ed1831b59f193a"))
ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
PLAN = BittensorPlan(
    network=None,
    name_override=None,
    expected_chain_id=None,
    cursor=None,
    hotkeys={HOTKEY: (1,)},
    everywhere=frozenset(),
    subnets=frozenset({1}),
    coldkeys=frozenset({ALICE}),
    discover=False,
    spec_version=None,
    max_catchup=250,
    block_time=None,
    stale_after=180,
    now=1_800_000_000,
)
LEFT_OUT = None


def storage() -> dict[str, str | None]:
    """Key -> what the node told of block 106."""
    found: dict[str, str | None] = {UPGRADE: VERSION_293}
    for pair in replica():
        request = pair["request"]
        if isinstance(request, Mapping) and "result" in pair["response"]:
            params, result = request["params"], pair["response"]["result"]
            if request["method"] == "state_getStorage" and params[1:] in ([], [HASH_106]):
                found[params[0]] = result
            elif request["method"] == "state_queryStorageAt":
                found |= dict(result[0]["changes"])
    return found


def values() -> dict[str, bytes]:
    """By the names that the recording gives them, of the first key of each item."""
    found: dict[str, bytes] = {}
    for pair in replica():
        if "." in (pair.get("note") or "") and isinstance(pair["response"].get("result"), str):
            found.setdefault(pair["note"].partition(".")[2], bytes.fromhex(pair["response"]["result"][2:]))
    return found


def replays(unrecorded: str | None = "0x") -> Behaviour:
    """`unrecorded`: what is told of a key that was never asked for; LEFT_OUT: nothing."""
    stored = storage()

    def answer(call: Mapping[str, Any]) -> dict[str, Any]:
        method, params = call["method"], [one for one in call["params"] if one != HASH_106 or "Block" in call["method"]]
        if method == "state_queryStorageAt":
            changes = [[key, stored.get(key, unrecorded)] for key in params[0] if key in stored or unrecorded]
            return {"id": call["id"], "result": [{"block": HASH_106, "changes": changes}]}
        if method == "chain_getBlockHash" and isinstance(params[0], list):
            return {"id": call["id"], "result": [answer({**call, "params": [one]})["result"] for one in params[0]]}
        unknown = recorded_calls()[json.dumps(["state_call", ["NoSuchApi_nope", "0x"]])]
        return {**recorded_calls().get(json.dumps([method, params]), unknown), "id": call["id"]}

    def behave(connection: socket.socket, asked: Asked) -> None:
        request = json.loads(asked.body)
        told = [answer(one) for one in request] if isinstance(request, list) else answer(request)
        connection.sendall(reply(200, json.dumps(told).encode()))

    return behave


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    with RawNode(replays()) as node:
        return collect(PLAN, tmp_path_factory.mktemp("cache"), node.url)


def number(name: str) -> int:
    return int.from_bytes(values()[name], "little")


def column(name: str, size: int) -> tuple[int, ...]:
    """A list of 1,024 numbers, behind the two bytes of its length."""
    raw = values()[name]
    assert raw[:2] == b"\x01\x10"
    return tuple(int.from_bytes(raw[at : at + size], "little") for at in range(2, len(raw), size))


def test_the_recorded_block_is_read_with_its_events_and_calls(found: Collected) -> None:
    assert (found.error, found.finished.caught_up, found.finished.network) == ("", True, "bittensor:45454545")
    assert (found.levels, found.gaps) == ([106], [])
    (facts,) = found.read[0].facts
    assert (facts.hash, facts.spec_version) == (HASH_106, 293)
    assert [event.name for event in facts.events] == ["System.ExtrinsicSuccess"]
    assert [(call.name, call.success) for call in facts.calls] == [("Timestamp.set", True)]
    assert found.blocks[0].timestamp == found.snapshot.chain.timestamp


def test_a_recorded_subnet_is_read_as_it_was_told(found: Collected) -> None:
    subnet = found.snapshot.subnets[1]
    assert (subnet.exists, subnet.neurons) == (True, number("SubnetworkN"))
    assert (subnet.tempo, subnet.max_uids) == (number("Tempo"), number("MaxAllowedUids"))
    assert subnet.burn == number("Burn")
    assert subnet.moving_price == number("SubnetMovingPrice") / 2**32
    assert subnet.owner == ss58.encode(values()["SubnetOwner"])
    assert subnet.alpha_price == 9_531_839
    assert (subnet.hyperparameter("tempo"), subnet.hyperparameter("immunity_period")) == (99, number("ImmunityPeriod"))
    assert (subnet.vectors.dividends, subnet.vectors.emission) == (column("Dividends", 2), column("Emission", 8))
    assert subnet.vectors.last_update == (column("LastUpdate", 8),)
    assert subnet.vectors.incentive == (column("Incentive", 2),)
    assert subnet.vectors.validator_permit == tuple(map(bool, column("ValidatorPermit", 1)))
    assert len(subnet.vectors.validator_permit) == 1024


def test_a_recorded_neuron_and_a_recorded_wallet_are_read_as_they_were_told(found: Collected) -> None:
    neuron = found.snapshot.neurons[1, HOTKEY]
    assert (neuron.registered, neuron.uid) == (True, 630)
    assert neuron.alpha_stake == number("TotalHotkeyAlpha")
    assert neuron.alpha_dividends == number("AlphaDividendsPerSubnet")
    assert neuron.root_alpha_dividends == number("TaoDividendsPerSubnet")
    assert neuron.emission == column("Emission", 8)[630]
    assert found.snapshot.hotkeys[HOTKEY].owner == ss58.encode(values()["Owner"])
    assert found.snapshot.coldkeys[ALICE].free == 10**15


def test_what_was_never_recorded_is_unknown(found: Collected) -> None:
    snapshot = found.snapshot
    subnet, neuron, wallet = snapshot.subnets[1], snapshot.neurons[1, HOTKEY], snapshot.coldkeys[ALICE]
    assert (subnet.owner_hotkey, subnet.registration_allowed, subnet.registered_at) == (None, None, None)
    assert (subnet.vectors.active, subnet.vectors.validator_trust, subnet.vectors.consensus) == (None, None, None)
    assert (subnet.vectors.hotkeys, subnet.vectors.total_stake, subnet.owner_uids) == (None, None, None)
    assert (neuron.active, neuron.validator_trust, neuron.axon, neuron.childkey_take) == (None, None, None, None)
    assert (neuron.children, neuron.parents, neuron.pending_children, neuron.lenders) == (None, None, None, None)
    assert (wallet.proxies, snapshot.hotkeys[HOTKEY].take) == (None, None)
    assert (snapshot.chain.subnet_limit, snapshot.chain.sudo_key, snapshot.chain.standings) == (None, None, None)
    assert {"Active", "Axons", "Proxy.Proxies", "Sudo.Key"} <= set(snapshot.chain.undecoded)
    assert not {"Tempo", "Uids", "System.Account", "TotalNetworks"} & set(snapshot.chain.undecoded)


def test_a_node_that_leaves_keys_out_is_an_error_and_nothing_is_read(tmp_path: Path) -> None:
    with RawNode(replays(LEFT_OUT)) as node:
        found = collect(PLAN, tmp_path, node.url)
    assert found.items == [found.finished]
    assert found.error == "storage of a key is missing"


def test_a_pinned_chain_that_is_not_the_recorded_one_is_not_read(tmp_path: Path) -> None:
    with RawNode(replays()) as node:
        found = collect(PLAN._replace(expected_chain_id="0x" + "46" * 32), tmp_path, node.url)
    assert found.items == [found.finished]
    assert found.error == "127.0.0.1#1: on another chain than the one pinned"
