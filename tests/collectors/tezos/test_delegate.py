from __future__ import annotations

from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.delegate import not_registered, parse_delegate
from monitor.tezos_model import DelegateState, PendingKey
from tests.collectors.tezos.shapes import ALICE, CONSENSUS_KEY

COMPANION = "tz4HRf3jYhfo8W3D4ppUCWjAi2rw7jPSZ234"
ANSWER: dict[str, Any] = {
    "deactivated": False,
    "is_forbidden": True,
    "participation": {
        "expected_cycle_activity": 409,
        "minimal_cycle_activity": 272,
        "missed_slots": 20,
        "missed_levels": 3,
        "remaining_allowed_missed_slots": 117,
        "expected_attesting_rewards": "958287",
    },
    "dal_participation": {
        "delegate_attestable_dal_slots": 2268,
        "sufficient_dal_participation": False,
        "denounced": True,
    },
    "grace_period": 1377,
    "baking_power": "1466666666666",
    "denunciations": [{"operation_hash": "oo", "misbehaviour": {"level": 3, "round": 0, "kind": "block"}}],
    "consensus_key": {"active": {"pkh": ALICE, "pk": "edpk"}, "pendings": [{"cycle": 1378, "pkh": CONSENSUS_KEY}]},
    "companion_key": {"active": None, "pendings": [{"cycle": 1378, "pkh": COMPANION, "pk": "BLpk"}]},
}


def test_a_delegate_is_read_whole() -> None:
    assert parse_delegate(ANSWER, ALICE) == DelegateState(
        delegate=ALICE,
        registered=True,
        deactivated=False,
        forbidden=True,
        grace_period=1377,
        baking_power=1_466_666_666_666,
        expected_cycle_activity=409,
        missed_slots=20,
        remaining_allowed_missed_slots=117,
        expected_attesting_rewards=958_287,
        dal_sufficient=False,
        dal_attestable_slots=2268,
        dal_denounced=True,
        denunciations=1,
        consensus_key=ALICE,
        pending_consensus_keys=(PendingKey(1378, CONSENSUS_KEY),),
        companion_key=None,
        pending_companion_keys=(PendingKey(1378, COMPANION),),
    )


def test_what_an_older_protocol_does_not_have_is_none() -> None:
    assert parse_delegate({"deactivated": True}, ALICE) == DelegateState(ALICE, registered=True, deactivated=True)


def test_keys_had_flat_names_once() -> None:
    state = parse_delegate(
        {
            "deactivated": False,
            "pending_denunciations": True,
            "participation": {"expected_endorsing_rewards": "5"},
            "active_consensus_key": CONSENSUS_KEY,
            "pending_consensus_keys": [{"cycle": 9, "pkh": ALICE}],
        },
        ALICE,
    )
    assert (state.consensus_key, state.pending_consensus_keys) == (CONSENSUS_KEY, (PendingKey(9, ALICE),))
    assert (state.denunciations, state.expected_attesting_rewards) == (1, 5)


@pytest.mark.parametrize(
    "change",
    [
        {"deactivated": None},
        {"deactivated": "false"},
        {"is_forbidden": 0},
        {"participation": []},
        {"participation": {"missed_slots": -1}},
        {"participation": {"missed_slots": "few"}},
        {"dal_participation": {"denounced": "no"}},
        {"grace_period": 1.5},
        {"baking_power": "9223372036854775808"},
        {"denunciations": 1},
        {"consensus_key": ALICE},
        {"consensus_key": {"active": {}}},
        {"consensus_key": {"active": 7}},
        {"consensus_key": {"active": None, "pendings": {}}},
        {"companion_key": {"active": None, "pendings": [{"cycle": 3}]}},
        {"companion_key": {"active": None, "pendings": [None]}},
    ],
    ids=str,
)
def test_a_field_of_an_unknown_shape_makes_the_answer_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_delegate({**ANSWER, **change}, ALICE)


def test_a_node_says_that_an_address_is_no_delegate() -> None:
    assert not_registered(["proto.025-PsUshuai.delegate.not_registered"])
    assert not_registered(["node.something", "proto.026-PtVwxyz.delegate.not_registered"])
    assert not not_registered(["proto.025-PsUshuai.context.storage_error"])
    assert not not_registered([])
