from __future__ import annotations

import pytest

from collectors.bittensor.items import BY_NAME, CALLS, PALLET, WATCHED, missed, reshaped, vanished
from monitor.rules.bittensor.registry import CARDS
from tests.collectors.bittensor.recordings import METADATA, runtime
from tests.recorded import recorded_json

WITH_TAO_DIVIDENDS = {224, 233, 240, 293, 300, 315, 320}
"""Runtimes that still paid the root stakers in τ."""


def test_every_rule_named_by_a_watched_item_exists() -> None:
    assert {rule for item in (*WATCHED, *(call for call, _ in CALLS)) for rule in item.rules} <= set(CARDS)


def test_runtime_461_has_every_watched_item() -> None:
    assert vanished(runtime(461)) == ()
    assert vanished(runtime(461, 14)) == ()


def test_what_runtime_343_does_not_have_is_what_its_metadata_lack() -> None:
    there = recorded_json("bittensor/storage-343-461.json")["343"]

    assert {str(item) for item in vanished(runtime(343))} == {str(item) for item in WATCHED} - set(there)
    gone = {item.name for item in missed(runtime(343))}
    assert {"ColdkeySwapAnnouncements", "MinerBurned", "MinerCollateral", "SubnetEpochIndex"} <= gone
    assert "RootAlphaDividendsPerSubnet" not in gone


@pytest.mark.parametrize(("spec", "version"), METADATA)
def test_in_every_recorded_runtime_each_watched_item_is_there_or_told_to_be_gone(spec: int, version: int) -> None:
    opened = runtime(spec, version)
    gone = set(vanished(opened))

    for item in WATCHED:
        if item in gone:
            assert not opened.has_item(item.pallet, item.name)
            continue
        described = opened.item(item.pallet, item.name)
        assert described.prefix == opened.prefix(item.pallet, item.name)
        if described.has_default:
            opened.decode(item.pallet, item.name, None)
    assert opened.has_item(PALLET, "TaoDividendsPerSubnet") == (spec in WITH_TAO_DIVIDENDS)
    assert (BY_NAME[f"{PALLET}.AlphaDividendsPerSubnet"] in gone) == (spec < 224)
    assert (BY_NAME[f"{PALLET}.RootAlphaDividendsPerSubnet"] in gone) == (spec < 365)
    assert not {"System", "Timestamp", "Balances"} & {item.pallet for item in gone}


@pytest.mark.parametrize("before", [293, 343, 393])
def test_wrappers_around_numbers_and_more_variants_reshape_nothing(before: int) -> None:
    assert reshaped(runtime(before), runtime(461)) == ()


def test_a_wider_number_and_other_fields_reshape_an_item() -> None:
    assert [str(item) for item in reshaped(runtime(224, 14), runtime(461))] == ["SubtensorModule.SubnetVolume"]
    assert [str(item) for item in reshaped(runtime(101, 14), runtime(461))] == ["System.Account"]
