"""Looking at a subnet of a simulated chain: what is printed is what the chain stores."""

from __future__ import annotations

import pytest

from simulator.subtensor.chain import Chain
from tests.monitor.commands.bittensor.conftest import BY_OWNER, UPGRADE
from tests.monitor.commands.bittensor.looker import Looker


def final(looker: Looker) -> int:
    (row,) = looker.rows("block")
    return int(row["block"])


def test_hyperparameters_have_value_unit_and_meaning(lite: Looker, chain: Chain) -> None:
    told = {row["name"]: row for row in lite.rows("hyperparameters", "--netuid", 1)}
    assert told["immunity_period"]["value"] == 100
    assert (told["immunity_period"]["unit"], told["immunity_period"]["meaning"]) == ("blocks", "20 min")
    assert (told["kappa"]["unit"], told["kappa"]["meaning"]) == ("of 65535", "50 %")
    assert (told["min_burn"]["unit"], told["min_burn"]["meaning"]) == ("rao", "0.0005 τ")
    assert (told["commit_reveal_period"]["unit"], told["commit_reveal_period"]["meaning"]) == ("epochs", "12 min")
    assert (told["registration_allowed"]["value"], told["registration_allowed"]["meaning"]) == (True, "on")
    assert told["max_allowed_uids"]["value"] == chain.value(final(lite), "MaxAllowedUids", 1)


def test_a_block_by_number_tells_what_was_then(lite: Looker, chain: Chain) -> None:
    before = chain.plan.block_at(BY_OWNER - 1)
    (row,) = [row for row in lite.rows("hyperparameters", "--netuid", 1, "--block", before) if row["name"][:3] == "imm"]
    assert (row["block"], row["value"]) == (before, 300)
    assert row["hash"] == f"0x{chain.hash(before).hex()}"
    assert row["network"] == "bittensor:finney"


def test_the_metagraph_has_everybody_by_uid(lite: Looker, chain: Chain) -> None:
    block = final(lite)
    rows = lite.rows("metagraph", "--netuid", 3)
    assert [row["uid"] for row in rows] == list(range(len(rows)))
    assert len(rows) == chain.value(block, "SubnetworkN", 3)
    assert [row["emission_alpha_rao"] for row in rows] == list(chain.value(block, "Emission", 3))
    assert [row["validator_permit"] for row in rows] == list(chain.value(block, "ValidatorPermit", 3))
    assert [row["last_update"][0] for row in rows] == list(chain.value(block, "LastUpdate", 3))
    assert [row["last_update"][1] for row in rows] == list(chain.value(block, "LastUpdate", 4096 + 3))
    names = [neuron.name for neuron in chain.plan.subnet(3).neurons]
    assert [row["hotkey"] for row in rows] == [chain.plan.hotkey(name) for name in names]
    assert [row["coldkey"] for row in rows] == [chain.plan.coldkey(name) for name in names]


def test_the_metagraph_is_whole_in_the_block_of_an_upgrade(lite: Looker, chain: Chain) -> None:
    """Calls are then answered by the next runtime: hotkeys and registrations come from storage."""
    upgrade = chain.plan.block_at(UPGRADE)
    before, then = (lite.rows("metagraph", "--netuid", 1, "--block", block) for block in (upgrade - 1, upgrade))
    assert [row["hotkey"] for row in then] == [row["hotkey"] for row in before]
    assert [row["coldkey"] for row in then] == [row["coldkey"] for row in before]
    assert [row["registered_at"] for row in then] == [row["registered_at"] for row in before]
    assert {row["total_stake_rao"] for row in then} == {None}


def test_what_a_runtime_does_not_have_is_told_as_unknown(lite: Looker) -> None:
    assert {row["validator_trust"] for row in lite.rows("metagraph", "--netuid", 1)} == {None}


def test_dividends_are_sorted_and_worth_their_price(lite: Looker, chain: Chain) -> None:
    block = final(lite)
    rows = lite.rows("dividends", "--netuid", 1)
    price = chain.value(block, "SubnetTAO", 1) * 10**9 // chain.value(block, "SubnetAlphaIn", 1)
    assert len(rows) == 6
    for row in rows:
        name = next(one.name for one in chain.plan.subnet(1).neurons if chain.plan.hotkey(one.name) == row["hotkey"])
        hotkey = chain.plan.hotkey_bytes(name)
        assert row["alpha_rao"] == chain.value(block, "AlphaDividendsPerSubnet", 1, hotkey)
        assert row["root_alpha_rao"] == chain.value(block, "RootAlphaDividendsPerSubnet", 1, hotkey)
        assert row["root_tao_rao"] is None
        assert row["alpha_price_rao"] == price
        assert row["tao_value_rao"] == (row["alpha_rao"] + row["root_alpha_rao"]) * price // 10**9
    assert [row["tao_value_rao"] for row in rows] == sorted((row["tao_value_rao"] for row in rows), reverse=True)
    assert rows[0]["epoch_block"] == chain.value(block, "LastEpochBlock", 1)


def test_dividends_tell_block_hash_unit_and_price(lite: Looker, chain: Chain) -> None:
    block = final(lite)
    text = lite.text("dividends", "--netuid", 1)
    assert f"block {block:,} " in text
    assert chain.hash(block).hex() in text
    assert "to stakers here (α)  to root (α)  worth (τ)" in text
    assert "1 α = 0.0199" in text
    assert chain.plan.hotkey("alice") in text


