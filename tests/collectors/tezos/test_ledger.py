from __future__ import annotations

from typing import Any

from collectors.tezos.block import parse_block
from collectors.tezos.facts import AttestationRight, BakingRight, BlockFacts
from collectors.tezos.ledger import Ledger, unread_levels
from collectors.tezos.pipeline import LevelRead
from monitor.model import CoverageGap, Cursor, Occurrence, Outcome, Reading
from simulator.chain import Chain
from simulator.plan import small_plan
from tests.collectors.tezos.plans import NETWORK, make_plan, read_readings
from tests.collectors.tezos.shapes import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    LEVEL,
    aggregate,
    attestation,
    block,
    header,
    metadata,
    operation,
    recorded_power,
    usual_block,
)

NOW = 1_700_000_000
CHAIN = Chain(small_plan())
PROTOCOL = "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY"


def ledger_of(*watched: str, first: int = LEVEL, **changes: Any) -> Ledger:
    cursor = Cursor(NETWORK, first - 1, "hash of the cursor", first - 1, 0)
    plan = make_plan(CHAIN, NOW, dict.fromkeys(watched, 0), None)
    return Ledger(NETWORK, plan._replace(**{"network": NETWORK, "cursor": cursor, "cycle": 1375, **changes}), first)


def read_of(facts: BlockFacts, *holders: str, bakers: tuple[str, ...] = (), **more: Any) -> LevelRead:
    level = facts.head.level
    return LevelRead(
        level,
        facts,
        "a#1",
        tuple(BakingRight(level, holder, place, None) for place, holder in enumerate(bakers)),
        tuple(AttestationRight(level - 1, holder, 500) for holder in holders),
        **more,
    )


def at(level: int, consensus: list[Any], **more: Any) -> BlockFacts:
    told = more.pop("told", None) or metadata(level=level)
    return parse_block(block(consensus, head=header(level), told=told, **more))


def test_a_batch_holds_what_was_read_since_the_last_one() -> None:
    ledger = ledger_of(ALICE, BOB)
    ledger.add(read_of(parse_block(usual_block()), ALICE, BOB))
    assert ledger.pending == 1
    batch = ledger.batch()
    assert [one.level for one in batch.blocks] == [LEVEL]
    assert [(fact.target, fact.level, fact.outcome) for fact in batch.observations] == [
        (ALICE, LEVEL - 1, Outcome.MET),
        (BOB, LEVEL - 1, Outcome.MET),
    ]
    assert (ledger.pending, ledger.last_level, ledger.last_hash) == (0, LEVEL, batch.blocks[0].hash)


def test_who_missed_is_read_soon() -> None:
    ledger = ledger_of(ALICE, BOB)
    ledger.add(read_of(at(LEVEL, [attestation(ALICE)]), ALICE, BOB))
    assert ledger.batch().due == ((BOB, "missed"),)
    assert ledger.new_due == {BOB: "missed"}


def test_a_new_cycle_makes_everybody_due() -> None:
    ledger = ledger_of(ALICE, BOB, cycle=1374)
    ledger.add(read_of(parse_block(usual_block())))
    assert dict(ledger.batch().due) == {ALICE: "cycle", BOB: "cycle"}
    assert ledger.cycle == 1375


def test_the_first_block_ever_begins_no_new_cycle() -> None:
    ledger = ledger_of(ALICE, cycle=None)
    ledger.add(read_of(parse_block(usual_block())))
    assert (ledger.batch().due, ledger.cycle) == ((), 1375)


def test_a_delegate_new_in_this_run_is_judged_from_its_first_level_on() -> None:
    ledger = ledger_of(watched={ALICE: None, BOB: LEVEL + 5})
    assert ledger.watched == {ALICE: LEVEL, BOB: LEVEL + 5}


def test_levels_that_are_left_out_are_a_gap_and_nobody_is_judged_in_them() -> None:
    ledger = ledger_of(ALICE, first=LEVEL - 100)
    gap = CoverageGap(NETWORK, LEVEL - 100, LEVEL - 1, "far behind")
    ledger.skip(gap)
    ledger.add(read_of(parse_block(usual_block()), ALICE))
    batch = ledger.batch()
    assert batch.gaps == (gap,)
    # The attestation is of the level before, which was left out.
    assert batch.observations == ()
    assert ledger.watched == {ALICE: LEVEL}


