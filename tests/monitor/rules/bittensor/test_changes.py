"""What differs from the baseline, and who did it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.bittensor.block import BlockFacts, ChainCall
from monitor.bittensor.neuron import HotkeyState, Relative
from monitor.bittensor.units import NO_ACCOUNT
from monitor.model import Occurrence, Severity
from monitor.rules.bittensor.baseline import baseline_of, changes, parameter_of
from monitor.rules.bittensor.context import BittensorContext, Expected
from tests.monitor.rules.bittensor.blocks import block, told
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    COLDKEY,
    GONE,
    HOTKEY,
    MINER_UID,
    NETUID,
    OTHER,
    hotkey,
    miner,
    neuron,
    subnet,
    validator,
    with_parameters,
    with_subnet,
)


def stored(context: BittensorContext) -> dict[str, Any]:
    """The baseline as it comes back from the database."""
    return dict(json.loads(json.dumps(baseline_of(context))))


def differs(before: BittensorContext, now: BittensorContext, *blocks: BlockFacts, **mine: int) -> list[Occurrence]:
    return list(changes("t", now, stored(before), blocks, mine))


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
