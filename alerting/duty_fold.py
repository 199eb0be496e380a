"""A duty's check, right by right: its rule's window and its incident together, so that they never drift apart.

Feed it every right in order, oldest first: of one level the lower rounds first, and of one block the attestations of
the level below before the bake. Any cut of the same rights into runs gives the same transitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from alerting.check_state import NEW, CheckState, Phase
from alerting.incidents import advance, advance_unseen
from alerting.transition import Transition, nothing_taken
from monitor.model import CheckKey, Evidence, Outcome, Verdict
from monitor.rules import attestation, baking
from monitor.rules.attestation import AttestationLimit, AttestationWindow
from monitor.rules.baking import BakingLimit, BakingWindow
from monitor.rules.interface import Policy


class AttestationCheck(NamedTuple):
    state: CheckState = NEW
    window: AttestationWindow = attestation.EMPTY

    def to_value(self) -> dict[str, Any]:
        return {"state": self.state.to_value(), "window": self.window.to_value()}

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> AttestationCheck:
        return cls(CheckState.from_value(value.get("state", {})), AttestationWindow.from_value(value.get("window", {})))


class BakingCheck(NamedTuple):
    state: CheckState = NEW
    window: BakingWindow = baking.EMPTY

    def to_value(self) -> dict[str, Any]:
        return {"state": self.state.to_value(), "window": self.window.to_value()}

    @classmethod
    def from_value(cls, value: Mapping[str, Any]) -> BakingCheck:
        return cls(CheckState.from_value(value.get("state", {})), BakingWindow.from_value(value.get("window", {})))


def fold_attestation(
    key: CheckKey,
    check: AttestationCheck,
    level: int,
    at: int,
    outcome: Outcome,
    evidence: Evidence | None,
    limit: AttestationLimit,
    policy: Policy,
    unseen: bool = False,
    taken: Callable[[str], bool] = nothing_taken,
) -> tuple[AttestationCheck, tuple[Transition, ...]]:
    """One attestation right. `unseen`: the level belongs to the first look, so nothing is told."""
    state, window = check
    if outcome is Outcome.MET and window.ring == 0 and state.phase is Phase.OK and attestation.settled(window):
        return check, ()
    after, verdict = attestation.judge(window, level, at, outcome, evidence, limit, state.is_bad)
    told, transitions = _told(key, state, verdict, policy, at, level, unseen, taken)
    if state.is_bad and not told.is_bad:
        after = attestation.EMPTY
    return AttestationCheck(told, after), transitions


def fold_bake(
    key: CheckKey,
    check: BakingCheck,
    level: int,
    at: int,
    round: int,
    outcome: Outcome,
    evidence: Evidence | None,
    limit: BakingLimit,
    policy: Policy,
    attesting_stopped: bool,
    unseen: bool = False,
    taken: Callable[[str], bool] = nothing_taken,
) -> tuple[BakingCheck, tuple[Transition, ...]]:
    """One baking right. `attesting_stopped`: the delegate's missed_attestation incident is open."""
    state, window = check
    after, verdict = baking.judge(window, level, at, round, outcome, evidence, limit, state.is_bad, attesting_stopped)
    told, transitions = _told(key, state, verdict, policy, at, level, unseen, taken)
    if state.is_bad and not told.is_bad:
        after = baking.cleared(after)
    return BakingCheck(told, after), transitions


def _told(
    key: CheckKey,
    state: CheckState,
    verdict: Verdict,
    policy: Policy,
    at: int,
    level: int,
    unseen: bool,
    taken: Callable[[str], bool],
) -> tuple[CheckState, tuple[Transition, ...]]:
    if unseen:
        return advance_unseen(key, state, verdict, policy, at, level, taken), ()
    return advance(key, state, verdict, policy, at, level, taken)