def test_an_unreadable_level_is_unknown_to_everybody_with_a_gap_of_its_own() -> None:
    ledger = ledger_of(ALICE)
    read = LevelRead(
        LEVEL,
        None,
        None,
        (BakingRight(LEVEL, ALICE, 0, None),),
        (AttestationRight(LEVEL - 1, ALICE, 9),),
        unreadable="HTTP 410",
    )
    ledger.pass_unread(read, "HTTP 410")
    batch = ledger.batch()
    assert batch.gaps == (CoverageGap(NETWORK, LEVEL, LEVEL, "HTTP 410"),)
    assert {(fact.duty, fact.outcome) for fact in batch.observations} == {
        ("attestation", Outcome.UNKNOWN),
        ("baking", Outcome.UNKNOWN),
    }
    assert batch.blocks == ()
    assert (ledger.last_level, ledger.last_hash) == (LEVEL, "")


def test_a_block_that_is_not_believed_tells_neither_met_nor_missed() -> None:
    ledger = ledger_of(ALICE, BOB)
    ledger.pass_unread(read_of(at(LEVEL, [attestation(ALICE)]), ALICE, BOB, bakers=(CAROL,)), "endpoints disagree")
    assert {fact.outcome for fact in ledger.batch().observations} == {Outcome.UNKNOWN}


def test_how_long_levels_have_been_unreadable_is_told_to_the_next_run() -> None:
    ledger = ledger_of(ALICE)
    for level in (LEVEL, LEVEL + 1, LEVEL + 3):
        assert ledger.unread_since(level) == NOW
    told = ledger.still_unread()
    later = make_plan(CHAIN, NOW + 60, {}, None, readings=read_readings(told))
    assert unread_levels(later) == {LEVEL: NOW, LEVEL + 1: NOW, LEVEL + 3: NOW}
    again = Ledger(NETWORK, later, LEVEL)
    assert again.unread_since(LEVEL) == NOW
    again.found_readable(LEVEL)
    assert again.unread_since(LEVEL) == NOW + 60


def test_before_tallinn_the_committee_is_as_large_as_the_constants_say() -> None:
    constants = Reading(NETWORK, PROTOCOL, "constants", 1, 1, {"consensus_committee_size": 7000})
    ledger = ledger_of(ALICE, BOB, readings=read_readings(constants))
    ledger.add(read_of(at(LEVEL, [attestation(ALICE, 6000)]), ALICE, BOB))
    batch = ledger.batch()
    (_, missed) = batch.observations
    assert missed.evidence == {"attested_power": 6000, "committee_power": 7000, "block_round": 0, "power": 500}
    assert batch.blocks[0].committee_power == 7000


def test_what_the_block_says_of_its_committee_wins_over_the_constants() -> None:
    constants = Reading(NETWORK, PROTOCOL, "constants", 1, 1, {"consensus_committee_size": 256})
    ledger = ledger_of(ALICE, readings=read_readings(constants))
    told = metadata(attestations=recorded_power(6000))
    ledger.add(read_of(at(LEVEL, [attestation(BOB, 6000)], told=told), ALICE))
    assert ledger.batch().blocks[0].committee_power == 7000


def test_without_constants_the_committee_stays_unknown() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(read_of(at(LEVEL, [attestation(BOB, 6000)]), ALICE))
    (missed,) = ledger.batch().observations
    assert missed.evidence is not None
    assert missed.evidence["committee_power"] is None


# Who is named --------------------------------------------------------------------------------------------------------


def revealed(level: int) -> dict[str, Any]:
    return operation({"kind": "seed_nonce_revelation", "level": level, "nonce": "00", "metadata": {}})


def occurrences(ledger: Ledger) -> list[tuple[str, str, int]]:
    return [(one.kind, one.target, one.level) for one in ledger.batch().occurrences]


