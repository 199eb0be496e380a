"""What holds for every Bittensor rule: quiet in good health, silent in ignorance, skipped where it means nothing."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import replace
from typing import Any

import pytest

import monitor.rules.bittensor
from alerting.check_state import CheckState, Phase
from alerting.render.bittensor.skips import SKIPPED
from monitor.bittensor.chain import ChainState
from monitor.bittensor.coldkey import ColdkeyState, ColdkeySwap
from monitor.bittensor.metrics import METRICS
from monitor.bittensor.neuron import Relative
from monitor.bittensor.subnet import SubnetState
from monitor.model import Severity, Status
from monitor.rules import registry as shared
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import Condition
from monitor.rules.bittensor.registry import BY_SCOPE, CARDS, CONDITIONS, RULES, THRESHOLDS, skipped
from monitor.rules.interface import NO_EPISODE, Card, Episode, SourceRule
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    COLDKEY,
    GONE,
    MINER_UID,
    NETUID,
    NETWORK,
    NOW,
    PERMITS,
    USUAL,
    Watch,
    chain,
    coldkey,
    epochs,
    hotkey,
    later,
    miner,
    neuron,
    subnet,
    validator,
    with_chain,
    with_subnet,
)

NAMES = {
    "V1": {"weights_stale"},
    "V2": {"inactive"},
    "V3": {"permit_lost"},
    "V4": {"permit_margin"},
    "V5": {"vtrust_low"},
    "V6": {"dividends_drop"},
    "V7": {"dividends_zero"},
    "V8": {"root_dividends_drop"},
    "V9": {"reveal_missing"},
    "V10": {"weights_failed"},
    "V11": {"version_key"},
    "V12": {"stake_outflow"},
    "V13": {"childkeys_pending", "childkeys", "take_changed"},
    "V14": {"identity"},
    "M1": {"deregistered"},
    "M2": {"dereg_risk"},
    "M3": {"immunity_ending"},
    "M4": {"incentive_drop"},
    "M5": {"axon"},
    "M6": {"burn_price"},
    "M7": {"collateral"},
    "S1": {"hyperparam_changed"},
    "S2": {"owner_changed"},
    "S3": {"coldkey_swap"},
    "S4": {"prune_risk"},
    "S5": {"subnet_removed"},
    "S6": {"emission"},
    "S7": {"price"},
    "S8": {"epoch_late"},
    "S9": {"validators_dark"},
    "S10": {"registrations"},
    "S11": {"miner_burned"},
    "S12": {"sudo"},
    "W1": {"balance_low"},
    "W2": {"unexpected_transfer"},
    "W3": {"wallet_control"},
    "C1": {"chain_stalled"},
    "C2": {"finality_lag"},
    "C4": {"runtime_upgraded"},
    "C6": {"decode_failed"},
}
HEALTHY = (validator(), miner(), subnet(), hotkey(), coldkey(), chain())
BARE = ChainState(NETWORK, BLOCK, "0x00", NOW - 30, 473)
IGNORANT = tuple(
    BittensorContext(scope=one.scope, chain=BARE, now=NOW, subnet=SubnetState(NETUID), role=one.role) for one in HEALTHY
)
CASES = [(rule, context) for context in HEALTHY for rule in BY_SCOPE[context.scope]]
LASTING = [(rule, context) for rule, context in CASES if rule.card.name != "chain_stalled"]
"""Where a minute without a new block is nothing."""
BY_NAME = {rule.card.name: rule for rule in CONDITIONS}
KNOWN_FROM_THE_BLOCK = {"chain_stalled", "runtime_upgraded", "decode_failed", "weights_failed"}
"""What any block tells: nothing about them can be unread where there is a block."""


def named(case: Any) -> str:
    return str(case.card.name if isinstance(case, Condition) else case.role if case.scope == "neuron" else case.scope)


def test_the_rules_go_by_the_numbers_and_names_that_scripts_rely_on() -> None:
    found: dict[str, set[str]] = {}
    for rule in RULES:
        if not isinstance(rule, SourceRule):
            found.setdefault(rule.id, set()).add(rule.card.name)
    assert found == NAMES
    assert len(CARDS) == len(RULES)
    assert not CARDS.keys() & shared.CARDS.keys()


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_card_says_when_it_opens_how_grave_it_is_and_what_closes_it(card: Card) -> None:
    for text in (card.title, card.default, card.severity, card.recovery):
        assert text.strip()
    assert "critical" in card.severity or "warning" in card.severity


def test_every_rule_module_is_registered_and_says_what_it_is_about() -> None:
    package = monitor.rules.bittensor
    modules = [
        importlib.import_module(info.name)
        for info in pkgutil.iter_modules(package.__path__, "monitor.rules.bittensor.")
    ]
    with_rule = [module for module in modules if hasattr(module, "RULE")]
    assert {id(module.RULE) for module in with_rule} <= {id(rule) for rule in RULES}
    for module in with_rule:
        text = module.__doc__ or ""
        assert text.startswith(f"{module.RULE.card.name}: ")
        assert "Severity: " in text
        assert "Clos" in text or "closes" in text or "Nothing is open afterwards" in text


@pytest.mark.parametrize(("rule", "context"), LASTING, ids=named)
def test_nobody_in_good_health_is_told_of(rule: Condition, context: BittensorContext) -> None:
    assert Watch(rule).lasting(context, 12, step=3) == []
    if rule.skipped(context) is None:
        assert rule.judge(context, NO_EPISODE).status is Status.OK


@pytest.mark.parametrize(("rule", "context"), LASTING, ids=named)
def test_a_lasting_incident_is_over_in_good_health(rule: Condition, context: BittensorContext) -> None:
    if rule.skipped(context):
        return
    opened = CheckState(
        phase=Phase.FIRING, since=NOW, incident="a1", severity=Severity.WARNING, opened_at=NOW, opened_level=BLOCK
    )
    watch = Watch(rule, opened)
    told = watch.lasting(context, 240, step=10)
    assert told[0].startswith("resolved warning")


@pytest.mark.parametrize("context", IGNORANT, ids=named)
def test_what_was_not_read_is_unknown_and_never_good(context: BittensorContext) -> None:
    for rule in BY_SCOPE[context.scope]:
        if rule.card.name not in KNOWN_FROM_THE_BLOCK:
            assert rule.judge(context, NO_EPISODE).status is Status.UNKNOWN, rule.card.name


@pytest.mark.parametrize("context", IGNORANT, ids=named)
def test_what_was_not_read_closes_nothing(context: BittensorContext) -> None:
    for rule in BY_SCOPE[context.scope]:
        if rule.card.name not in KNOWN_FROM_THE_BLOCK and rule.skipped(context) is None:
            assert rule.judge(context, Episode(True, BLOCK - 10)).status is Status.UNKNOWN, rule.card.name


def test_rules_of_a_validator_are_skipped_for_a_miner_and_the_other_way_round() -> None:
    assert skipped(miner())["weights_stale"] == "no-validator"
    assert "incentive_drop" not in skipped(miner())
    assert skipped(validator())["incentive_drop"] == "no-miner"
    assert "weights_stale" not in skipped(validator())


def test_a_hotkey_is_taken_for_what_it_is_where_nobody_says() -> None:
    assert validator(role="auto").validates
    assert not miner(role="auto").validates
    assert validator(role="auto", neuron=neuron(permit=False)).validates  # it had a permit lately
    assert not validator(role="auto", neuron=neuron(permit=False), history={"permit": epochs(0, 0)}).validates


def test_rules_that_a_null_consensus_makes_meaningless_are_skipped() -> None:
    null = skipped(validator(subnet=with_subnet(consensus="null")))
    assert {name for name, reason in null.items() if reason == "null-consensus"} == {
        "vtrust_low",
        "dividends_drop",
        "dividends_zero",
    }


def test_without_a_permit_only_its_loss_is_judged() -> None:
    without = skipped(validator(neuron=neuron(permit=False)))
    assert without["weights_stale"] == without["vtrust_low"] == without["inactive"] == "no-permit"
    assert "permit_lost" not in without


def test_the_root_network_has_no_weights_to_judge() -> None:
    root = with_subnet(netuid=0)
    assert skipped(validator(subnet=root))["weights_stale"] == "root-network"
    assert skipped(validator(subnet=root))["dereg_risk"] == "root-network"


def test_the_first_three_epochs_of_a_permit_are_not_judged() -> None:
    for seen in ((0, 1), (0, 1, 1), (0, 1, 1, 1)):
        assert skipped(validator(history=USUAL | {"permit": epochs(*seen)}))["weights_stale"] == "new-permit"
    assert "weights_stale" not in skipped(validator(history=USUAL | {"permit": epochs(0, 1, 1, 1, 1)}))


def test_a_validator_that_just_registered_has_a_new_permit_however_little_was_seen() -> None:
    fresh = validator(neuron=neuron(registered_at=BLOCK - 500), history={"permit": epochs(1)})
    assert skipped(fresh)["inactive"] == "new-permit"
    assert "inactive" not in skipped(validator(history={"permit": epochs(1)}))


def test_a_parent_whose_whole_stake_is_lent_is_not_judged_as_a_validator() -> None:
    lent = validator(neuron=neuron(children=(Relative(COLDKEY, 1.0),)))
    assert skipped(lent)["weights_stale"] == skipped(lent)["dividends_zero"] == "stake-lent"
    half = validator(neuron=neuron(children=(Relative(COLDKEY, 0.5),)))
    assert "weights_stale" not in skipped(half)


def test_what_is_open_when_its_rule_comes_to_mean_nothing_is_over_and_says_why() -> None:
    watch = Watch(BY_NAME["weights_stale"])
    stale = validator(neuron=neuron(last_update=(BLOCK - 600,)))
    assert watch.sees(stale) == ["firing warning"]
    assert watch.sees(validator(neuron=GONE)) == ["resolved warning not-registered"]


def test_a_rule_that_is_switched_off_says_nothing_and_ends() -> None:
    watch = Watch(BY_NAME["weights_stale"])
    stale = validator(neuron=neuron(last_update=(BLOCK - 600,)))
    watch.sees(stale)
    assert watch.sees(replace(stale, off=frozenset({"weights_stale"}))) == ["resolved warning off"]


def test_every_reason_to_skip_has_its_words() -> None:
    contexts = (
        *HEALTHY,
        validator(neuron=GONE),
        validator(subnet=with_subnet(exists=False)),
        validator(subnet=with_subnet(netuid=0)),
        validator(subnet=with_subnet(consensus="null")),
        validator(neuron=neuron(permit=False)),
        miner(subnet=with_subnet(owner_uids=(MINER_UID,))),
        validator(history=USUAL | {"permit": epochs(0, 1)}),
        validator(neuron=neuron(children=(Relative(COLDKEY, 1.0),))),
        subnet(subnet=with_subnet(tempo=0)),
        validator(off=frozenset({"axon"})),
    )
    assert {reason for context in contexts for reason in skipped(context).values()} == set(SKIPPED)


def test_thresholds_have_names_units_and_defaults_that_can_be_overridden() -> None:
    for name, of_rule in THRESHOLDS.items():
        assert len({one.name for one in of_rule}) == len(of_rule), name
        assert all(one.unit and one.meaning for one in of_rule), name
    poor = coldkey(coldkey=ColdkeyState(COLDKEY, free=2 * 10**9), alerts={"balance_low": {"warning": 3.0}})
    assert Watch(BY_NAME["balance_low"]).sees(poor) == ["firing warning"]


def test_evidence_can_be_stored() -> None:
    bad = (
        (BY_NAME["weights_stale"], validator(neuron=neuron(last_update=(BLOCK - 600,)))),
        (BY_NAME["dereg_risk"], miner(subnet=with_subnet(burn=1))),
        (BY_NAME["coldkey_swap"], coldkey(coldkey=ColdkeyState(COLDKEY, swap=ColdkeySwap(BLOCK + 5)))),
        (BY_NAME["runtime_upgraded"], chain(chain=with_chain(gone=("a.B",)))),
    )
    for rule, context in bad:
        evidence = dict(rule.judge(context, NO_EPISODE).evidence)
        assert json.loads(json.dumps(evidence)) == evidence


def test_every_metric_that_a_rule_looks_back_on_is_sampled() -> None:
    asked: set[str] = set()

    class Asking(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

    for rule, context in CASES:
        rule.judge(replace(context, history=Asking(context.history)), NO_EPISODE)
    unpaid = neuron(alpha_dividends=0, root_alpha_dividends=0)
    for name, context in (
        ("deregistered", validator(neuron=GONE)),
        ("dividends_zero", validator(neuron=unpaid)),
        ("dividends_drop", validator(subnet=with_subnet(alpha_dividends_total=None))),
        ("registrations", subnet(subnet=with_subnet(registration_allowed=False))),
        ("dereg_risk", miner(neuron=neuron(PERMITS))),
    ):
        BY_NAME[name].judge(replace(context, history=Asking(context.history)), NO_EPISODE)
    assert asked == {metric.name for metric in METRICS}


def test_conditions_age_with_blocks_and_not_with_runs() -> None:
    watch = Watch(BY_NAME["weights_stale"])
    context = validator(neuron=neuron(last_update=(BLOCK - 500,)))
    assert watch.lasting(context, 10) == []
    assert watch.sees(later(context, 50)) == ["firing warning"]
