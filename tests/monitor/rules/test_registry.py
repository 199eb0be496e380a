"""Every rule is registered once, says what it does, and quiets only what it explains."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

import monitor.rules
from monitor.model import CheckKey
from monitor.rules.inhibition import BY_SOURCE, BY_TARGET, causes
from monitor.rules.interface import Card
from monitor.rules.registry import CARDS, DUTY_RULES, RULES

NAMES = (
    "missed_attestation",
    "missed_baking",
    "deactivated",
    "deactivation_near",
    "forbidden",
    "denounced",
    "attestation_reward",
    "dal_participation",
    "companion_key_missing",
    "consensus_key_pending",
    "seed_nonce",
    "rights_drop",
    "baking_power_low",
    "control_change",
    "unreachable",
    "endpoint_unreachable",
    "not_bootstrapped",
    "wrong_chain",
    "stale_head",
    "node_behind",
    "endpoints_disagree",
    "low_peers",
    "unreadable",
    "reorganisation",
    "run_killed",
    "config_invalid",
)

MODULES = [
    module
    for info in pkgutil.iter_modules(monitor.rules.__path__, "monitor.rules.")
    if hasattr(module := importlib.import_module(info.name), "RULE")
]


def test_the_rules_go_by_the_names_that_scripts_rely_on() -> None:
    assert set(CARDS) == set(NAMES)
    assert len(RULES) == len(NAMES)


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_card_says_when_it_opens_how_grave_it_is_and_what_closes_it(card: Card) -> None:
    for text in (card.title, card.default, card.severity, card.recovery):
        assert text.strip()
    assert "critical" in card.severity or "warning" in card.severity


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_rules_module_says_what_it_is_about(module: ModuleType) -> None:
    text = module.__doc__ or ""
    assert text.startswith(f"{module.RULE.card.name}: ")
    assert "Severity: " in text
    assert "Clos" in text or "Nothing is open afterwards" in text


def test_every_rule_module_is_registered() -> None:
    assert {id(module.RULE) for module in MODULES} == {id(rule) for rule in RULES}


def test_only_duties_reopen_and_they_never_flap() -> None:
    for rule in DUTY_RULES:
        policy = rule.policy(10)
        assert (policy.reopen_within, policy.streak_cap, policy.flapping) == (3600, 160, False)


@pytest.mark.parametrize("source_rule", ["unreachable", "stale_head", "wrong_chain", "endpoints_disagree"])
@pytest.mark.parametrize("duty", ["missed_attestation", "missed_baking"])
def test_a_blind_source_quiets_the_duties_of_its_network(source_rule: str, duty: str) -> None:
    assert CheckKey("tezos:mainnet", "source", source_rule) in causes(CheckKey("tezos:mainnet", "tz1alice", duty))
    assert CheckKey("tezos:mainnet", "source", source_rule) not in causes(CheckKey("tezos:test", "tz1alice", duty))


def test_a_deactivation_quiets_the_misses_of_its_own_delegate() -> None:
    alice = CheckKey("tezos:mainnet", "tz1alice", "deactivated")
    assert alice in causes(CheckKey("tezos:mainnet", "tz1alice", "missed_baking"))
    assert alice not in causes(CheckKey("tezos:mainnet", "tz1bob", "missed_baking"))


def test_a_control_change_is_quieted_by_nothing() -> None:
    assert causes(CheckKey("tezos:mainnet", "tz1alice", "control_change")) == ()


def test_what_quiets_is_never_quieted() -> None:
    quieted = frozenset().union(*BY_SOURCE.values(), *BY_TARGET.values())
    assert quieted <= set(CARDS)
    assert not quieted & (set(BY_SOURCE) | set(BY_TARGET))
