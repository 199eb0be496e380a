"""dal_participation: the delegate attests without saying which data (DAL) it has seen.

Opens when the node calls its DAL participation of this cycle insufficient, or its last 50 attestations came without
DAL content at levels where most of the others' had it. Severity: warning. Closes when neither holds.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, ok, warning

PLAIN_IN_A_ROW = 50


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    state, dal = context.state, context.dal
    if context.constants is not None and not context.constants.dal_enabled:
        return NOT_APPLICABLE
    if state is not None and not state.registered:
        return NOT_APPLICABLE
    if dal is not None and dal.plain_streak >= PLAIN_IN_A_ROW:
        return warning("plain", missed_dal=dal.plain_streak, share_others=dal.share_others)
    if state is None or state.dal_sufficient is None or not context.read_this_cycle:
        return NOT_READ
    if not state.dal_sufficient and state.dal_attestable_slots != 0:
        return warning("insufficient", cycle=context.cycle)
    return ok("new-cycle") if episode.open and context.before_this_cycle(episode.opened_level) else ok()


RULE = DelegateRule(
    Card(
        name="dal_participation",
        title="DAL participation insufficient",
        kind="delegate",
        default="the node calls it insufficient, or 50 attestations in a row lack DAL content that most others' have",
        severity="warning",
        recovery="neither holds any more, or a new cycle",
    ),
    Policy(flapping=True),
    judge,
)
