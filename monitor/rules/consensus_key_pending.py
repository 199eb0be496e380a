"""consensus_key_pending: from the start of a cycle to come, the delegate must sign with another consensus key.

Opens 24 hours ahead, naming the key and the cycle. Severity: warning. Closes once that cycle has come, naming the key
that is required from then on ("activated").
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, ok, unknown, warning

AHEAD = 24 * 3600
SLACK = 2 * 3600
"""How far a slower chain may push an announced change back without its looking like another one."""


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state = context.state
    if state is None or context.cycle is None:
        return NOT_READ
    if not state.registered:
        return NOT_APPLICABLE
    pending = sorted(state.pending_consensus_keys, key=lambda key: key.cycle)
    coming = next((key for key in pending if key.cycle > context.cycle), None)
    arrived = [key for key in pending if key.cycle <= context.cycle]
    if coming is not None:
        seconds = context.seconds_until_cycle(coming.cycle)
        if seconds is None:
            return NOT_READ
        if seconds <= AHEAD + (SLACK if episode.open else 0):
            active_at = context.now + round(seconds)
            return warning("pending", key=coming.pkh, key_kind="consensus", cycle=coming.cycle, active_at=active_at)
    if not episode.open:
        return ok()
    # A state read before the cycle began still lists as pending what is active by now.
    key = arrived[-1].pkh if arrived else state.consensus_key
    return ok("activated", key=key, key_kind="consensus") if key is not None else unknown("no-key")


RULE = DelegateRule(
    Card(
        name="consensus_key_pending",
        title="Consensus key about to change",
        kind="delegate",
        default="24 hours before the cycle in which a pending consensus key becomes the required one",
        severity="warning",
        recovery="that cycle has begun; the message names the required key",
    ),
    Policy(),
    judge,
)
