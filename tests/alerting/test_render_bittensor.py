"""What people read of Bittensor."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from alerting.payload import Payload
from alerting.render.bittensor.facts import amount
from alerting.render.bittensor.samples import COLDKEY, HOTKEY, NEAR, NETWORK, SECTIONS, SHORTER, STALE
from alerting.render.bittensor.shown_value import shown_value
from alerting.render.bittensor.skips import SKIPPED
from alerting.render.bittensor.wording import BY_RULE
from alerting.render.item import RenderedInput
from alerting.render.samples import shown
from monitor.model import EventKind, Format
from monitor.rehearsal import rule_test, samples
from monitor.rules.bittensor.registry import CARDS
from tests.alerting.test_render import at, event, messages, text

SAMPLES = [sample for _, groups in SECTIONS for group in groups for sample in group.samples]
NEURON = f"18/{HOTKEY}"


def told(rule: str, facts: dict[str, Any] | None = None, target: str = NEURON, **fields: Any) -> RenderedInput:
    known: dict[str, Any] = {"name": "val-A", "opened_at": at("03:04")} | fields
    kind = known.pop("kind", EventKind.FIRING)
    return event(kind, rule, network=NETWORK, target=target, facts=facts, **known)


def test_weights_that_are_stale() -> None:
    assert shown([STALE]).splitlines()[0] == "🟡 sn18 val-A: no weights 2 h 10 min (usual 24 min)"
    assert shown([STALE]).splitlines()[1].startswith("Inactive in 14 h 30 min. 61 of 64 others fresh. #")


def test_a_miner_near_its_end() -> None:
    assert shown([NEAR]).splitlines()[0] == "🔴 sn8 miner-3: 2 UIDs from deregistration"
    assert shown([NEAR]).splitlines()[1].startswith("≈ 2 h 24 min at 30 registrations/day. Re-register 0.41 τ. #")


def test_a_hyperparameter_that_changed() -> None:
    assert shown([SHORTER]).splitlines() == [
        "🟡 sn18 immunity_period 4,032 → 100 blocks (13 h 26 min → 20 min)",
        "By owner. Your miner-1 and miner-2 unprotected now. event 17",
    ]


@pytest.mark.parametrize(
    ("parameter", "old", "new", "said"),
    [
        ("commit_reveal_period", 1, 2, "1 → 2 epochs"),
        ("min_burn", 500_000, 1_000_000_000, "0.0005 τ → 1 τ"),
        ("kappa", 32_767, 65_535, "50 % → 100 %"),
        ("bonds_moving_avg", 900_000, 975_000, "90 % → 98 %"),
        ("registration_allowed", True, False, "on → off"),
        ("max_validators", 64, 128, "64 → 128"),
        ("alpha_sigmoid_steepness", 1.5, 2.0, "1.5 → 2"),
        ("mechanism_emission_split", [32768, 32767], [65535, 0], "32768/32767 → 65535/0"),
        ("something_new", "a", "b", "a → b"),
    ],
)
def test_a_hyperparameter_is_told_in_its_unit(parameter: str, old: Any, new: Any, said: str) -> None:
    facts = {"parameter": parameter, "old": old, "new": new}
    first = text(told("hyperparam_changed", facts, target="18", name=None, kind=EventKind.NOTICE)).splitlines()[0]
    assert first == f"🔴 sn18 {parameter} {said}"


def test_somebody_elses_change_is_told_with_a_short_address() -> None:
    facts = {"parameter": "tempo", "old": 360, "new": 99, "by": COLDKEY}
    assert "By 5Grwva…utQY" in text(told("hyperparam_changed", facts, target="18", kind=EventKind.NOTICE))


@pytest.mark.parametrize(
    ("rao", "said"),
    [
        (0, "0 τ"),
        (5, "5 rao"),
        (120_000, "0.00012 τ"),
        (410_000_000, "0.41 τ"),
        (12_300_000_000, "12.3 τ"),
        (1_240_400_000_000, "1,240 τ"),
    ],
)
def test_an_amount_is_never_rounded_to_nothing(rao: int, said: str) -> None:
    assert amount(rao) == said


def test_nobody_reads_a_boolean_as_a_number() -> None:
    assert shown_value("anything", True) == "on"


@pytest.mark.parametrize(
    ("target", "name", "subject"),
    [
        (NEURON, "val-A", "sn18 val-A"),
        (NEURON, None, "sn18 5F3sa2…YjQX"),
        ("18", None, "sn18"),
        ("18", "apex", "sn18 apex"),
        (HOTKEY, "val-A", "val-A"),
        (COLDKEY, None, "5Grwva…utQY"),
    ],
)
def test_a_target_is_called_by_its_subnet_and_name(target: str, name: str | None, subject: str) -> None:
    assert text(told("take_changed", {}, target=target, name=name)).startswith(f"🔴 {subject}: ")


def test_neurons_that_fail_together_are_one_message() -> None:
    events = [
        told("weights_stale", {"age": 600 + place}, target=f"{netuid}/{HOTKEY}", event_id=place, incident=f"a{place}")
        for place, netuid in enumerate((18, 23, 37))
    ]
    lines = text(*events).splitlines()
    assert lines[0] == "🔴 3 neurons: no weights 03:04"
    assert lines[1].startswith("sn18 val-A, sn23 val-A and sn37 val-A.")


def test_what_ended_because_its_rule_means_nothing_now_says_why() -> None:
    ended = told("dividends_drop", {}, kind=EventKind.RESOLVED, close_reason="no-permit", ended_at=at("04:00"))
    assert text(ended).splitlines() == [
        "✅ sn18 val-A: dividends drop no longer judged 04:00",
        "No validator permit. #a1f3c2",
    ]


def test_every_reason_to_skip_ends_an_incident_in_words() -> None:
    for reason in SKIPPED:
        ended = told("axon", {}, kind=EventKind.RESOLVED, close_reason=reason, ended_at=at("04:00"))
        assert "no longer judged 04:00" in text(ended)


def test_a_swap_of_the_owners_coldkey_is_told_of_the_subnet() -> None:
    facts = {"blocks_left": 29_700, "at_block": 9_247_041}
    assert text(told("coldkey_swap", facts, target="18", name=None)).startswith(
        "🔴 sn18: owner's coldkey swap executes in 4 d 3 h\nFrom block 9,247,041."
    )
    assert text(told("coldkey_swap", facts, target=COLDKEY, name="treasury")).startswith(
        "🔴 treasury: coldkey swap executes in 4 d 3 h"
    )


def test_a_machine_reads_the_facts_beside_the_rest() -> None:
    (message,) = messages(told("weights_stale", {"age": 650, "name": "wrong"}), format=Format.JSON)
    read = json.loads(message.text)
    assert (read["age"], read["name"], read["rule"], read["target"]) == (650, "val-A", "weights_stale", NEURON)
    assert "facts" not in read


def test_facts_survive_the_database() -> None:
    payload = Payload(name="val-A", facts={"age": 650, "items": ["a", "b"]})
    assert Payload.from_value(json.loads(json.dumps(payload.to_value()))) == payload


KINDS = [kind for kind in EventKind if kind not in (EventKind.COVERAGE_GAP, EventKind.MONITOR_GAP)]
EVERY: dict[str, dict[str, Any]] = {}
for sample in SAMPLES:
    facts = dict(sample.fields.get("facts") or {})
    EVERY.setdefault(sample.rule, facts or EVERY.get(sample.rule, {}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", sorted(BY_RULE))
def test_every_rule_has_words_for_every_kind(rule: str, kind: EventKind) -> None:
    if kind is EventKind.CHANNEL_BROKEN:
        return
    odd = {name: {"odd": [1]} for name in EVERY[rule]}
    for facts in (EVERY[rule], {}, None, odd):
        for target in (NEURON, "18", COLDKEY, "source"):
            said = text(told(rule, facts, target=target, kind=kind, ended_at=at("03:26"), runbook="ssh val"))
            first = said.split("\n")[0]
            assert len(first) < 80
            assert said.rstrip(".").endswith("#a1f3c2")
            assert f"({kind.value})" not in said
            assert HOTKEY not in said
            assert COLDKEY not in said
            assert "None" not in said


def test_every_rule_is_worded_shown_and_can_be_tested() -> None:
    assert BY_RULE.keys() == CARDS.keys()
    assert {sample.rule for sample in SAMPLES} == CARDS.keys()
    assert CARDS.keys() <= samples().keys()


@pytest.mark.parametrize("rule", sorted(CARDS))
def test_a_test_of_a_rule_reads_as_its_alert(rule: str) -> None:
    tested = rule_test(rule, "tezos:mainnet", None, None, at("03:04"))
    assert tested.key.network == NETWORK
    shown_event = replace(
        event(EventKind.TEST, rule, incident=None),
        key=tested.key,
        payload=Payload.from_value(tested.payload),
    )
    said = text(shown_event, zone=UTC)
    assert said.split(" ")[1] == "TEST"
    assert "a test message" not in said
