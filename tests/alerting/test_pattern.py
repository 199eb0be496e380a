"""What a silence speaks of."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerting.pattern import matches, means_target, names_rule
from monitor.model import CheckKey

ADDRESS = "tz1aSkwEot3L2kmUvcoxzjMomb9mvBNuzFK6"
MISSED = CheckKey("tezos:mainnet", ADDRESS, "missed_attestation")
CHANGE = CheckKey("tezos:mainnet", ADDRESS, "control_change")
names = st.text(min_size=1, max_size=20)


@pytest.mark.parametrize(
    "pattern",
    [
        "alice",
        ADDRESS,
        "missed_attestation",
        "alice/missed_attestation",
        f"{ADDRESS}/missed_attestation",
        f"tezos:mainnet/{ADDRESS}/missed_attestation",
        "tezos:mainnet/*",
        "alice/*",
        "alice/missed_*",
        "missed_*",
        "al?ce",
        "tz1aSkw*",
        "*",
    ],
)
def test_a_target_a_rule_both_or_a_glob_means_the_check(pattern: str) -> None:
    assert matches(pattern, MISSED, "alice")


@pytest.mark.parametrize(
    "pattern", ["Alice", "bob", "alice/missed_baking", "ali", "missed", "tezos:shadownet/*", "alice/", "/missed_*", ""]
)
def test_anything_else_does_not(pattern: str) -> None:
    assert not matches(pattern, MISSED, "alice")


@pytest.mark.parametrize("pattern", ["alice", ADDRESS, "*", "alice/*", "*/*", "alice/control_*", "tezos:mainnet/*"])
def test_a_control_change_does_not_hide_behind_a_pattern_that_does_not_name_it(pattern: str) -> None:
    assert not matches(pattern, CHANGE, "alice")


@pytest.mark.parametrize("pattern", ["control_change", "alice/control_change", "*/control_change"])
def test_a_control_change_is_meant_by_its_name(pattern: str) -> None:
    assert matches(pattern, CHANGE, "alice")


@pytest.mark.parametrize("rule", ["wallet_control", "coldkey_swap", "identity", "take_changed", "childkeys_pending"])
def test_nor_does_a_bittensor_key_that_changes_hands(rule: str) -> None:
    change = CheckKey("bittensor:finney", "5Cold", rule)
    assert [matches(pattern, change, "wallet") for pattern in ("wallet", "*", "wallet/*", f"wallet/{rule}")] == [
        *[False] * 3,
        True,
    ]


def test_a_name_with_a_glob_character_means_itself() -> None:
    assert matches("bkr[1]", MISSED, "bkr[1]")
    assert not matches("bkr[1]", MISSED, "bkr2")


def test_a_target_without_a_name_goes_by_its_address() -> None:
    assert matches(ADDRESS, MISSED, None)
    assert not matches("None", MISSED, None)


def test_the_target_of_a_subnet_holds_a_slash_of_its_own() -> None:
    key = CheckKey("bittensor:finney", "18/5F3sa2TJ", "no_weights")
    assert matches("18/5F3sa2TJ", key, "val-A")
    assert matches("18/5F3sa2TJ/no_weights", key, "val-A")
    assert matches("18/*", key, "val-A")


@given(name=names, target=names, rule=names)
def test_every_name_and_target_means_itself_whatever_is_in_it(name: str, target: str, rule: str) -> None:
    key = CheckKey("tezos:mainnet", target, rule)
    for pattern in (name, target, f"{name}/{rule}", f"{target}/{rule}"):
        assert matches(pattern, key, name)
    assert means_target(name, key.network, target, name)
    assert means_target(f"{target}/*", key.network, target, name)


@given(pattern=st.text(alphabet="abc*?[]!-/", max_size=12), rule=st.sampled_from(["control_change", "missed_baking"]))
@example(pattern="[!a]*", rule="control_change")
def test_no_pattern_is_too_odd_and_none_quiets_a_control_change_by_accident(pattern: str, rule: str) -> None:
    matched = matches(pattern, CheckKey("tezos:mainnet", "abc", rule), "cab")
    assert not (matched and rule == "control_change" and not names_rule(pattern, rule))
