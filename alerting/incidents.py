"""The state machine of an incident: verdict and state in, next state and what there is to tell out.

One machine serves duties (judged level by level, in block time, resolved by a streak of met rights) and polled
conditions (judged run by run, opened and resolved by elapsed time). It is pure: the same verdicts give the same
transitions however they are cut into runs.

    NEW, OK     --OK-->                          OK          nothing
    NEW, OK     --BAD, not reached or too new--> SUSPECT     nothing
    SUSPECT     --OK-->                          OK          nothing
    NEW, OK, SUSPECT --BAD, long enough-->       FIRING      firing (or flapping)
    FIRING      --BAD, graver or open too long-> FIRING      escalated
    FIRING      --OK-->                          RECOVERING  nothing
    RECOVERING  --BAD-->                         FIRING      nothing (escalated, if graver)
    RECOVERING  --OK, streak and time enough-->  OK          resolved
    any         --UNKNOWN-->                     the same    nothing
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from alerting import flapping
from alerting.check_state import NEW, CheckState, Phase
from alerting.transition import Transition, incident_id, nothing_taken
from monitor.model import CheckKey, EventKind, Severity, Status, Verdict
from monitor.rules.interface import Policy

__all__ = [
    "NEW",
    "CheckState",
    "Phase",
    "Policy",
    "Transition",
    "advance",
    "advance_unseen",
    "announce_first_look",
    "close",
    "incident_id",
    "streak_needed",
]

Step = tuple[CheckState, tuple[Transition, ...]]


def advance(
    key: CheckKey,
    state: CheckState,
    verdict: Verdict,
    policy: Policy,
    at: int,
    level: int | None,
    taken: Callable[[str], bool] = nothing_taken,
) -> Step:
    """One verdict later. `at` is block time for duties, wall clock otherwise; `taken` tells incident ids in use.

    The very same state object comes back where nothing changed.
    """
    if verdict.status is Status.UNKNOWN:
        return state, ()
    if policy.notice:
        return _noticed(key, state, verdict, at, level, taken) if verdict.status is Status.BAD else (state, ())
    if verdict.status is Status.OK:
        if state.phase is Phase.OK and not state.flapping:
            return state, ()
        return _good(key, state, verdict, policy, at, level)
    if state.is_bad:
        return _still_bad(key, state, _aged(state, verdict, policy, at), at, level)
    bad_since = at if state.bad_since is None else min(state.bad_since, at)
    if not verdict.reached or at - bad_since < policy.fire_after:
        if state.phase is Phase.SUSPECT and bad_since == state.bad_since:
            return state, ()
        since = min(state.since, at) if state.phase is Phase.SUSPECT else at
        return replace(state, phase=Phase.SUSPECT, since=since, bad_since=bad_since), ()
    if state.flapping:
        return _flapped_open(key, state, verdict, at, level, bad_since)
    return _opened(key, state, verdict, policy, at, level, bad_since, taken)


def close(key: CheckKey, state: CheckState, at: int, level: int | None, reason: str) -> Step:
    """The end of an incident for another reason than recovery: target removed, rule switched off.

    What comes after starts anew: nothing is reopened. The duty's window must be emptied with it.
    """
    if state.incident is None:
        return NEW, ()
    return NEW, (_tell(EventKind.RESOLVED, key, state, Verdict(Status.OK, reason), at, level, close_reason=reason),)


def advance_unseen(
    key: CheckKey,
    state: CheckState,
    verdict: Verdict,
    policy: Policy,
    at: int,
    level: int | None,
    taken: Callable[[str], bool] = nothing_taken,
) -> CheckState:
    """As `advance`, during the first look at a target: nothing is told, and what ended leaves no trace that a later
    opening could refer to."""
    state, transitions = advance(key, state, verdict, policy, at, level, taken)
    if any(transition.kind is EventKind.RESOLVED for transition in transitions):
        return CheckState(phase=Phase.OK, since=state.since)
    return state


def announce_first_look(
    key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None
) -> Transition | None:
    """At the end of the first look: the firing of what is still bad, with its true opening. `verdict` tells how it
    stands now (a rule's `standing`). To be called once per check, in the transaction that ends the look."""
    if not state.is_bad:
        return None
    return _tell(EventKind.FIRING, key, replace(state, told=0), verdict, at, level, first_look=True)


def streak_needed(state: CheckState, policy: Policy) -> int:
    """OK verdicts in a row that resolve the open incident."""
    return min(policy.resolve_streak << state.doublings, max(policy.streak_cap, policy.resolve_streak))


def _opened(
    key: CheckKey,
    state: CheckState,
    verdict: Verdict,
    policy: Policy,
    at: int,
    level: int | None,
    bad_since: int,
    taken: Callable[[str], bool],
) -> Step:
    again = (
        policy.reopen_within > 0
        and state.last_incident is not None
        and state.resolved_at is not None
        and at - state.resolved_at <= policy.reopen_within
    )
    openings = flapping.with_opening(state.openings, at) if policy.flapping else ()
    flaps = flapping.too_often(openings)
    opened = CheckState(
        phase=Phase.FIRING,
        since=at,
        bad_since=bad_since,
        doublings=min(state.doublings + 1, 8) if again else 0,
        incident=state.last_incident if again else incident_id(key, at, level, taken),
        severity=verdict.severity,
        silent=verdict.silent,
        opened_at=at,
        opened_level=level,
        resolved_at=state.resolved_at,
        resolved_level=state.resolved_level,
        missed=verdict.missed + (state.missed if again else 0),
        missed_before=state.missed if again else 0,
        told=state.told if again else 0,
        openings=openings,
        flapping=flaps,
        changed_at=at if flaps else None,
    )
    if flaps:
        told = _tell(EventKind.FLAPPING, key, opened, verdict, at, level, flapping="on", flaps=len(openings))
    else:
        told = _tell(EventKind.FIRING, key, opened, verdict, at, level, reopened=again)
    return replace(opened, told=opened.told + 1), (told,)


def _aged(state: CheckState, verdict: Verdict, policy: Policy, at: int) -> Verdict:
    """A warning that nobody has seen to for too long is graver than it was."""
    if not policy.escalate_after or verdict.silent or state.opened_at is None:
        return verdict
    late = at - state.opened_at >= policy.escalate_after
    return replace(verdict, severity=Severity.CRITICAL) if late else verdict


def _still_bad(key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None) -> Step:
    missed = max(state.missed, state.missed_before + verdict.missed)
    graver = _graver(state, verdict)
    calm = state.flapping and state.phase is Phase.FIRING and _calm(state, at)
    changed_at = None if state.changed_at is None else min(state.changed_at, at)
    if (
        state.phase is Phase.FIRING
        and not graver
        and not calm
        and (missed, changed_at)
        == (
            state.missed,
            state.changed_at,
        )
    ):
        return state, ()
    after = replace(
        state,
        phase=Phase.FIRING,
        since=state.since if state.phase is Phase.FIRING else at,
        good_since=None,
        good_streak=0,
        missed=missed,
        changed_at=changed_at,
    )
    if graver:
        after = _with_gravity(after, verdict)
    if calm:
        over = _tell(EventKind.FLAPPING, key, after, verdict, at, level, flapping="off", flaps=state.flaps)
        after = replace(after, flapping=False, flaps=0, changed_at=None, openings=(), told=after.told + 1)
        still = _tell(EventKind.FIRING, key, after, verdict, at, level, flapping="off")
        return replace(after, told=after.told + 1), (over, still)
    if not graver:
        return after, ()
    return replace(after, told=after.told + 1), (_tell(EventKind.ESCALATED, key, after, verdict, at, level),)


def _good(key: CheckKey, state: CheckState, verdict: Verdict, policy: Policy, at: int, level: int | None) -> Step:
    if state.phase is Phase.OK:
        if _calm(state, at):
            return _resolved(key, state, verdict, at, level)
        if state.changed_at is not None and at < state.changed_at:
            return replace(state, changed_at=at), ()
        return state, ()
    if not state.is_bad:
        return replace(state, phase=Phase.OK, since=at, bad_since=None), ()
    good_since = at if state.good_since is None else min(state.good_since, at)
    needed = streak_needed(state, policy)
    streak = min(state.good_streak + 1, needed)
    if streak < needed or at - good_since < policy.resolve_after:
        since = state.since if state.phase is Phase.RECOVERING else at
        if (state.phase, state.good_streak, state.good_since) == (Phase.RECOVERING, streak, good_since):
            return state, ()
        return replace(state, phase=Phase.RECOVERING, since=since, good_since=good_since, good_streak=streak), ()
    if state.flapping:
        quiet = _with_phase_ok(state, at)
        return replace(quiet, flaps=state.flaps + 1, changed_at=at), ()
    return _resolved(key, state, verdict, at, level)


def _resolved(key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None) -> Step:
    transitions: tuple[Transition, ...] = ()
    if state.flapping:
        calm = _tell(EventKind.FLAPPING, key, state, verdict, at, level, flapping="off", flaps=state.flaps)
        transitions, state = (calm,), replace(state, told=state.told + 1)
    end = _tell(EventKind.RESOLVED, key, state, verdict, at, level, close_reason=verdict.reason or "recovered")
    after = CheckState(
        phase=Phase.OK,
        since=at,
        doublings=state.doublings,
        last_incident=state.incident,
        resolved_at=at,
        resolved_level=level,
        missed=state.missed,
        told=state.told + 1,
        openings=() if state.flapping else state.openings,
    )
    return after, (*transitions, end)


def _flapped_open(
    key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None, bad_since: int
) -> Step:
    opened = replace(state, phase=Phase.FIRING, since=at, bad_since=bad_since, flaps=state.flaps + 1, changed_at=at)
    if not _graver(state, verdict):
        return opened, ()
    opened = _with_gravity(opened, verdict)
    told = _tell(EventKind.ESCALATED, key, opened, verdict, at, level)
    return replace(opened, told=opened.told + 1), (told,)


def _noticed(
    key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None, taken: Callable[[str], bool]
) -> Step:
    """A notice is an incident that is over as soon as it is told; `told` counts them and tells two of a level apart."""
    name = incident_id(key, at, level, taken, salt=f"{verdict.reason}:{state.told}")
    moment = CheckState(
        incident=name, severity=verdict.severity, silent=verdict.silent, opened_at=at, opened_level=level
    )
    after = CheckState(phase=Phase.OK, since=at, told=state.told + 1, resolved_at=at, resolved_level=level)
    return after, (_tell(EventKind.NOTICE, key, moment, verdict, at, level),)


def _tell(
    kind: EventKind, key: CheckKey, state: CheckState, verdict: Verdict, at: int, level: int | None, **more: Any
) -> Transition:
    """A transition of the state's incident. A clock that jumped back never makes it older than its beginning."""
    opened_at = at if state.opened_at is None else min(state.opened_at, at)
    return Transition(
        key=key,
        kind=kind,
        incident=state.incident or "",
        ordinal=state.told,
        at=at,
        level=level,
        severity=state.severity or Severity.WARNING,
        silent=state.silent,
        verdict=verdict,
        since=opened_at if state.bad_since is None else min(state.bad_since, opened_at),
        opened_at=opened_at,
        opened_level=state.opened_level,
        missed=state.missed,
        **more,
    )


def _with_phase_ok(state: CheckState, at: int) -> CheckState:
    return replace(state, phase=Phase.OK, since=at, bad_since=None, good_since=None, good_streak=0)


def _graver(state: CheckState, verdict: Verdict) -> bool:
    """Higher than everything told since the opening; the same severity with sound is higher than without."""
    if state.severity is None or verdict.severity.rank > state.severity.rank:
        return True
    return verdict.severity is state.severity and state.silent and not verdict.silent


def _with_gravity(state: CheckState, verdict: Verdict) -> CheckState:
    return replace(state, severity=verdict.severity, silent=verdict.silent)


def _calm(state: CheckState, at: int) -> bool:
    return state.changed_at is not None and at - state.changed_at >= flapping.STABLE_FOR
