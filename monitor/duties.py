"""Duties judged as a fold: every level once, oldest first, whatever the runs it is cut into.

The facts of block L are the attestations of L - 1 and then the bakes of L, so that a missed bake sees its delegate's
attestation incident as it stood at that block, in any cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from alerting.duty_fold import AttestationCheck, BakingCheck, fold_attestation, fold_bake
from alerting.incidents import announce_first_look
from alerting.transition import Transition
from monitor.checks import ATTESTATION_RULE, BAKING_RULE, Check, Checks, incident_ids_in_use
from monitor.config.limit import attestation_limit, baking_limit
from monitor.config.settings import Settings
from monitor.config.watch_list import Delegate
from monitor.model import Cursor, Observation, Verdict
from monitor.observations import LevelFacts, newest_block_time, observations_between
from monitor.rules import attestation, baking
from monitor.rules.attestation import AttestationLimit, AttestationWindow
from monitor.rules.baking import BakingLimit, BakingWindow

Tell = Callable[[Transition], None]


class _Limits(NamedTuple):
    attestation: AttestationLimit
    baking: BakingLimit


class DutyFold:
    """The duty rules over one network's delegates."""

    def __init__(self, checks: Checks, settings: Settings, delegates: Mapping[str, Delegate]) -> None:
        self._checks = checks
        escalate_after = settings.alert_escalate_after or 0
        self._attestation_policy = attestation.policy(settings.recovery_attestations)._replace(
            escalate_after=escalate_after
        )
        self._baking_policy = baking.policy()._replace(escalate_after=escalate_after)
        self._limits = {address: _limits(settings, delegate) for address, delegate in delegates.items()}
        self._taken: Callable[[str], bool]
        self._tell: Tell
        self._looking = False

    def fold(self, connection: Connection, cursor: Cursor, tell: Tell) -> None:
        """Judges the blocks (judged_level, level] of `cursor`; `tell` is given each transition in order.

        Runs in the caller's transaction; saving the checks and moving `judged_level` is the caller's part of it.
        """
        self._taken, self._tell = incident_ids_in_use(connection), tell
        self._looking = cursor.judged_level < cursor.first_look_level
        for facts in observations_between(connection, cursor.network, cursor.judged_level, cursor.level):
            if self._looking and facts.level > cursor.first_look_level:
                self._announce(connection, cursor)
            self._judge(facts)
        if self._looking and cursor.level >= cursor.first_look_level:
            self._announce(connection, cursor)
        self._refresh_verdicts()

    def standing(self, check: Check) -> Verdict | None:
        """What a duty's open incident says now; None where the check is no duty, or its target not watched."""
        limits = self._limits.get(check.key.target)
        return None if check.window is None or limits is None else _standing(check, limits)

    def _judge(self, facts: LevelFacts) -> None:
        if facts.block is None:
            return
        at = facts.block.timestamp
        for fact in facts.observations:
            limits = self._limits.get(fact.target)
            if limits is None:
                continue  # no longer watched
            if fact.duty == "attestation":
                self._attestation(fact, at, limits)
            elif fact.duty == "baking":
                self._bake(fact, at, limits)

    def _attestation(self, fact: Observation, at: int, limits: _Limits) -> None:
        check = self._checks.get(fact.target, ATTESTATION_RULE)
        assert isinstance(check.window, AttestationWindow)
        before = AttestationCheck(check.state, check.window)
        after, transitions = fold_attestation(
            check.key,
            before,
            fact.level,
            at,
            fact.outcome,
            fact.evidence,
            limits.attestation,
            self._attestation_policy,
            self._looking,
            self._taken,
        )
        if after is not before:
            self._take(check, after, transitions)

    def _bake(self, fact: Observation, at: int, limits: _Limits) -> None:
        check = self._checks.get(fact.target, BAKING_RULE)
        assert isinstance(check.window, BakingWindow)
        after, transitions = fold_bake(
            check.key,
            BakingCheck(check.state, check.window),
            fact.level,
            at,
            fact.round,
            fact.outcome,
            fact.evidence,
            limits.baking,
            self._baking_policy,
            self._checks.open_incident(fact.target, ATTESTATION_RULE) is not None,
            self._looking,
            self._taken,
        )
        self._take(check, after, transitions)

    def _take(self, check: Check, after: AttestationCheck | BakingCheck, transitions: tuple[Transition, ...]) -> None:
        check.state, check.window = after
        check.changed = True
        for transition in transitions:
            self._tell(transition)

    def _announce(self, connection: Connection, cursor: Cursor) -> None:
        """The end of the first look: one firing for what is still bad, at the newest of its blocks that was read."""
        self._looking = False
        newest = newest_block_time(connection, cursor.network, cursor.first_look_level)
        if newest is None:
            return
        level, at = newest
        for check, limits in self._duties():
            transition = announce_first_look(check.key, check.state, _standing(check, limits), at, level)
            if transition is not None:
                check.changed = True
                self._tell(transition)

    def _refresh_verdicts(self) -> None:
        """What an open incident says of itself now, for whoever looks at it."""
        for check, limits in self._duties():
            if check.changed and check.state.is_open:
                check.verdict = _standing(check, limits)

    def _duties(self) -> list[tuple[Check, _Limits]]:
        return [
            (check, self._limits[check.key.target])
            for check in self._checks
            if check.window is not None and check.key.target in self._limits
        ]


def _standing(check: Check, limits: _Limits) -> Verdict:
    if isinstance(check.window, AttestationWindow):
        return attestation.standing(check.window, limits.attestation)
    assert isinstance(check.window, BakingWindow)
    return baking.standing(check.window, limits.baking)


def _limits(settings: Settings, delegate: Delegate) -> _Limits:
    own = attestation_limit(settings, delegate)
    bakes = baking_limit(settings, delegate)
    return _Limits(
        AttestationLimit(own.threshold, own.window) if own else AttestationLimit(),
        BakingLimit(bakes.threshold, bakes.window, settings.alert_baking_rounds),
    )
