"""One network from its first contact on, as the checker's user sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import faults
from simulator.address import made
from simulator.plan import small_plan
from tests.scenes import Scene, play

START = 10_150
PLAN = small_plan(seed=7)
ALICE, BOB = PLAN.baker("alice").address, PLAN.baker("bob").address


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with play(PLAN, START, tmp_path) as made:
        yield made


def test_the_first_contact_starts_as_many_levels_back_as_the_first_look(scene: Scene) -> None:
    station = scene.station(ALICE)
    station.run()
    levels = [row["level"] for row in station.rows("SELECT level FROM block ORDER BY level")]
    assert levels == list(range(START - 2 - 20 + 1, START - 2 + 1))


def test_a_delegate_added_later_is_judged_from_the_next_level_on(scene: Scene) -> None:
    station = scene.station(ALICE)
    station.run()
    station.watch([ALICE, BOB])
    station.minutes(1)
    attested = [row["level"] for row in station.history(BOB) if row["duty"] == "attestation"]
    assert attested == list(range(START - 1, START + 8))


def test_a_delegate_removed_and_added_again_is_judged_anew_and_its_past_stays(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 1, START + 20), START, tmp_path) as scene:
        station = scene.station(ALICE, BOB)
        station.run()
        station.minutes(1)
        (stopped,) = station.incidents("missed_attestation", everything=False)
        station.watch([BOB])
        station.minutes(1)
        (closed,) = station.incidents("missed_attestation")
        assert (closed["id"], closed["close_reason"]) == (stopped["id"], "removed")
        assert "no longer monitored" in station.told()
        gap = station.cursor()
        assert gap is not None
        station.watch([ALICE, BOB])
        station.minutes(4)
        levels = [row["level"] for row in station.history(ALICE) if row["duty"] == "attestation"]
        assert not set(range(START + 10, gap)) & set(levels)
        assert {START - 1, gap + 1} <= set(levels)
        # What it missed since it is back is an incident of its own.
        (_, again) = station.incidents("missed_attestation")
        assert again["id"] != stopped["id"]
        assert again["opened_level"] > gap


def test_the_readings_of_a_removed_delegate_go_with_it(scene: Scene) -> None:
    station = scene.station(ALICE, BOB)
    station.run()
    station.minutes(3)
    station.watch([BOB])
    station.minutes(1)
    assert station.rows("SELECT * FROM reading WHERE target = :target", target=ALICE) == []
    assert station.rows("SELECT * FROM reading_due WHERE target = :target", target=ALICE) == []


def test_a_network_without_a_name_is_named_by_its_chain_at_the_first_contact(scene: Scene) -> None:
    scene.node.stop()
    station = scene.station(ALICE)
    station.run()
    station.minutes(3)
    assert [(row["network"], row["rule"]) for row in station.incidents()] == [("tezos:unknown", "unreachable")]
    scene.node.start()
    station.minutes(1)
    (incident,) = station.incidents("unreachable")
    assert incident["close_reason"] == "recovered"
    assert "reachable again" in station.told()
    assert station.cursor("tezos:mainnet") == START - 2 + 40


def test_a_name_given_before_the_first_contact_ends_the_incident_of_the_unknown_network(scene: Scene) -> None:
    scene.node.stop()
    station = scene.station(ALICE)
    station.run()
    station.minutes(3)
    station.configure(TEZOS_NETWORK="mainnet")
    station.minutes(1)
    assert [(row["network"], row["closed_at"] is None) for row in station.incidents()] == [("tezos:unknown", False)]


def test_a_name_that_is_not_the_chains_is_refused(scene: Scene) -> None:
    station = scene.station(ALICE, TEZOS_NETWORK="shadownet")
    report = station.run()
    (network,) = report.networks
    assert network.error == "the node is on mainnet (chain id NetXdQprcVkpaWU), not on shadownet"
    assert report.exit_code == 1
    assert station.rows("SELECT * FROM cursor") == []


def test_the_setting_may_be_renamed_while_the_chain_stays(scene: Scene) -> None:
    station = scene.station({"address": ALICE, "network": "mainnet"}, RPC_URL=None, RPC_URL_MAINNET=scene.node.url)
    station.run()
    before = station.cursor()
    station.configure(RPC_URL=scene.node.url, RPC_URL_MAINNET=None)
    station.watch([ALICE])
    station.minutes(1, seconds=1800)  # more than a first look would read
    station.minutes(1)
    assert [report.exit_code for report in station.reports] == [0, 0, 0]
    levels = [row["level"] for row in station.history(ALICE) if row["duty"] == "attestation"]
    assert before is not None
    assert levels == list(range(before - 19, before + 310))  # no level was left out


def test_two_settings_may_not_lead_to_one_chain(scene: Scene) -> None:
    shadow = {"address": BOB, "network": "shadow"}
    station = scene.station(ALICE, shadow, RPC_URL_SHADOW=scene.node.url.replace("127.0.0.1", "localhost"))
    station.configure(TEZOS_NETWORK="mainnet")
    station.run()
    report = station.minutes(1)
    assert report.exit_code == 1
    assert [row["target"] for row in station.rows("SELECT target FROM target WHERE removed_at IS NULL")] == [ALICE]


def test_endpoints_that_are_taken_out_are_forgotten_and_their_incidents_end(scene: Scene) -> None:
    station = scene.station(ALICE, RPC_URL=f"{scene.node.url},own=http://localhost:1")
    station.run()
    station.minutes(4)
    assert station.open_rules() == ["endpoint_unreachable"]
    assert "Node localhost#2 unreachable" in station.told()
    station.configure(RPC_URL=scene.node.url)
    station.minutes(1)
    (incident,) = station.incidents("endpoint_unreachable")
    assert (incident["target"], incident["close_reason"]) == ("localhost#2", "removed")
    assert "no longer monitored" in station.told()
    (network,) = station.status()
    assert [item["endpoint"] for item in network["endpoints"]] == ["127.0.0.1#1"]


def test_the_order_of_endpoints_may_change(scene: Scene) -> None:
    other = f"own={scene.node.url.replace('127.0.0.1', 'localhost')}"
    station = scene.station(ALICE, RPC_URL=f"{scene.node.url},{other}")
    station.run()
    station.configure(RPC_URL=f"{other},{scene.node.url}")
    station.minutes(2)
    (network,) = station.status()
    assert [item["endpoint"] for item in network["endpoints"]] == ["127.0.0.1#2", "localhost#1"]
    assert station.incidents() == []


def test_a_delegate_without_a_right_at_most_levels_is_judged_by_those_it_has(scene: Scene) -> None:
    tiny = PLAN.baker("tiny2").address
    station = scene.station(tiny)
    station.run()
    station.minutes(2)
    due = [fact.level for fact in scene.chain.truth(tiny, START - 21, START + 17) if fact.duty == "attestation"]
    assert len(due) < 39
    assert [row["level"] for row in station.history(tiny) if row["duty"] == "attestation"] == due
    assert not {"missed_attestation", "missed_baking"} & {row["rule"] for row in station.incidents()}


def test_an_address_that_is_no_delegate_has_neither_rights_nor_incidents(scene: Scene) -> None:
    stranger = made("tz1", "nobody")
    station = scene.station(stranger)
    station.run()
    assert station.minutes(4).exit_code == 0
    assert (station.history(stranger), station.incidents()) == ([], [])


def test_what_could_not_be_checked_is_in_the_status(scene: Scene) -> None:
    station = scene.station(ALICE)
    with scene.node.faults.during(faults.status(503, path="/context/constants")):
        station.run()
    (network,) = station.status()
    assert any("constants" in text for text in network["not_checked"])
