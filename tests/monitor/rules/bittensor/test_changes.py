"""What is told once: differences from the baseline, and what blocks hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.bittensor.block import BlockFacts, ChainCall, ChainEvent
from monitor.bittensor.history import Sample
from monitor.bittensor.metrics import BY_NAME
from monitor.bittensor.neuron import HotkeyState, Relative
from monitor.bittensor.units import NO_ACCOUNT, RAO, storage_index
from monitor.model import Occurrence, Severity, Verdict
from monitor.rules.bittensor.baseline import baseline_of, changes, parameter_of
from monitor.rules.bittensor.context import BittensorContext, Expected
from monitor.rules.bittensor.notices import NOTICES
from monitor.rules.bittensor.occurrences import occurrences_of, registrations_of
from monitor.rules.bittensor.sampling import neuron_samples, root_dividends_value, subnet_samples
from monitor.rules.bittensor.watched import CHAIN, Watched, neuron_target
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    COLDKEY,
    EPOCH,
    GONE,
    HOTKEY,
    MINER_UID,
    NETUID,
    NETWORK,
    NOW,
    OTHER,
    SUBNET,
    hotkey,
    miner,
    neuron,
    occurrence,
    subnet,
    validator,
    with_parameters,
    with_subnet,
)

NEURON = neuron_target(NETUID, HOTKEY)
WATCHED = Watched({HOTKEY: (NETUID,)}, frozenset({NETUID}), frozenset({COLDKEY}))


def told(one: Occurrence, **own: float) -> Verdict | None:
    """What the one notice rule that knows its kind says."""
    (rule,) = (rule for rule in NOTICES if one.kind in rule.kinds)
    return rule.judge(one, own)


def stored(context: BittensorContext) -> dict[str, Any]:
    """The baseline as it comes back from the database."""
    return dict(json.loads(json.dumps(baseline_of(context))))


def differs(before: BittensorContext, now: BittensorContext, *blocks: BlockFacts, **mine: int) -> list[Occurrence]:
    return list(changes("t", now, stored(before), blocks, mine))


def block(*events: ChainEvent, calls: tuple[ChainCall, ...] = (), at: int = BLOCK) -> BlockFacts:
    return BlockFacts(at, "0x00", NOW, 473, events, calls)


def found(*events: ChainEvent, calls: tuple[ChainCall, ...] = ()) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (one.target, one.kind, dict(one.detail))
        for one in occurrences_of(block(*events, calls=calls), WATCHED, NETWORK)
    ]


def event(name: str, *fields: Any, **named: Any) -> ChainEvent:
    return ChainEvent(name, {str(place): value for place, value in enumerate(fields)} | named)


# the baseline


def test_the_first_look_at_a_target_tells_nothing() -> None:
    assert changes("18", subnet(), None) == ()


def test_nothing_differs_where_nothing_changed() -> None:
    for context in (subnet(), validator(), hotkey()):
        assert differs(context, context) == []


def test_what_could_not_be_read_keeps_its_old_value_and_is_no_change() -> None:
    unread = subnet(subnet=with_subnet(hyperparameters=None, owner=None))
    assert differs(subnet(), unread) == []
    assert baseline_of(unread, stored(subnet()))["owner"] == OTHER


def test_a_changed_hyperparameter_is_told_old_and_new() -> None:
    [one] = differs(subnet(), subnet(subnet=with_parameters(immunity_period=100)))
    assert (one.kind, one.level) == ("hyperparam_changed", BLOCK)
    assert dict(one.detail) == {"parameter": "immunity_period", "old": 4096, "new": 100}
    verdict = told(one)
    assert verdict is not None
    assert verdict.severity is Severity.WARNING


@pytest.mark.parametrize(
    "name", ["tempo", "weights_version", "commit_reveal_period", "registration_allowed", "max_validators"]
)
def test_hyperparameters_that_decide_who_is_paid_are_critical(name: str) -> None:
    [one] = differs(subnet(), subnet(subnet=with_parameters(**{name: 7})))
    verdict = told(one)
    assert verdict is not None
    assert verdict.severity is Severity.CRITICAL


@pytest.mark.parametrize("name", ["difficulty", "burn", "activity_cutoff"])
def test_what_moves_by_itself_is_not_told(name: str) -> None:
    before = subnet(subnet=with_parameters(**{name: 1}))
    assert differs(before, subnet(subnet=with_parameters(**{name: 2}))) == []


def test_a_hyperparameter_that_a_runtime_adds_or_drops_is_no_change() -> None:
    added = subnet(subnet=with_parameters(collateral_lock_share=3))
    assert differs(subnet(), added) == []
    assert differs(added, subnet()) == []


@pytest.mark.parametrize(
    ("call", "by"),
    [
        ({"signer": OTHER, "origin": OTHER}, "owner"),
        ({"signer": COLDKEY, "origin": "root", "path": ("Sudo.sudo",)}, "root"),
        ({"signer": COLDKEY, "origin": COLDKEY}, COLDKEY),
        ({"signer": COLDKEY, "origin": OTHER, "path": ("Proxy.proxy",)}, "owner"),
    ],
)
def test_the_call_tells_by_whom(call: dict[str, Any], by: str) -> None:
    setter = ChainCall("AdminUtils.sudo_set_immunity_period", {"netuid": NETUID, "immunity_period": 100}, **call)
    other = ChainCall("AdminUtils.sudo_set_tempo", {"netuid": NETUID, "tempo": 100}, signer=HOTKEY)
    elsewhere = ChainCall("AdminUtils.sudo_set_immunity_period", {"netuid": 99}, signer=HOTKEY)
    [one] = differs(
        subnet(), subnet(subnet=with_parameters(immunity_period=100)), block(calls=(setter, other, elsewhere))
    )
    assert one.detail["by"] == by


def test_a_failed_call_did_nothing() -> None:
    setter = ChainCall("AdminUtils.sudo_set_immunity_period", {"netuid": NETUID}, signer=HOTKEY, success=False)
    [one] = differs(subnet(), subnet(subnet=with_parameters(immunity_period=100)), block(calls=(setter,)))
    assert "by" not in one.detail


def test_a_shorter_immunity_names_those_it_leaves_unprotected() -> None:
    shorter = subnet(subnet=with_parameters(immunity_period=100))
    [one] = differs(subnet(), shorter, **{"miner-1": BLOCK - 500, "miner-2": BLOCK - 50, "miner-3": BLOCK - 9000})
    assert one.detail["unprotected"] == ["miner-1"]


@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        ("AdminUtils.sudo_set_tempo", "tempo"),
        ("AdminUtils.sudo_set_weights_version_key", "weights_version"),
        ("AdminUtils.sudo_set_max_allowed_validators", "max_validators"),
        ("SubtensorModule.set_weights", None),
    ],
)
def test_a_setter_is_known_by_what_it_sets(call: str, parameter: str | None) -> None:
    assert parameter_of(call) == parameter


def test_a_new_owner_is_critical() -> None:
    [one] = differs(subnet(), subnet(subnet=with_subnet(owner=COLDKEY)))
    verdict = told(one)
    assert verdict is not None
    assert (one.kind, verdict.severity, one.detail["new"]) == ("subnet_owner_changed", Severity.CRITICAL, COLDKEY)


def test_a_take_that_is_not_expected_is_critical() -> None:
    changed = HotkeyState(HOTKEY, COLDKEY, 0.09)
    [one] = differs(hotkey(), hotkey(hotkey=changed))
    verdict = told(one)
    assert verdict is not None
    assert verdict.severity is Severity.CRITICAL
    [one] = differs(hotkey(), hotkey(hotkey=changed, expected=Expected(take=0.09)))
    verdict = told(one)
    assert verdict is not None
    assert verdict.severity is Severity.INFO


def test_children_and_parents_that_change_are_told_with_the_share_lent() -> None:
    lent = validator(neuron=neuron(children=(Relative(OTHER, 0.6),), parents=(Relative(COLDKEY, 0.1),)))
    kinds = {one.kind: one.detail for one in differs(validator(), lent)}
    assert kinds.keys() == {"children_changed", "parents_changed"}
    assert (kinds["children_changed"]["new_share"], kinds["children_changed"]["added"]) == (0.6, [OTHER])


def test_the_first_split_of_emission_is_told() -> None:
    before = subnet(subnet=with_parameters(mechanism_emission_split=()))
    [one] = differs(before, subnet(subnet=with_parameters(mechanism_emission_split=(60_000, 5_535))))
    assert (one.detail["old"], one.detail["new"]) == ([], [60_000, 5_535])


def test_a_hotkey_that_nobody_owned_or_that_was_swapped_away_changes_no_hands() -> None:
    nobodys = hotkey(hotkey=HotkeyState(HOTKEY, NO_ACCOUNT, 0.18))
    assert differs(nobodys, hotkey()) == []
    assert differs(hotkey(), nobodys) == []
    assert baseline_of(nobodys, stored(hotkey()))["owner"] == COLDKEY


def test_the_uid_that_was_held_last_is_remembered() -> None:
    held = stored(miner())
    assert held["uid"] == MINER_UID
    assert baseline_of(miner(neuron=GONE), held)["uid"] == MINER_UID


def test_a_hotkey_that_belongs_to_another_coldkey_is_critical() -> None:
    [one] = differs(hotkey(), hotkey(hotkey=HotkeyState(HOTKEY, OTHER, 0.18)))
    verdict = told(one)
    assert verdict is not None
    assert (one.kind, verdict.severity) == ("hotkey_owner_changed", Severity.CRITICAL)


# blocks


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


# samples


def test_what_moves_at_epochs_is_sampled_at_the_epoch_and_weights_where_they_were_set() -> None:
    samples = neuron_samples(SUBNET, neuron(), BLOCK)
    assert samples["validator_trust"].block == EPOCH
    assert samples["alpha_dividends_share"] == Sample(EPOCH, 0.125)
    assert samples["last_update"] == Sample(BLOCK - 60, BLOCK - 60)
    assert samples["alpha_stake"].block == BLOCK
    assert samples == neuron_samples(SUBNET, neuron(), BLOCK)


def test_a_hotkey_without_a_uid_is_sampled_as_such() -> None:
    assert neuron_samples(SUBNET, GONE, BLOCK) == {"uid": Sample(EPOCH, -1)}


def test_what_was_not_read_leaves_no_sample() -> None:
    assert subnet_samples(with_subnet(alpha_price=None, last_epoch_block=None), BLOCK).keys() == {
        "tao_in_emission",
        "registration_allowed",
    }


def test_what_root_stakers_get_is_worth_its_price_and_never_half_a_sum() -> None:
    other = with_subnet(alpha_price=50_000_000)
    sample = root_dividends_value([(neuron(), SUBNET), (neuron(), other)], BLOCK)
    assert sample == Sample(BLOCK, 10 * 0.02 * RAO + 10 * 0.05 * RAO)
    unread = neuron(root_alpha_dividends=None)
    assert root_dividends_value([(neuron(), SUBNET), (unread, other)], BLOCK) is None


def test_every_sample_is_of_a_metric_that_is_kept() -> None:
    names = neuron_samples(SUBNET, neuron(), BLOCK).keys() | subnet_samples(SUBNET, BLOCK).keys()
    assert names <= BY_NAME.keys()
