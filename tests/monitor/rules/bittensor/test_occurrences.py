"""What blocks hold of the watched targets, and what is told of it once."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.bittensor.block import ChainCall, ChainEvent
from monitor.bittensor.units import RAO, storage_index
from monitor.model import Severity
from monitor.rules.bittensor.occurrences import occurrences_of, registrations_of
from monitor.rules.bittensor.watched import CHAIN, Watched, neuron_target
from tests.monitor.rules.bittensor.blocks import block, event, told
from tests.monitor.rules.bittensor.states import (
    COLDKEY,
    HOTKEY,
    NETUID,
    NETWORK,
    OTHER,
    occurrence,
)

NEURON = neuron_target(NETUID, HOTKEY)
WATCHED = Watched({HOTKEY: (NETUID,)}, frozenset({NETUID}), frozenset({COLDKEY}))


def found(*events: ChainEvent, calls: tuple[ChainCall, ...] = ()) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (one.target, one.kind, dict(one.detail))
        for one in occurrences_of(block(*events, calls=calls), WATCHED, NETWORK)
    ]


def test_weights_that_are_committed_and_revealed_are_found_per_mechanism() -> None:
    second = storage_index(NETUID, 1)
    assert found(
        event("SubtensorModule.TimelockedWeightsCommitted", HOTKEY, second, "0x01", 5),
        event("SubtensorModule.TimelockedWeightsRevealed", NETUID, HOTKEY),
        event("SubtensorModule.TimelockedWeightsCommitted", OTHER, NETUID, "0x01", 5),
        event("SubtensorModule.TimelockedWeightsRevealed", 7, HOTKEY),
    ) == [
        (NEURON, "weights_committed", {"mechanism": 1}),
        (NEURON, "weights_revealed", {"mechanism": 0}),
    ]


def test_attempts_to_set_weights_are_found_with_their_error() -> None:
    calls = (
        ChainCall("SubtensorModule.set_weights", {"netuid": NETUID}, signer=HOTKEY, success=False, error="X.TooFast"),
        ChainCall("SubtensorModule.commit_timelocked_weights", {"netuid": NETUID}, signer=HOTKEY),
        ChainCall("SubtensorModule.set_weights", {"netuid": NETUID}, signer=OTHER),
        ChainCall("SubtensorModule.batch_set_weights", {"netuids": [NETUID, 3]}, signer=HOTKEY),
    )
    assert found(calls=calls) == [
        (NEURON, "weights_failed", {"error": "X.TooFast"}),
        (NEURON, "weights_called", {}),
        (NEURON, "weights_called", {}),
    ]


def test_two_of_a_kind_in_a_block_are_two() -> None:
    facts = block(*(event("Balances.Transfer", COLDKEY, OTHER, amount) for amount in (RAO, 2 * RAO)))
    assert [one.ordinal for one in occurrences_of(facts, WATCHED, NETWORK)] == [0, 1]


def test_what_pays_for_ones_own_stake_is_no_transfer_out_of_the_wallet() -> None:
    def of(extrinsic: int, one: ChainEvent) -> ChainEvent:
        return ChainEvent(one.name, one.fields, extrinsic)

    paid = event("Balances.Transfer", COLDKEY, OTHER, 5 * RAO)
    staked = event("SubtensorModule.StakeAdded", COLDKEY, HOTKEY, 5 * RAO - 7, 9 * RAO, NETUID, 7)
    sent = (COLDKEY, "transfer", {"amount": 5 * RAO, "to": OTHER})
    assert found(of(2, paid), of(2, staked)) == []
    assert found(of(2, paid), of(2, paid), of(2, staked)) == [sent]
    assert found(of(2, paid), of(3, staked)) == [sent]
    assert found(of(2, event("Balances.Transfer", COLDKEY, OTHER, 6 * RAO)), of(2, staked)) != []


def test_a_transfer_of_unknown_size_is_a_warning() -> None:
    verdict = told(occurrence("transfer", target=COLDKEY, amount=None, to=OTHER))
    assert verdict is not None
    assert verdict.severity is Severity.WARNING


@pytest.mark.parametrize(("tao", "severity"), [(0.5, None), (1, Severity.WARNING), (100, Severity.CRITICAL)])
def test_transfers_are_told_from_an_amount_on(tao: float, severity: Severity | None) -> None:
    [(target, kind, detail)] = found(event("Balances.Transfer", COLDKEY, OTHER, round(tao * RAO)))
    verdict = told(occurrence(kind, target=target, **detail))
    assert (None if verdict is None else verdict.severity) == severity


def test_a_targets_own_amount_wins() -> None:
    moved = occurrence("transfer", target=COLDKEY, amount=5 * RAO)
    assert told(moved, warning=10.0) is None
    critical = told(moved, critical=5.0)
    assert critical is not None
    assert critical.severity is Severity.CRITICAL


def test_between_watched_coldkeys_nothing_leaves() -> None:
    assert found(event("Balances.Transfer", COLDKEY, COLDKEY, RAO)) == []
    assert found(event("Balances.Transfer", OTHER, COLDKEY, RAO)) == []


def test_fields_are_found_by_name_as_well_as_by_place() -> None:
    named = ChainEvent("Proxy.ProxyAdded", {"delegator": COLDKEY, "delegatee": OTHER, "proxy_type": "Any", "delay": 0})
    assert found(named) == [(COLDKEY, "proxy_added", {"new": OTHER, "proxy": "Any"})]
    assert found(event("Proxy.ProxyAdded", COLDKEY, OTHER, "Any", 0)) == found(named)


@pytest.mark.parametrize(
    "fact",
    [
        event("Proxy.ProxyAdded", COLDKEY, OTHER, "Any", 0),
        ChainEvent("SubtensorModule.ColdkeySwapAnnounced", {"who": COLDKEY, "new_coldkey_hash": "0x00"}),
        ChainEvent("SubtensorModule.ColdkeySwapped", {"old_coldkey": COLDKEY, "new_coldkey": OTHER}),
        ChainEvent("SubtensorModule.HotkeySwapped", {"coldkey": COLDKEY, "old_hotkey": HOTKEY, "new_hotkey": OTHER}),
        ChainCall("SubtensorModule.swap_hotkey", {"hotkey": OTHER}, signer=COLDKEY),
        ChainCall("SubtensorModule.increase_take", {"hotkey": OTHER, "take": 9}, signer=COLDKEY),
        ChainCall("SubtensorModule.set_children", {"hotkey": OTHER, "netuid": 1}, signer=OTHER, origin=COLDKEY),
    ],
)
def test_every_change_of_control_is_critical(fact: ChainEvent | ChainCall) -> None:
    facts = found(calls=(fact,)) if isinstance(fact, ChainCall) else found(fact)
    target, kind, detail = facts[0]
    verdict = told(occurrence(kind, target=target, **detail))
    assert verdict is not None
    assert verdict.severity is Severity.CRITICAL


def test_a_swap_of_a_hotkey_is_known_at_each_of_its_places() -> None:
    swapped = ChainEvent("SubtensorModule.HotkeySwapped", {"old_hotkey": HOTKEY, "new_hotkey": OTHER})
    assert (NEURON, "swapped_away", {"new": OTHER}) in found(swapped)
    on_one = {"old_hotkey": HOTKEY, "new_hotkey": OTHER, "netuid": NETUID}
    assert (NEURON, "swapped_away", {"new": OTHER}) in found(
        ChainEvent("SubtensorModule.HotkeySwappedOnSubnet", on_one)
    )
    elsewhere = ChainEvent("SubtensorModule.HotkeySwappedOnSubnet", on_one | {"netuid": 99})
    assert [kind for _, kind, _ in found(elsewhere)] == ["hotkey_swapped"]


def test_a_call_that_failed_or_is_anothers_changes_no_control() -> None:
    refused = ChainCall("SubtensorModule.set_children", {"hotkey": OTHER}, signer=COLDKEY, success=False)
    others = ChainCall("SubtensorModule.set_children", {"hotkey": OTHER}, signer=OTHER)
    assert found(calls=(refused, others)) == []


def test_the_hand_of_root_is_told_where_it_touches_what_is_watched_or_everything() -> None:
    def sudo(name: str, **arguments: Any) -> ChainCall:
        return ChainCall(name, arguments, signer=COLDKEY, origin="root", path=("Sudo.sudo",))

    calls = (
        sudo("SubtensorModule.root_dissolve_network", netuid=NETUID),
        sudo("SubtensorModule.root_dissolve_network", netuid=99),
        sudo("System.set_code", code="0x00"),
        sudo("AdminUtils.sudo_set_tempo", netuid=NETUID, tempo=99),  # told as the hyperparameter it changes
        sudo("Utility.batch_all"),  # what is in it is told
    )
    assert found(event("Sudo.KeyChanged"), calls=calls) == [
        (CHAIN, "sudo_key_changed", {}),
        (str(NETUID), "sudo", {"call": "SubtensorModule.root_dissolve_network", "netuid": NETUID}),
        (CHAIN, "sudo", {"call": "System.set_code"}),
    ]


def test_odd_fields_are_passed_over() -> None:
    odd = [
        event("Balances.Transfer", {"Id": [1]}, None, "much"),
        event("SubtensorModule.TimelockedWeightsCommitted", ["x"], "y"),
        event("SubtensorModule.EpochSkipped", [NETUID]),
        event("SubtensorModule.HotkeySwapped", {"a": 1}, {"b": 2}),
        event("SubtensorModule.NeuronRegistered"),
    ]
    assert found(*odd) == []
    assert registrations_of(block(*odd)) == {}


def test_registrations_are_counted_per_subnet() -> None:
    events = [event("SubtensorModule.NeuronRegistered", netuid, 1, OTHER) for netuid in (18, 18, 3)]
    assert registrations_of(block(*events)) == {18: 2, 3: 1}
