"""The first look at a delegate folds in silence and tells at its end what is still bad."""

from __future__ import annotations

from alerting.incidents import announce_first_look
from alerting.transition import Transition
from monitor.rules import attestation
from tests.monitor.rules.timeline import ATTESTING, Attesting, words


def looked(timeline: str) -> tuple[Attesting, Transition | None]:
    """A first look over the timeline, and what is told at its end."""
    alice = Attesting(unseen=True)
    assert alice.sees(timeline) == []
    standing = attestation.standing(alice.check.window, alice.limit)
    announced = announce_first_look(ATTESTING, alice.check.state, standing, alice.level * alice.seconds, alice.level)
    alice.unseen = False
    return alice, announced


def test_a_quiet_first_look_announces_nothing() -> None:
    _, announced = looked("." * 100)
    assert announced is None


def test_what_is_still_bad_is_told_once_with_its_true_opening() -> None:
    _, announced = looked("." * 50 + "x" * 50)
    assert announced is not None
    assert words(announced) == "100 firing critical"
    assert announced.first_look
    assert (announced.opened_level, announced.opened_at) == (55, 330)
    assert (announced.missed, announced.verdict.evidence["first_level"]) == (50, 51)


def test_what_is_recovering_counts_as_still_bad_and_ends_as_usual() -> None:
    alice, announced = looked("x" * 5 + "." * 8)
    assert announced is not None
    assert alice.sees("..") == ["15 resolved warning"]
    assert alice.told[0].incident == announced.incident
    assert alice.told[0].dedupe_key != announced.dedupe_key


def test_what_broke_and_healed_before_anybody_looked_is_not_told() -> None:
    _, announced = looked("x" * 5 + "." * 20)
    assert announced is None


def test_what_comes_after_does_not_refer_to_what_nobody_was_told() -> None:
    alice, _ = looked("x" * 5 + "." * 20)
    assert alice.sees("xxxxx") == ["30 firing warning"]
    assert alice.sees("." * 10) == ["40 resolved warning"]


def test_misses_of_the_first_look_count_towards_the_threshold() -> None:
    alice, announced = looked("...xxxx")
    assert announced is None
    assert alice.sees("x") == ["8 firing warning"]
