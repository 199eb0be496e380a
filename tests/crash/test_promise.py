"""A broken promise is seen: what the crash harness concludes from records that are as they must not be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.crash.promise import Attempt, Delivery, Event, Incident, Run, Verdict, verdict

FIRING, RESOLVED = Event(1, "a1", "firing", "missed_attestation"), Event(2, "a1", "resolved", "missed_attestation")
SENT = [Delivery(1, "phone", "sent"), Delivery(2, "phone", "sent")]
OVER = [Incident("a1", open=False)]


def run(*events: int, outcome: str | None = "Receipt", killed: bool = False) -> Run:
    """One that sent a message."""
    return Run((Attempt("phone", events, outcome),), killed)


def judged(arrived: list[tuple[int, ...]], runs: list[Run], deliveries: list[Delivery] = SENT) -> Verdict:
    return verdict([FIRING, RESOLVED], deliveries, OVER, runs, {"phone": arrived})


def test_everything_told_once_and_in_order_keeps_it() -> None:
    found = judged([(1,), (2,)], [run(1), run(2)])
    assert found == Verdict(arrived=2, duplicates=0, allowed=0)
    assert found.kept


@pytest.mark.parametrize("state", ["pending", "dead", "sent", "superseded", "suppressed"])
def test_what_never_came_is_lost_whatever_its_row_says(state: str) -> None:
    found = judged([(1,)], [run(1)], [SENT[0], Delivery(2, "phone", state)])
    assert not found.kept
    assert found.lost[-1] == "phone: incident a1, over, told: firing"
    assert found.lost[0].startswith("phone: event 2 (resolved of a1)")


def test_an_incident_that_has_no_delivery_at_all_is_lost() -> None:
    assert judged([], [], []).lost == ("phone: incident a1, over, told: None",)


def test_an_opening_that_its_end_took_the_place_of_is_not_lost() -> None:
    missed = replace(RESOLVED, kind="missed-incident")
    rows = [Delivery(1, "phone", "superseded"), Delivery(2, "phone", "sent")]
    assert verdict([FIRING, missed], rows, OVER, [run(2)], {"phone": [(2,)]}).kept


@pytest.mark.parametrize(
    ("first", "kept"),
    [
        (run(1, outcome="Receipt", killed=True), True),
        (run(1, outcome=None, killed=True), True),
        (run(1, outcome="Ambiguous"), True),
        (run(1, outcome=None), True),
        (run(1), False),
        (run(1, outcome="RateLimited"), False),
    ],
)
def test_a_duplicate_needs_a_kill_or_an_ambiguous_answer(first: Run, kept: bool) -> None:
    found = judged([(1,), (1,), (2,)], [first, run(1), run(2)])
    assert (found.duplicates, found.kept) == (1, kept)
    assert bool(found.unexplained) is not kept


def test_one_kill_explains_one_duplicate() -> None:
    found = judged([(1,), (1,), (1,), (2,)], [run(1, killed=True), run(1), run(1), run(2)])
    assert found.unexplained == (
        "phone: event 1 came 3 times",
        "phone: 2 messages came again, for 1 reasons",
    )


def test_a_kill_explains_only_the_message_that_was_under_way() -> None:
    both = Run((Attempt("phone", (1,), "Receipt"), Attempt("phone", (2,), "Receipt")), killed=True)
    assert judged([(1,), (2,), (2,)], [both, run(2)]).kept
    assert not judged([(1,), (2,), (1,)], [both, run(1)]).kept


def test_an_end_before_its_beginning_is_seen() -> None:
    assert judged([(2,), (1,)], [run(2), run(1)]).early == ("phone: incident a1 was over before it began",)
