"""Minute after minute through thousands of levels and every trouble the simulated nodes know: what was stored of every
right is the truth, and every duty incident is what the rulings make of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from simulator import faults
from simulator.chain import Chain, Fact
from simulator.clock import Clock
from simulator.faults import Fault
from simulator.node import Node
from simulator.plan import ACCIDENTS, Chances, Plan, small_plan
from simulator.protocol import SEOUL, TALLINN, USHUAIA
from tests.running import Station
from tests.truth.reference import Story, Told, stories

START = 10_250
"""The head at the first run; the first look goes back a hundred levels from the newest finalised one."""
LOOK_END = START - 2
FIRST = LOOK_END - 99
WATCHED = ("alice", "bob", "carol", "erin", "ivan", "judy", "niaj", "tiny1", "tiny2")
"""alice signs with another tz1 key, bob with a tz4 key, ivan is a tz4 himself, judy attests no DAL, the last two hold
a right at few levels."""

BOTH = (0, 1)


@dataclass(frozen=True)
class Trouble:
    """A fault that is there in some of the minutes; made anew in each of them."""

    make: Callable[[], Fault]
    minutes: range
    nodes: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Unread:
    """Levels that no node ever shows whole, and what therefore cannot be known."""

    make: Callable[..., Fault]
    levels: tuple[int, int]
    bakes: bool
    """Whether bakes of these levels are lost too; the attestations of the levels before always are."""
    header: bool = True
    """Whether the block's round is known, so that the lost rights above round 0 are known to have come due."""
    some_attest: bool = False
    """Whether the attestations that can be read still count."""


@dataclass(frozen=True)
class Journey:
    plan: Plan
    minutes: int
    nodes: int
    troubles: tuple[Trouble, ...] = ()
    unread: tuple[Unread, ...] = ()


def _scripted(plan: Plan) -> Plan:
    """Outages on top of the accidents: short, long, coming back, of one duty, of a tiny baker, of everybody."""
    for first, length in ((60, 4), (90, 5), (104, 5), (122, 7), (150, 30), (200, 5), (400, 70), (560, 9)):
        plan = plan.outage("alice", START + first, START + first + length - 1)
    plan = plan.outage("bob", LOOK_END - 30, START + 40, kinds={"attestation"})
    plan = plan.outage("carol", START + 220, START + 330, kinds={"baking"})
    plan = plan.outage("erin", LOOK_END - 90, LOOK_END - 70)
    plan = plan.outage("tiny1", START + 10, START + 500)
    for first in range(START + 300, START + 400, 7):
        plan = plan.outage("niaj", first, first + 1, kinds={"attestation"})
    plan = plan.crowd_miss(START + 440, START + 446, 0.6)
    plan = plan.miss_bake(START + 30, (0, 1, 2)).round(START + 80, 3).repropose(START + 81)
    plan = plan.miss_bake(START + 82).repropose(START + 82)
    return plan.update_consensus_key("carol", START + 20, plan.baker("bob").companion_key or "")


def _rough() -> Chances:
    return Chances(round_missed=(0.3, 0.4, 0.4, 0.4), reproposal=0.1, attestation_missed=0.06)


