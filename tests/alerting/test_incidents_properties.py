"""Whatever the outcomes: the same transitions however they are cut, and no resolved without its firing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.transition import Transition
from monitor.model import EventKind, Severity
from monitor.rules.attestation import AttestationLimit
from monitor.rules.baking import BakingLimit
from monitor.rules.interface import Policy
from tests.monitor.rules.timeline import Attesting, Baking, Polled, cut

MODERATE = settings(max_examples=120, deadline=None)

RUNS = st.tuples(st.sampled_from(".x.x.x? o"), st.integers(1, 30)).map(lambda run: run[0] * run[1])
TIMELINES = st.lists(RUNS, max_size=30).map("".join)
DUTIES = TIMELINES.map(lambda timeline: timeline.replace("o", "x"))
CUTS = st.lists(st.integers(0, 900), max_size=12)
WINDOWS = st.integers(1, 200).flatmap(
    lambda window: st.integers(1, window).map(lambda threshold: AttestationLimit(threshold, window))
)
ATTESTATION_LIMITS = st.just(AttestationLimit()) | WINDOWS
BAKING_LIMITS = st.builds(BakingLimit, st.integers(1, 4), st.integers(1, 200), st.sampled_from(["0", "all"]))
POLICIES = st.builds(
    lambda **varied: Policy(**varied),  # the rest as it is: of a tuple it would vary every field
    fire_after=st.sampled_from([0, 60, 300]),
    resolve_after=st.sampled_from([0, 60, 300]),
    resolve_streak=st.sampled_from([1, 3]),
    reopen_within=st.sampled_from([0, 600]),
    flapping=st.booleans(),
)


@MODERATE
@given(DUTIES, CUTS, ATTESTATION_LIMITS, st.sampled_from([6, 60]))
def test_attestations_cut_anywhere_give_the_same_transitions(
    timeline: str, cuts: list[int], limit: AttestationLimit, seconds: int
) -> None:
    whole, pieces = Attesting(limit, seconds=seconds), Attesting(limit, seconds=seconds)
    whole.sees(timeline)
    for piece in cut(timeline, cuts):
        pieces.sees(piece)
        pieces.stores()
    assert pieces.told == whole.told
    assert pieces.check == whole.check


@MODERATE
@given(
    st.lists(st.lists(st.sampled_from(" .x.x?r"), max_size=3), max_size=60),
    CUTS,
    BAKING_LIMITS,
    st.sampled_from([6, 200]),
)
def test_bakes_cut_anywhere_give_the_same_transitions(
    levels: list[list[str]], cuts: list[int], limit: BakingLimit, seconds: int
) -> None:
    whole, pieces = Baking(limit, seconds=seconds), Baking(limit, seconds=seconds)
    whole.rounds(levels)
    ends = sorted({end for end in cuts if end < len(levels)})
    for start, end in zip([0, *ends], [*ends, len(levels)], strict=True):
        pieces.rounds(levels[start:end])
        pieces.stores()
    assert pieces.told == whole.told
    assert pieces.check == whole.check


@MODERATE
@given(TIMELINES, CUTS, POLICIES)
def test_polled_conditions_are_stored_without_loss(timeline: str, cuts: list[int], policy: Policy) -> None:
    whole, pieces = Polled(policy), Polled(policy)
    whole.sees(timeline)
    for piece in cut(timeline, cuts):
        pieces.sees(piece)
        pieces.stores()
    assert pieces.told == whole.told
    assert pieces.state == whole.state


def assert_in_order(told: Sequence[Transition]) -> None:
    """Firing and resolved take turns, an escalation only while open, and no two events share a key."""
    open_incident: str | None = None
    for transition in told:
        assert transition.since <= transition.opened_at <= transition.at
        if transition.opens:
            assert open_incident is None
            open_incident = transition.incident
            continue
        assert transition.incident == open_incident
        if transition.kind is EventKind.RESOLVED:
            open_incident = None
    keys = [transition.dedupe_key for transition in told]
    assert len(set(keys)) == len(keys)


@MODERATE
@given(st.lists(TIMELINES, max_size=4), st.lists(st.integers(-5000, 5000), min_size=4, max_size=4), POLICIES)
def test_firing_and_resolved_take_turns_whatever_the_clock_does(
    timelines: list[str], jumps: list[int], policy: Policy
) -> None:
    node = Polled(policy, now=20_000)
    for timeline, jump in zip(timelines, jumps, strict=False):
        node.sees(timeline)
        node.now = max(0, node.now + jump)
    told = list(node.told)
    # A clock set back to the very second of an earlier opening may give two incidents one name; the database's ids
    # in use prevent that (`taken`), so here only the order counts.
    assert_in_order(told) if all(jump >= 0 for jump in jumps) else assert_turns(told)


def assert_turns(told: Sequence[Transition]) -> None:
    is_open = False
    for transition in told:
        assert transition.since <= transition.opened_at <= transition.at
        if transition.opens:
            assert not is_open
            is_open = True
        elif transition.kind is EventKind.RESOLVED:
            assert is_open
            is_open = False
        else:
            assert is_open


@MODERATE
@given(st.lists(st.tuples(DUTIES, ATTESTATION_LIMITS, st.integers(1, 30)), max_size=5))
def test_editing_thresholds_between_runs_never_loses_an_open_incident(
    stretches: list[tuple[str, AttestationLimit, int]],
) -> None:
    alice = Attesting()
    for timeline, limit, recovery in stretches:
        was_open = alice.check.state.incident
        alice.limit, alice.recovery = limit, recovery
        before = len(alice.told)
        alice.sees(timeline)
        alice.stores()
        if was_open is not None and alice.check.state.incident != was_open:
            ends = [transition for transition in alice.told[before:] if transition.kind is EventKind.RESOLVED]
            assert ends[0].incident == was_open
    assert_in_order(alice.told)


@MODERATE
@given(DUTIES, ATTESTATION_LIMITS)
def test_unknown_rights_are_as_if_they_had_not_been(timeline: str, limit: AttestationLimit) -> None:
    with_unknown, without = Attesting(limit), Attesting(limit)
    with_unknown.sees(timeline)
    without.sees(timeline.replace("?", " "))
    assert with_unknown.told == without.told
    assert with_unknown.check == without.check


# The rule told a second time, in the plainest words: every level is kept, everything is counted anew at each right.


@dataclass
class Plainly:
    limit: AttestationLimit
    seconds: int
    rights: list[tuple[int, bool]] = field(default_factory=list)
    told: list[tuple[int, str, Severity, int]] = field(default_factory=list)
    open: bool = False
    met_in_a_row: int = 0
    needed: int = 10
    missed: int = 0
    severity: Severity = Severity.WARNING
    resolved_at: int | None = None

    def right(self, level: int, missed: bool) -> None:
        self.rights.append((level, missed))
        if not missed:
            self.met_in_a_row += 1
            if self.open and self.met_in_a_row >= self.needed:
                self.told.append((level, "resolved", self.severity, self.missed))
                self.open, self.resolved_at = False, level * self.seconds
                self.rights = []
            return
        self.met_in_a_row = 0
        in_a_row = 0
        for _, was_missed in reversed(self.rights):
            if not was_missed:
                break
            in_a_row += 1
        if self.limit.threshold is None or self.limit.window is None:
            counted, span = sum(was_missed for _, was_missed in self.rights[-100:]), 100
            reached = in_a_row >= 5 or counted >= 10
            of_opening = in_a_row if in_a_row >= 5 else counted
        else:
            span = self.limit.window
            counted = sum(was_missed for at, was_missed in self.rights if at > level - span)
            reached = counted >= self.limit.threshold
            of_opening = counted
        severity = Severity.CRITICAL if in_a_row >= 20 or counted * 2 >= span else Severity.WARNING
        if self.open:
            self.missed += 1
            if severity.rank > self.severity.rank:
                self.severity = severity
                self.told.append((level, "escalated", severity, self.missed))
        elif reached:
            again = self.resolved_at is not None and level * self.seconds - self.resolved_at <= 3600
            self.needed = min(self.needed * 2, 160) if again else 10
            self.missed = of_opening + (self.missed if again else 0)
            self.open, self.severity = True, severity
            self.told.append((level, "firing", severity, self.missed))


@MODERATE
@given(DUTIES, ATTESTATION_LIMITS, st.sampled_from([6, 60]))
def test_the_fold_agrees_with_counting_everything_anew(timeline: str, limit: AttestationLimit, seconds: int) -> None:
    alice, plainly = Attesting(limit, seconds=seconds), Plainly(limit, seconds)
    alice.sees(timeline)
    for level, character in enumerate(timeline, start=1):
        if character in ".x":
            plainly.right(level, character == "x")
    told = [(found.level, found.kind.value, found.severity, found.missed) for found in alice.told]
    assert told == plainly.told
