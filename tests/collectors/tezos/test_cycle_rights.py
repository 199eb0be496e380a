from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.tezos.cycle_rights import ASK_AGAIN, BAKES, POWER, bakes_wanted, power_wanted, read_bakes, read_power
from collectors.tezos.ledger import Ledger
from monitor.model import Reading
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import small_plan
from tests.collectors.tezos.plans import NETWORK, client_of, cursor_at, endpoints_of, make_plan, read_readings

CHAIN = Chain(small_plan(seed=4, blocks_per_cycle=60))
HEAD = 10_140
NOW = CHAIN.timestamp(HEAD)
CYCLE = CHAIN.cycle(HEAD - 2)
ALICE, BOB = (CHAIN.plan.baker(name).address for name in ("alice", "bob"))


@pytest.fixture
def node() -> Iterator[Node]:
    with Node(CHAIN, clock=Clock(NOW)) as made:
        yield made


def reading(target: str, kind: str, **value: Any) -> Reading:
    return Reading(NETWORK, target, kind, HEAD - 20, NOW - 120, value)


def ledger_of(*readings: Reading, watched: tuple[str, ...] = (ALICE, BOB), cycle: int | None = CYCLE) -> Ledger:
    plan = make_plan(CHAIN, NOW, dict.fromkeys(watched, 0), cursor_at(CHAIN, HEAD - 20))
    return Ledger(NETWORK, plan._replace(readings=read_readings(*readings), cycle=cycle), HEAD - 19)


def power(node: Node, *before: Reading) -> dict[str, Any]:
    ledger = ledger_of(*before)
    with client_of(endpoints_of(node.url), NOW) as client:
        (found,) = read_power(client, plan_of(ledger), ledger, HEAD - 2, (), ALICE)
    return dict(found.value)


def plan_of(ledger: Ledger) -> Any:
    return ledger._plan


def slots(cycle: int) -> int:
    first = CHAIN.rights.first_level_of(cycle)
    rights = (right for level in range(first, first + 60) for right in CHAIN.rights.attestation(level))
    return sum(right.slots for right in rights if right.baker.address == ALICE)


def test_the_levels_of_all_delegates_are_asked_in_one_request(node: Node) -> None:
    ledger = ledger_of()
    assert list(bakes_wanted(plan_of(ledger), ledger)) == [(ALICE, BOB)]
    with client_of(endpoints_of(node.url), NOW) as client:
        found = read_bakes(client, plan_of(ledger), ledger, HEAD - 2, (), (ALICE, BOB))
        assert client.requests == 1
    first = CHAIN.rights.first_level_of(CYCLE)
    for one in found:
        mine = [level for level in range(first, first + 60) if CHAIN.rights.bakers(level, 0)[0].address == one.target]
        assert (one.kind, one.value) == (BAKES, {"cycle": CYCLE, "levels": mine})


def test_bakes_are_asked_again_with_the_next_cycle_only() -> None:
    known = reading(ALICE, BAKES, cycle=CYCLE, levels=[])
    old = reading(BOB, BAKES, cycle=CYCLE - 1, levels=[])
    ledger = ledger_of(known, old)
    assert list(bakes_wanted(plan_of(ledger), ledger)) == [(BOB,)]


def test_hundreds_of_delegates_are_asked_in_groups() -> None:
    ledger = ledger_of(watched=tuple(f"tz1{number}" for number in range(200)))
    assert [len(group) for group in bakes_wanted(plan_of(ledger), ledger)] == [80, 80, 40]


def test_a_node_that_does_not_tell_the_bakes_of_a_cycle_is_not_asked_again_in_it(node: Node) -> None:
    node.faults.add(faults.status(403, path="/baking_rights"))
    ledger = ledger_of()
    with client_of(endpoints_of(node.url), NOW) as client:
        (found,) = read_bakes(client, plan_of(ledger), ledger, HEAD - 2, (), (ALICE,))
    assert found.value == {"cycle": CYCLE, "levels": []}


def test_the_power_of_this_cycle_is_asked_first_then_that_of_the_next(node: Node) -> None:
    first = power(node)
    assert first == {"cycle": CYCLE, "power": slots(CYCLE), "next_power": None, "ask_at": NOW}
    second = power(node, reading(ALICE, POWER, **first))
    assert second == {**first, "next_power": slots(CYCLE + 1)}
    ledger = ledger_of(reading(ALICE, POWER, **second), watched=(ALICE,))
    assert list(power_wanted(plan_of(ledger), ledger)) == []


def test_what_the_last_cycle_told_of_this_one_is_not_asked_again(node: Node) -> None:
    before = reading(ALICE, POWER, cycle=CYCLE - 1, power=7, next_power=8, ask_at=0)
    assert power(node, before) == {"cycle": CYCLE, "power": 8, "next_power": slots(CYCLE + 1), "ask_at": NOW}


def test_a_reading_of_long_ago_tells_nothing_of_this_cycle(node: Node) -> None:
    before = reading(ALICE, POWER, cycle=CYCLE - 2, power=7, next_power=8, ask_at=0)
    assert power(node, before)["power"] == slots(CYCLE)


def test_an_answer_that_did_not_come_is_asked_for_after_an_hour(node: Node) -> None:
    node.faults.add(faults.status(403, path="/attestation_rights"))
    refused = power(node)
    assert refused == {"cycle": CYCLE, "power": None, "next_power": None, "ask_at": NOW + ASK_AGAIN}
    soon = ledger_of(reading(ALICE, POWER, **refused), watched=(ALICE,))
    assert list(power_wanted(plan_of(soon), soon)) == []
    later = ledger_of(reading(ALICE, POWER, **{**refused, "ask_at": NOW}), watched=(ALICE,))
    assert list(power_wanted(plan_of(later), later)) == [ALICE]


def test_while_the_cycle_is_not_known_nothing_is_asked() -> None:
    ledger = ledger_of(cycle=None)
    assert list(bakes_wanted(plan_of(ledger), ledger)) == []
    assert list(power_wanted(plan_of(ledger), ledger)) == []


def test_a_delegate_without_rights_in_the_cycle_has_a_power_of_nothing(node: Node) -> None:
    node.faults.add(faults.json_value([], path="/attestation_rights"))
    assert power(node)["power"] == 0