JOURNEYS = {
    "two nodes, every transport fault": Journey(
        _scripted(small_plan(seed=11, chances=ACCIDENTS)),
        minutes=80,
        nodes=2,
        troubles=(
            Trouble(lambda: faults.latency(0.02), range(3, 5), BOTH),
            Trouble(lambda: faults.lagging(2), range(5, 8)),
            Trouble(lambda: faults.lagging(3, path="/helpers/"), range(6, 8), BOTH),
            Trouble(lambda: faults.rate_limited(count=3), range(9, 11)),
            Trouble(lambda: faults.rate_limited(retry_after=120), range(11, 14)),
            Trouble(lambda: faults.rate_limited(retry_after=90), range(13, 15), BOTH),
            Trouble(lambda: faults.status(503, count=4), range(15, 17), BOTH),
            Trouble(lambda: faults.status(502), range(17, 20)),
            Trouble(lambda: faults.status(500), range(19, 23), BOTH),
            Trouble(faults.garbage, range(24, 28), BOTH),
            Trouble(lambda: faults.garbage(path="/helpers/"), range(28, 30)),
            Trouble(faults.truncated, range(30, 32)),
            Trouble(lambda: faults.truncated(count=5), range(31, 33), (1,)),
            Trouble(faults.cut, range(33, 35)),
            Trouble(lambda: faults.cut(path="/blocks/1"), range(34, 36), BOTH),
            Trouble(faults.hang, range(37, 39)),
            Trouble(faults.hang, range(38, 40), (1,)),
            Trouble(lambda: faults.hang(path="/helpers/"), range(40, 42), BOTH),
            Trouble(lambda: faults.dribble("body", 0.02), range(43, 45)),
            Trouble(lambda: faults.dribble("headers", 0.05), range(44, 46), BOTH),
            Trouble(faults.reset, range(47, 49)),
            Trouble(lambda: faults.reset(count=3), range(48, 50), BOTH),
            Trouble(lambda: faults.stale_head(START + 500), range(51, 54), BOTH),
            Trouble(lambda: faults.behind(6), range(55, 58)),
            Trouble(lambda: faults.behind(1), range(58, 60), (1,)),
            Trouble(faults.head_reorganisation, range(60, 64), BOTH),
            Trouble(lambda: faults.chain_id("NetXnHfVqm9iesp"), range(65, 68)),
            Trouble(lambda: faults.chain_id("NetXnHfVqm9iesp"), range(67, 68), (1,)),
            Trouble(faults.not_bootstrapped, range(69, 72), BOTH),
            Trouble(lambda: faults.peers(1), range(69, 76), BOTH),
        ),
    ),
    "three protocols, every answer that cannot be judged": Journey(
        replace(
            _scripted(small_plan(seed=12, chances=ACCIDENTS)),
            protocols=((0, SEOUL), (START + 260, TALLINN), (START + 530, USHUAIA)),
        ),
        minutes=80,
        nodes=2,
        troubles=(
            Trouble(faults.no_metadata, range(4, 6), BOTH),
            Trouble(faults.no_metadata, range(6, 12)),
            Trouble(faults.no_operation_metadata, range(13, 15), BOTH),
            Trouble(faults.too_large, range(15, 19)),
            Trouble(faults.too_large, range(18, 20), BOTH),
            Trouble(faults.unknown_operation, range(21, 23), BOTH),
            Trouble(faults.unknown_operation, range(23, 27)),
            Trouble(lambda: faults.json_value("no"), range(28, 30)),
            Trouble(lambda: faults.json_value({"level": "no"}, path="/blocks/1"), range(30, 32), BOTH),
            Trouble(lambda: faults.json_value([{"level": 1}], path="/helpers/"), range(33, 35), BOTH),
            Trouble(lambda: faults.json_value(None, path="/helpers/baking"), range(35, 37)),
            Trouble(lambda: faults.json_value({}), range(37, 40), BOTH),
            Trouble(lambda: faults.pruned(path="/blocks/1"), range(41, 43), BOTH),
            Trouble(lambda: faults.pruned(path="/blocks/1"), range(43, 48)),
            Trouble(lambda: faults.missing_block(START + 492), range(49, 52), BOTH),
            Trouble(lambda: faults.missing_block(START + 530), range(52, 60)),
            Trouble(lambda: faults.fork(START + 600), range(60, 62), (1,)),
        ),
        unread=(
            Unread(faults.no_metadata, (START + 100, START + 103), bakes=True),
            Unread(faults.too_large, (START + 240, START + 240), bakes=False),
            Unread(faults.no_operation_metadata, (START + 404, START + 405), bakes=False),
            Unread(faults.pruned, (START + 560, START + 562), bakes=True, header=False),
            Unread(faults.unknown_operation, (START + 640, START + 642), bakes=False, some_attest=True),
            Unread(
                lambda **matchers: faults.unknown_operation(added=True, **matchers),
                (START + 700, START + 700),
                bakes=False,
                some_attest=True,
            ),
        ),
    ),
    "one node, rough seas, all bakers attest": Journey(
        _scripted(small_plan(seed=13, chances=_rough(), all_bakers_attest_from=10_801)),
        minutes=95,
        nodes=1,
        troubles=(
            Trouble(lambda: faults.status(503), range(20, 24)),
            Trouble(lambda: faults.lagging(2), range(30, 33)),
            Trouble(lambda: faults.no_metadata(count=3), range(40, 42)),
            Trouble(lambda: faults.stray_attestation(small_plan(seed=13).baker("alice").address), range(1, 96)),
        ),
    ),
    "one node, seoul, quick blocks": Journey(
        _scripted(
            small_plan(seed=14, chances=_rough(), protocol="seoul", blocks_per_cycle=1200, bakers=40, tiny=6)
        ).paced(2),
        minutes=80,
        nodes=1,
        troubles=(Trouble(faults.head_reorganisation, range(1, 81)),),
    ),
}


@pytest.mark.truth
@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=list(JOURNEYS))
def test_every_right_and_every_duty_incident_is_as_the_truth_has_it(journey: Journey, tmp_path: Path) -> None:
    chain = Chain(journey.plan)
    delegates = {name: journey.plan.baker(name).address for name in WATCHED}

    station = _travelled(journey, chain, tmp_path, [*delegates.values()])

    cursor = station.cursor()
    assert cursor == chain.head_at(station.clock()) - 2
    for name, address in delegates.items():
        rows = {(row["duty"], row["level"], row["round"]): row["outcome"] for row in station.history(address)}
        truth = _truth(chain, address, cursor)
        readable = list(_readable(truth, rows, journey.unread, name))
        assert not set(rows) - {fact[:3] for fact, _ in readable}, f"{name}: rights that never were"
        expected = stories(chain, readable, LOOK_END)
        assert _told_stories(station, address) == sorted(expected, key=_order), name


