"""Looking at a block of a simulated chain: its calls, its events, its runtime."""

from __future__ import annotations

from simulator.subtensor.chain import Chain
from tests.monitor.commands.bittensor.conftest import BY_OWNER, BY_ROOT, FAILING, UPGRADE
from tests.monitor.commands.bittensor.looker import Looker


def test_a_setter_is_taken_out_of_its_wrapper_with_old_and_new(lite: Looker, chain: Chain) -> None:
    (row,) = lite.rows("extrinsics", "--hyperparams", "--block", chain.plan.block_at(BY_OWNER))
    assert (row["call"], row["path"]) == ("AdminUtils.sudo_set_immunity_period", ["Utility.batch_all"])
    assert (row["parameter"], row["old"], row["new"]) == ("immunity_period", 300, 100)
    assert row["origin"] == chain.plan.coldkey(chain.plan.subnet(1).owner_name)
    assert row["success"]


def test_a_setter_by_root_is_told_in_words(lite: Looker, chain: Chain) -> None:
    text = lite.text("extrinsics", "--hyperparams", "--block", chain.plan.block_at(BY_ROOT))
    assert "Sudo.sudo > AdminUtils.sudo_set_max_allowed_validators" in text
    assert "subnet 2: max_validators 64 → 32" in text


def test_without_the_block_before_a_setter_has_its_arguments(lite: Looker, chain: Chain) -> None:
    """Its state is dropped by a node that keeps no more than a hundred blocks."""
    first_kept = chain.plan.block_at(200)
    assert lite.refused("block", "--block", first_kept - 1)[0] == 2
    rows = lite.rows("extrinsics", "--block", first_kept)
    assert {row["old"] for row in rows} == {None}


def test_a_block_without_setters_says_so(lite: Looker, chain: Chain) -> None:
    assert lite.rows("extrinsics", "--hyperparams", "--block", chain.plan.block_at(BY_OWNER - 1)) == []
    assert "No such call." in lite.text("extrinsics", "--hyperparams", "--block", chain.plan.block_at(BY_OWNER - 1))


def test_weights_are_told_with_the_error_of_those_that_failed(archived: Looker, chain: Chain) -> None:
    bob = chain.plan.hotkey("bob")
    blocks = range(chain.plan.block_at(FAILING[0]), chain.plan.block_at(FAILING[1]))
    failed = next(block for block in blocks if _failed(chain, block))
    rows = archived.rows("extrinsics", "--weights", "--block", failed)
    assert {row["call"].split(".")[1] for row in rows} <= {
        "set_weights",
        "set_mechanism_weights",
        "commit_timelocked_weights",
    }
    (one,) = [row for row in rows if not row["success"]]
    assert (one["error"], one["signer"]) == ("SubtensorModule.SettingWeightsTooFast", bob)
    assert one["arguments"]["netuid"] == 1
    assert "SubtensorModule.SettingWeightsTooFast" in archived.text("extrinsics", "--block", failed)


def _failed(chain: Chain, block: int) -> bool:
    raw = chain.value(block, "Events", pallet="System")
    return "ExtrinsicFailed" in repr(raw)


def test_events_are_told_in_order(lite: Looker) -> None:
    rows = lite.rows("events")
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert rows[0]["event"] == "System.ExtrinsicSuccess"
    assert "System.ExtrinsicSuccess" in lite.text("events")


def test_a_block_in_figures_counts_its_events_and_calls(lite: Looker) -> None:
    (figures,), events, calls = (lite.rows(command) for command in ("block", "events", "extrinsics"))
    assert sum(figures["events"].values()) == len(events)
    assert figures["calls"] == len(calls)
    assert figures["undecided"] == []


def test_an_upgrade_is_told_in_its_block(lite: Looker, chain: Chain) -> None:
    upgrade = chain.plan.block_at(UPGRADE)
    (then,), (after,) = (lite.rows("runtime", "--block", block) for block in (upgrade, upgrade + 1))
    assert (then["spec_version"], then["next_spec_version"], then["missing"]) == (461, 462, [])
    assert (after["spec_version"], after["next_spec_version"]) == (462, 462)
    (gone,) = after["missing"]
    assert gone == {"item": "SubtensorModule.ValidatorTrust", "rules": ["vtrust_low"], "instead": None}
    assert "the next block is written by runtime 462" in lite.text("runtime", "--block", upgrade)
    assert "vtrust_low" in lite.text("runtime")
