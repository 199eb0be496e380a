"""Timelines that read like a specification: one character per level (or minute) in, what people are told out.

.  met, or good       x  missed, or bad       ?  unknown       (space)  no right, or not looked
r  reproposed
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from alerting.check_state import NEW, CheckState
from alerting.duty_fold import AttestationCheck, BakingCheck, fold_attestation, fold_bake
from alerting.incidents import advance
from alerting.transition import Transition
from monitor.model import CheckKey, Evidence, Outcome, Severity, Status, Verdict
from monitor.rules import attestation, baking
from monitor.rules.attestation import AttestationLimit
from monitor.rules.baking import BakingLimit
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import DelegateRule, Policy

NETWORK = "tezos:mainnet"
ATTESTING = CheckKey(NETWORK, "tz1alice", "missed_attestation")
BAKING = CheckKey(NETWORK, "tz1alice", "missed_baking")
POLLED = CheckKey(NETWORK, "host#1", "node_behind")
AUTO = AttestationLimit()

OUTCOMES = {".": Outcome.MET, "x": Outcome.MISSED, "?": Outcome.UNKNOWN, "r": Outcome.REPROPOSED}
STATUSES = {".": Status.OK, "x": Status.BAD, "X": Status.BAD, "o": Status.BAD, "?": Status.UNKNOWN}


def words(transition: Transition) -> str:
    """As "105 firing warning": when (the level, or the time), what, how grave, and what is special."""
    when = transition.at if transition.level is None else transition.level
    parts = [str(when), transition.kind.value, transition.severity.value]
    parts += ["again"] if transition.reopened else []
    parts += ["silently"] if transition.silent else []
    parts += [transition.flapping] if transition.flapping else []
    if transition.close_reason not in (None, "recovered"):
        parts.append(str(transition.close_reason))
    return " ".join(parts)


@dataclass
class Attesting:
    """A delegate's attestations, from level 1 on, a block every `seconds`."""

    limit: AttestationLimit = AUTO
    recovery: int = 10
    seconds: int = 6
    check: AttestationCheck = field(default_factory=AttestationCheck)
    level: int = 0
    unseen: bool = False
    told: list[Transition] = field(default_factory=list)

    def sees(self, timeline: str, evidence: Evidence | None = None) -> list[str]:
        """Judges the levels that follow and gives what was told of them."""
        before = len(self.told)
        for character in timeline:
            self.level += 1
            if character != " ":
                self.judges(OUTCOMES[character], evidence)
        return [words(transition) for transition in self.told[before:]]

    def judges(self, outcome: Outcome, evidence: Evidence | None = None) -> None:
        policy = attestation.policy(self.recovery)
        at = self.level * self.seconds
        self.check, transitions = fold_attestation(
            ATTESTING, self.check, self.level, at, outcome, evidence, self.limit, policy, self.unseen
        )
        self.told += transitions

    def stores(self) -> None:
        """Goes through what is written to the database between two runs."""
        self.check = AttestationCheck.from_value(json.loads(json.dumps(self.check.to_value())))


@dataclass
class Baking:
    """A delegate's baking rights: each level's are those of the rounds in one string, from round 0 on."""

    limit: BakingLimit = field(default_factory=BakingLimit)
    seconds: int = 6
    check: BakingCheck = field(default_factory=BakingCheck)
    level: int = 0
    attesting_stopped: bool = False
    told: list[Transition] = field(default_factory=list)

    def sees(self, timeline: str, every: int = 1) -> list[str]:
        """Round-0 rights, one every so many levels."""
        return self.rounds([[character] for character in timeline], every)

    def rounds(self, levels: Iterable[Sequence[str]], every: int = 1, evidence: Evidence | None = None) -> list[str]:
        before = len(self.told)
        for rounds in levels:
            self.level += every
            for round, character in enumerate(rounds):
                if character == " ":
                    continue
                self.check, transitions = fold_bake(
                    BAKING,
                    self.check,
                    self.level,
                    self.level * self.seconds,
                    round,
                    OUTCOMES[character],
                    evidence,
                    self.limit,
                    baking.policy(),
                    self.attesting_stopped,
                )
                self.told += transitions
        return [words(transition) for transition in self.told[before:]]

    def stores(self) -> None:
        self.check = BakingCheck.from_value(json.loads(json.dumps(self.check.to_value())))


@dataclass
class Polled:
    """A condition looked at every `step` seconds: `x` is bad, `X` bad and critical, `o` bad but not reached."""

    policy: Policy = field(default_factory=Policy)
    step: int = 60
    now: int = 0
    state: CheckState = NEW
    told: list[Transition] = field(default_factory=list)

    def sees(self, timeline: str) -> list[str]:
        before = len(self.told)
        for character in timeline:
            if character != " ":
                severity = Severity.CRITICAL if character == "X" else Severity.WARNING
                verdict = Verdict(STATUSES[character], severity=severity, reached=character != "o")
                self.state, transitions = advance(POLLED, self.state, verdict, self.policy, self.now, None)
                self.told += transitions
            self.now += self.step
        return [words(transition) for transition in self.told[before:]]

    def stores(self) -> None:
        self.state = CheckState.from_value(json.loads(json.dumps(self.state.to_value())))


@dataclass
class Delegate:
    """A delegate rule, run after run."""

    rule: DelegateRule
    state: CheckState = NEW
    told: list[Transition] = field(default_factory=list)

    def sees(self, *contexts: DelegateContext) -> list[str]:
        """What was told of these contexts, in order."""
        before = len(self.told)
        key = CheckKey(NETWORK, "tz1alice", self.rule.card.name)
        for context in contexts:
            verdict = self.rule.judge(context, self.state.episode)
            self.state, transitions = advance(key, self.state, verdict, self.rule.policy, context.now, context.level)
            self.told += transitions
        return [words(transition) for transition in self.told[before:]]


Step = Callable[[str], list[str]]


def cut(timeline: str, at: Iterable[int]) -> list[str]:
    """The same timeline in pieces."""
    ends = sorted({end for end in at if 0 < end < len(timeline)})
    return [timeline[start:end] for start, end in zip([0, *ends], [*ends, len(timeline)], strict=True)]