def test_the_journeys_meet_what_they_are_meant_to_meet() -> None:
    seen: Counter[str] = Counter()
    levels = 0
    for journey in JOURNEYS.values():
        chain = Chain(journey.plan)
        last = chain.head_at(chain.timestamp(START) + 60 * journey.minutes) - 2
        levels += last - FIRST + 1
        for name in WATCHED:
            address = journey.plan.baker(name).address
            facts = _truth(chain, address, last)
            seen.update(f"{fact.duty} {fact.outcome} at {fact.round}" for fact in facts)
            if sum(fact.duty == "attestation" for fact in facts) < (last - FIRST) / 5:
                seen["delegates without a right at most levels"] += 1
            for story in stories(chain, ((fact, fact.outcome.value) for fact in facts), LOOK_END):
                seen[f"{story.rule} {story.severity}"] += 1
                seen["reopened"] += story.openings > 1
                seen["escalated"] += any(event.kind == "escalated" for event in story.told)
                seen["already so at first look"] += story.opened_level <= LOOK_END

    assert levels >= 3_000
    for round_ in range(4):
        assert seen[f"baking missed at {round_}"] >= 3
        assert seen[f"baking met at {round_}"] >= 3
    assert seen["baking reproposed at 0"] >= 3
    for severity in ("warning", "critical"):
        assert seen[f"missed_baking {severity}"] >= 3
        assert seen[f"missed_attestation {severity}"] >= 3
    assert seen["reopened"] >= 5
    assert seen["escalated"] >= 5
    assert seen["already so at first look"] >= 2
    assert seen["delegates without a right at most levels"] >= 2


def _travelled(journey: Journey, chain: Chain, home: Path, delegates: list[str]) -> Station:
    clock = Clock(chain.timestamp(START))
    with ExitStack() as stack:
        nodes = [stack.enter_context(Node(chain, clock=clock)) for _ in range(journey.nodes)]
        for node in nodes:
            for unread in journey.unread:
                node.faults.add(unread.make(levels=unread.levels))
        station = Station(home, clock, [node.url for node in nodes], delegates, MIN_PEERS=3)
        station.run()
        for minute in range(1, journey.minutes + 1):
            here = [trouble for trouble in journey.troubles if minute in trouble.minutes]
            with ExitStack() as troubles:
                slow = False
                for trouble in here:
                    for place in trouble.nodes:
                        fault = troubles.enter_context(nodes[place].faults.during(trouble.make()))
                        slow = slow or fault.kind in ("hang", "dribble")
                station.configure(RPC_TIMEOUT=0.4 if slow else None)
                station.minutes(1)
        station.configure(RPC_TIMEOUT=None)
        for _ in range(6):  # what had to wait for its three minutes, and what nodes that were left alone have to tell
            station.run() if station.cursor() == chain.head_at(clock()) - 2 else station.minutes(1)
    return station


def _truth(chain: Chain, address: str, cursor: int) -> list[Fact]:
    facts = chain.truth(address, FIRST, cursor)
    return [fact for fact in facts if not (fact.duty == "attestation" and fact.level == cursor)]


def _readable(
    truth: list[Fact], rows: dict[tuple[str, int, int], str], lost: tuple[Unread, ...], name: str
) -> Iterator[tuple[Fact, str]]:
    """Every fact with the outcome stored of it, once that is found to be the truth, or unknown where it has to be."""
    for fact in truth:
        stored = rows.get((fact.duty, fact.level, fact.round))
        allowed = _allowed(fact, lost)
        assert stored in allowed, f"{name}: {fact}, but stored {stored}"
        if stored is not None:
            yield fact, stored


def _allowed(fact: Fact, lost: tuple[Unread, ...]) -> tuple[str | None, ...]:
    told_in = fact.level + 1 if fact.duty == "attestation" else fact.level
    for unread in lost:
        if not unread.levels[0] <= told_in <= unread.levels[1]:
            continue
        if fact.duty == "attestation":
            return ("unknown", fact.outcome.value) if unread.some_attest else ("unknown",)
        if unread.bakes:
            return ("unknown",) if unread.header or fact.round == 0 else (None,)
    return (fact.outcome.value,)


def _told_stories(station: Station, address: str) -> list[Story]:
    """What the checker made of it, from its incidents and its events."""
    events = station.rows("SELECT * FROM event WHERE kind IN ('firing', 'escalated', 'resolved') ORDER BY id")
    found = []
    for row in station.incidents():
        if row["target"] != address or row["rule"] not in ("missed_attestation", "missed_baking"):
            continue
        told = [
            Told(event["kind"], event["severity"], bool(event["silent"]), event["occurred_at"])
            for event in events
            if event["incident_id"] == row["id"]
        ]
        story = Story(row["rule"], row["opened_level"], row["closed_level"], row["reopened"] + 1, told)
        assert story.severity == row["severity"], json.dumps(row)
        found.append(story)
    return sorted(found, key=_order)


def _order(story: Story) -> tuple[str, int]:
    return story.rule, story.opened_level
