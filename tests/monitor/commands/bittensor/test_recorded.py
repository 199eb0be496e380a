"""Looking at recorded state of real runtimes: what is printed is what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.collectors.bittensor.recordings import golden, plain
from tests.collectors.raw_node import RawNode
from tests.monitor.commands.bittensor.looker import Looker
from tests.monitor.commands.bittensor.recorded_node import HASH_106, Recorded, golden_461, replica_293

TAO = "0x658faa385070e074c85bf6b568cf0555161711b56e44201be00565e057c65c770100"
ALPHA = "0x658faa385070e074c85bf6b568cf0555362d401ea7c93984e89763daca2cbf3b0100"
"""What keys of the two dividend maps of subnet 1 begin with."""


@contextmanager
def beside(recorded: Recorded, home: Path) -> Iterator[Looker]:
    with RawNode(recorded.behave) as node:
        yield Looker(home, node.url)


def amounts(recorded: Recorded, prefix: str) -> list[int]:
    """As they are stored: 64 bits, the lowest byte first."""
    raw = [value for key, value in recorded.storage.items() if key.startswith(prefix) and value is not None]
    return sorted(number for value in raw if (number := int.from_bytes(bytes.fromhex(value[2:]), "little")))


def test_dividends_of_runtime_293_are_in_alpha_and_in_tao(tmp_path: Path) -> None:
    recorded = replica_293()
    with beside(recorded, tmp_path) as looker:
        rows = looker.rows("dividends", "--netuid", 1)
    assert sorted(row["alpha_rao"] for row in rows if row["alpha_rao"]) == amounts(recorded, ALPHA)
    assert sorted(row["root_tao_rao"] for row in rows if row["root_tao_rao"]) == amounts(recorded, TAO)
    assert {row["root_alpha_rao"] for row in rows} == {None}
    assert {(row["block"], row["hash"], row["alpha_price_rao"]) for row in rows} == {(106, HASH_106, 0x9171BF)}
    assert all(row["tao_value_rao"] == row["alpha_rao"] * 0x9171BF // 10**9 + row["root_tao_rao"] for row in rows)


def test_dividends_of_runtime_293_are_told_with_their_units(tmp_path: Path) -> None:
    with beside(replica_293(), tmp_path) as looker:
        text = looker.text("dividends", "--netuid", 1)
    assert "to stakers here (α)  to root (τ)  worth (τ)" in text
    assert "Read from AlphaDividendsPerSubnet, TaoDividendsPerSubnet: after the validators' take." in text
    assert HASH_106 in text


def test_hyperparameters_of_runtime_293_are_told(tmp_path: Path) -> None:
    with beside(replica_293(), tmp_path) as looker:
        told = {row["name"]: row["value"] for row in looker.rows("hyperparameters", "--netuid", 1)}
    assert (told["tempo"], told["immunity_period"], told["kappa"]) == (99, 7200, 32767)


def test_a_runtime_without_a_watched_item_says_which_rules_are_silent(tmp_path: Path) -> None:
    with beside(replica_293(), tmp_path) as looker:
        (row,) = looker.rows("runtime")
    missing = {one["item"]: one for one in row["missing"]}
    assert (row["spec_version"], row["metadata_version"]) == (293, 15)
    assert missing["SubtensorModule.RootAlphaDividendsPerSubnet"]["instead"] == "TaoDividendsPerSubnet"
    assert missing["SubtensorModule.TimelockedWeightCommits"]["rules"] == ["reveal_missing"]


def test_events_of_runtime_461_are_told_as_they_were_recorded(tmp_path: Path) -> None:
    with beside(golden_461(), tmp_path) as looker:
        rows = looker.rows("events")
    told = golden()["events"]["decoded"]
    assert [row["event"] for row in rows] == [f"{one['module_id']}.{one['event_id']}" for one in told]
    assert [row["extrinsic"] for row in rows] == [one["extrinsic_idx"] for one in told]
    transfer = next(row for row in rows if row["event"] == "Balances.Transfer")
    (recorded,) = [one["attributes"] for one in told if one["event_id"] == "Transfer"]
    assert transfer["fields"] == plain(recorded)


def test_calls_of_runtime_461_are_told_with_who_made_them(tmp_path: Path) -> None:
    with beside(golden_461(), tmp_path) as looker:
        rows = looker.rows("extrinsics")
        (block,) = looker.rows("block")
    transfer = next(row for row in rows if row["call"].startswith("Balances.transfer"))
    assert transfer["signer"] == "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
    assert transfer["success"]
    assert block["block"] == 67
    assert block["parent"] == golden()["block"]["raw"]["block"]["header"]["parentHash"]


def test_subnets_of_runtime_461_are_those_that_were_recorded(tmp_path: Path) -> None:
    with beside(golden_461(), tmp_path) as looker:
        rows = looker.rows("subnets")
    (added,) = [one for one in golden()["query_maps"] if one["storage_function"] == "NetworksAdded"]
    assert len(rows) == len(added["raw_keys"])
    assert rows[1]["tempo"] == 100