def test_yields_compound_the_epochs_that_were(archived: Looker, chain: Chain) -> None:
    rows = archived.rows("apy", "--netuid", 1, "--epochs", 3, "--hotkey", chain.plan.hotkey("bob"))
    (row,) = rows
    bob, at = chain.plan.hotkey_bytes("bob"), final(archived)
    grown, epoch = 1.0, chain.value(at, "LastEpochBlock", 1)
    for _ in range(3):
        stake = chain.value(epoch - 1, "TotalHotkeyAlpha", bob, 1)
        grown *= 1 + chain.value(epoch, "AlphaDividendsPerSubnet", 1, bob) / stake
        newest, epoch = epoch, chain.value(epoch - 1, "LastEpochBlock", 1)
    assert newest - epoch == 60
    assert (row["epochs"], row["window_seconds"], row["from_block"]) == (3, 180 * 12, epoch)
    assert row["apy"] == pytest.approx(grown ** (365 * 86_400 / (180 * 12)) - 1)


def test_yields_say_how_far_the_state_reached(lite: Looker) -> None:
    text = lite.text("apy", "--netuid", 1)
    assert "2 epochs compounded, blocks 9,000,162 to 9,000,282 (24 min)." in text
    assert "Not 20: the state of block 9000161" in text
    assert "is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set." in text


def test_yields_of_everybody_are_sorted(archived: Looker) -> None:
    yields = [row["apy"] for row in archived.rows("apy", "--netuid", 1, "--epochs", 2)]
    assert len(yields) == 6
    assert yields == sorted(yields, reverse=True)


def test_a_hotkey_without_stake_has_no_yield(lite: Looker) -> None:
    nobody = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
    (row,) = lite.rows("apy", "--netuid", 1, "--epochs", 1, "--hotkey", nobody)
    assert (row["apy"], row["epochs"], row["paid_alpha_rao"]) == (None, 0, 0)


def test_one_neuron_by_uid_and_by_hotkey(lite: Looker, chain: Chain) -> None:
    (by_uid,) = lite.rows("neuron", "--netuid", 2, "--uid", 0)
    (by_hotkey,) = lite.rows("neuron", "--netuid", 2, "--hotkey", chain.plan.hotkey("alice"))
    assert by_uid == by_hotkey
    alice, block = chain.plan.hotkey_bytes("alice"), by_uid["block"]
    assert by_uid["coldkey"] == chain.plan.coldkey("alice")
    assert by_uid["stake_alpha_rao"] == chain.value(block, "TotalHotkeyAlpha", alice, 2)
    assert by_uid["paid_alpha_rao"] == chain.value(block, "AlphaDividendsPerSubnet", 2, alice)
    assert by_uid["axon"] == "192.0.2.1:8091"
    assert by_uid["take"] == pytest.approx(0.18, abs=1e-4)
    assert by_uid["commits_waiting"] == [by_uid["last_update"][0]]


def test_a_neuron_in_words(lite: Looker, chain: Chain) -> None:
    text = lite.text("neuron", "--netuid", 1, "--uid", 0)
    assert chain.plan.hotkey("alice") in text
    assert "uid 0, at block 8,950,000" in text
    assert "weights, blocks ago" in text


def test_a_hotkey_that_is_not_registered_is_told_so(lite: Looker) -> None:
    (row,) = lite.rows("neuron", "--netuid", 1, "--hotkey", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
    assert (row["registered"], row["uid"]) == (False, None)


def test_subnets_are_told_in_order(lite: Looker, chain: Chain) -> None:
    rows = lite.rows("subnets")
    assert [row["netuid"] for row in rows] == [0, 1, 2, 3]
    assert rows[1]["name"] == "subnet 1"
    assert rows[3]["owner"] == chain.plan.coldkey(chain.plan.subnet(3).owner_name)
    assert (rows[1]["neurons"], rows[1]["max_neurons"]) == (14, 14)
    assert rows[2]["moving_price"] == pytest.approx(0.04, abs=1e-6)
    assert rows[3]["mechanisms"] == 2


def test_a_subnet_whole_is_what_its_parts_tell(lite: Looker) -> None:
    (whole,) = lite.rows("subnet", "--netuid", 1)
    of = {name: whole[name] for name in ("network", "block", "hash", "netuid")}
    for part in ("hyperparameters", "metagraph", "dividends"):
        assert [of | row for row in whole[part]] == lite.rows(part, "--netuid", 1)
        assert whole[part]


def test_a_subnet_whole_is_printed_part_by_part_below_one_heading(lite: Looker) -> None:
    whole = lite.text("subnet", "--netuid", 1)
    heading, _, parts = whole.partition("\n\n")
    for part in ("hyperparameters", "metagraph", "dividends"):
        alone = lite.text(part, "--netuid", 1)
        assert alone.startswith(f"{heading}\n\n")
        assert alone.removeprefix(f"{heading}\n\n").strip() in parts
    assert whole.count("runtime ") == 1


def test_a_subnet_that_is_not_there_is_told_before_anything_is_printed(lite: Looker) -> None:
    code, line = lite.refused("subnet", "--netuid", 99)
    assert (code, line.startswith("sentinel: there is no subnet 99 at block ")) == (2, True)


def test_a_part_that_the_runtime_does_not_tell_leaves_the_others(lite: Looker, chain: Chain) -> None:
    """Hyperparameters in the block of an upgrade."""
    upgrade = chain.plan.block_at(UPGRADE)
    (whole,) = lite.rows("subnet", "--netuid", 1, "--block", upgrade)
    assert whole["hyperparameters"] is None
    assert len(whole["metagraph"]) == len(lite.rows("metagraph", "--netuid", 1, "--block", upgrade))
    assert whole["dividends"]
    text = lite.text("subnet", "--netuid", 1, "--block", upgrade)
    assert "Not told: the runtime of block" in text
