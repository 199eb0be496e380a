"""A delegate that is no longer watched: its open incidents end, and nothing of them is left."""

from __future__ import annotations

from alerting.duty_fold import AttestationCheck
from alerting.incidents import NEW, close
from tests.monitor.rules.timeline import ATTESTING, BAKING, Attesting, Baking, words


def test_an_open_attestation_incident_ends_with_the_reason() -> None:
    alice = Attesting()
    alice.sees("xxxxx")
    state, (closed,) = close(ATTESTING, alice.check.state, 36, 6, "removed")
    assert words(closed) == "6 resolved warning removed"
    assert state == NEW


def test_an_open_baking_incident_ends_with_the_reason() -> None:
    alice = Baking()
    alice.sees("x")
    state, (closed,) = close(BAKING, alice.check.state, 12, 2, "removed")
    assert words(closed) == "2 resolved warning silently removed"
    assert state == NEW


def test_a_delegate_that_is_added_again_starts_anew() -> None:
    alice = Attesting()
    alice.sees("xxxx")
    state, told = close(ATTESTING, alice.check.state, 30, 5, "removed")
    assert told == ()
    alice.check = AttestationCheck(state)
    assert alice.sees("xxxx") == []
    assert alice.sees("x") == ["9 firing warning"]
