from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.interface import READ_FAILED
from collectors.tezos.cycle_rights import BAKES, POWER
from collectors.tezos.health import CONSTANTS, DELEGATE, MAX_REQUESTS, Health, read_health
from collectors.tezos.ledger import Ledger
from monitor.model import Reading
from simulator import faults
from simulator.address import made
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.collectors.tezos.plans import NETWORK, client_of, cursor_at, endpoints_of, make_plan, read_readings

CHAIN = Chain(small_plan(seed=4))
HEAD = 10_140
NOW = CHAIN.timestamp(HEAD)
CYCLE = CHAIN.cycle(HEAD - 2)
PROTOCOL = CHAIN.protocol(HEAD).hash
ALICE, BOB, CAROL = (CHAIN.plan.baker(name).address for name in ("alice", "bob", "carol"))
NOBODY = made("tz1", "nobody")


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(CHAIN, clock=Clock(NOW)) as made:
        yield made


def settled(*targets: str) -> list[Reading]:
    """Everything was read, the first target longest ago."""
    found = [Reading(NETWORK, PROTOCOL, CONSTANTS, 1, NOW - 9000, {"consensus_committee_size": 7000})]
    for age, target in enumerate(reversed(targets)):
        read_at = NOW - 60 * (age + 1)
        found += [
            Reading(NETWORK, target, DELEGATE, HEAD - 20, read_at, {}),
            Reading(NETWORK, target, BAKES, HEAD - 20, read_at, {"cycle": CYCLE, "levels": []}),
            Reading(NETWORK, target, POWER, HEAD - 20, read_at, {"cycle": CYCLE, "power": 1, "next_power": 1}),
        ]
    return found


def health(
    node: Node,
    *targets: str,
    readings: list[Reading] | None = None,
    due: tuple[tuple[str, str], ...] = (),
    advanced: bool = True,
    new_due: tuple[str, ...] = (),
) -> Health:
    plan = make_plan(CHAIN, NOW, dict.fromkeys(targets, 0), cursor_at(CHAIN, HEAD - 20))
    plan = plan._replace(readings=read_readings(*(settled(*targets) if readings is None else readings)), due=due)
    ledger = Ledger(NETWORK, plan, HEAD - 19)
    ledger.cycle, ledger.protocol, ledger.advanced = CYCLE, PROTOCOL, advanced
    ledger.new_due = dict.fromkeys(new_due, "missed")
    with client_of(endpoints_of(node.url), NOW) as client:
        found = read_health(client, plan, ledger, HEAD - 2, ())
        assert client.requests <= MAX_REQUESTS or found.skipped
    return found


def kinds(found: Health) -> list[tuple[str, str]]:
    return [(reading.target, reading.kind) for reading in found.readings]


def test_nothing_is_asked_when_no_level_was_read(node: Node) -> None:
    assert health(node, ALICE, advanced=False) == Health()
    assert node.requests.count == 0


def test_at_the_first_look_the_constants_and_a_delegate_are_read(node: Node) -> None:
    found = health(node, ALICE, readings=[])
    assert kinds(found) == [(PROTOCOL, CONSTANTS), (ALICE, DELEGATE)]
    assert found.read_targets == (ALICE,)
    assert {reading.level for reading in found.readings} == {HEAD - 2}


def test_a_new_protocol_has_constants_of_its_own(node: Node) -> None:
    old = Reading(NETWORK, "PtOld", CONSTANTS, 1, 1, {"consensus_committee_size": 7000})
    assert (PROTOCOL, CONSTANTS) in kinds(health(node, ALICE, readings=[*settled(ALICE)[1:], old]))


def test_in_a_quiet_minute_the_delegate_read_longest_ago_is_read(node: Node) -> None:
    found = health(node, BOB, ALICE, CAROL)
    assert kinds(found) == [(BOB, DELEGATE)]
    assert node.requests.count == 1


def test_who_is_due_comes_before_its_turn(node: Node) -> None:
    found = health(node, BOB, ALICE, CAROL, due=((CAROL, "missed"), (ALICE, "named")))
    assert kinds(found) == [(CAROL, DELEGATE), (ALICE, DELEGATE)]


def test_who_missed_in_this_run_is_read_in_this_run(node: Node) -> None:
    assert kinds(health(node, BOB, ALICE, new_due=(ALICE,))) == [(ALICE, DELEGATE)]


def test_the_rights_of_a_new_cycle_take_turns_with_what_is_due(node: Node) -> None:
    readings = [one for one in settled(ALICE, BOB) if one.kind in (CONSTANTS, DELEGATE)]
    found = health(node, ALICE, BOB, readings=readings, due=((ALICE, "cycle"), (BOB, "cycle")))
    assert kinds(found) == [(ALICE, DELEGATE), (ALICE, BAKES), (BOB, BAKES)]


def test_a_removed_delegate_is_not_read_though_it_is_due(node: Node) -> None:
    assert kinds(health(node, ALICE, due=((CAROL, "missed"),))) == [(ALICE, DELEGATE)]


def test_an_address_that_is_no_delegate_is_read_as_that(node: Node) -> None:
    found = health(node, NOBODY)
    (reading,) = found.readings
    assert reading.value["registered"] is False
    assert found.read_targets == (NOBODY,)


def test_what_was_not_told_is_named_and_waits_behind_all_others(node: Node) -> None:
    node.faults.add(faults.json_value({"odd": True}, path=f"/delegates/{CAROL}"))
    found = health(node, BOB, ALICE, CAROL, due=((CAROL, "missed"),))
    assert found.failed_targets == (CAROL,)
    assert found.read_targets == ()
    (skipped,) = found.skipped
    assert skipped.startswith(f"delegate {CAROL}: ")
    again = health(node, BOB, ALICE, CAROL, due=((CAROL, READ_FAILED),), new_due=(CAROL,))
    assert again.read_targets == (BOB,)
    assert again.failed_targets == (CAROL,)


def test_a_delegate_never_told_does_not_keep_others_from_their_first_reading(node: Node) -> None:
    node.faults.add(faults.json_value({"odd": True}, path=f"/delegates/{ALICE}"))
    readings = settled(BOB, CAROL, ALICE)
    readings = [one for one in readings if one.kind != DELEGATE]
    found = health(node, ALICE, BOB, CAROL, readings=readings, due=((ALICE, READ_FAILED),))
    assert found.read_targets == (BOB, CAROL)


def test_a_node_that_is_silent_costs_no_exception(node: Node) -> None:
    node.stop()
    found = health(node, ALICE, readings=[])
    assert (found.readings, found.read_targets) == ((), ())
    assert len(found.skipped) == MAX_REQUESTS


def test_delegates_are_read_at_the_newest_finalised_block(node: Node) -> None:
    health(node, ALICE)
    assert node.requests.matching("/delegates/") == [f"/chains/main/blocks/{HEAD - 2}/context/delegates/{ALICE}"]


def test_the_state_holds_what_the_rules_look_at(node: Node) -> None:
    (reading,) = health(node, ALICE).readings
    value: dict[str, Any] = dict(reading.value)
    assert value["deactivated"] is False
    assert value["expected_cycle_activity"] > 0
    assert value["baking_power"] == CHAIN.plan.baker("alice").stake