def test_a_commitment_and_its_revelation_are_of_the_same_baker() -> None:
    ledger = ledger_of(ALICE)
    head = {**header(LEVEL), "seed_nonce_hash": "nceUeUCJRZ4M7FCSBsAUZU6dmxePdH7irje9Gfj9zWwCdfWd5B4Ee"}
    ledger.add(read_of(parse_block(block(head=head, told=metadata(ALICE, ALICE)))))
    assert occurrences(ledger) == [("nonce_committed", ALICE, LEVEL)]
    ledger.add(read_of(at(LEVEL + 1, [], anonymous=[revealed(LEVEL)])))
    assert occurrences(ledger) == [("nonce_revealed", ALICE, LEVEL + 1)]


def test_a_revelation_of_an_earlier_runs_commitment_is_known() -> None:
    ledger = ledger_of(ALICE, unrevealed={LEVEL - 300: ALICE, LEVEL - 299: BOB})
    ledger.add(read_of(at(LEVEL, [], anonymous=[revealed(LEVEL - 300), revealed(LEVEL - 299)])))
    assert occurrences(ledger) == [("nonce_revealed", ALICE, LEVEL)]  # Bob is not watched any more


def test_a_revelation_of_somebody_elses_commitment_is_nobodys() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(read_of(at(LEVEL, [], anonymous=[revealed(LEVEL - 300)])))
    assert occurrences(ledger) == []


def test_a_delegate_that_a_block_names_is_read_soon_and_its_occurrences_are_numbered() -> None:
    ledger = ledger_of(ALICE)
    told = metadata(deactivated=[ALICE, BOB])
    ledger.add(read_of(at(LEVEL, [], told=told)))
    batch = ledger.batch()
    assert batch.occurrences == (Occurrence(NETWORK, ALICE, "deactivated", LEVEL, 0, batch.occurrences[0].detail),)
    assert batch.due == ((ALICE, "named"),)


# DAL -----------------------------------------------------------------------------------------------------------------


def dal(level: int, alice_has: bool | None, others: int = 3) -> LevelRead:
    """Bob, Carol and Dave attest, `others` of them with DAL content; Alice with, without, or not at all."""
    members = [(name, 100, place < others) for place, name in enumerate((BOB, CAROL, DAVE))]
    consensus = [aggregate(members, level=level - 1)]
    if alice_has is not None:
        consensus.append(attestation(ALICE, 100, level=level - 1, dal=alice_has))
    return read_of(at(level, consensus), ALICE)


def streak(ledger: Ledger) -> list[Any]:
    return [(reading.level, reading.value["plain_streak"]) for reading in ledger.batch().readings]


def test_plain_attestations_where_the_others_carry_dal_are_counted() -> None:
    ledger = ledger_of(ALICE)
    for level in range(LEVEL, LEVEL + 3):
        ledger.add(dal(level, False))
    assert streak(ledger) == [(LEVEL + 1, 3)]


def test_one_with_dal_ends_the_streak() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(dal(LEVEL, False))
    ledger.add(dal(LEVEL + 1, True))
    assert streak(ledger) == [(LEVEL, 0)]


def test_a_level_it_did_not_attest_says_nothing_about_dal() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(dal(LEVEL, False))
    ledger.add(dal(LEVEL + 1, None))
    ledger.add(dal(LEVEL + 2, False))
    assert streak(ledger) == [(LEVEL + 1, 2)]


def test_where_few_carry_dal_nobody_is_blamed() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(dal(LEVEL, False, others=1))
    assert streak(ledger) == []


def test_a_streak_goes_on_over_runs() -> None:
    before = Reading(NETWORK, ALICE, "dal_attestation", LEVEL - 1, NOW - 60, {"plain_streak": 48})
    ledger = ledger_of(ALICE, readings=read_readings(before))
    ledger.add(dal(LEVEL, False))
    assert streak(ledger) == [(LEVEL - 1, 49)]


def test_who_always_carries_dal_needs_no_reading() -> None:
    ledger = ledger_of(ALICE)
    ledger.add(dal(LEVEL, True))
    assert streak(ledger) == []
