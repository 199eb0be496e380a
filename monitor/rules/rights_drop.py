"""rights_drop: in the next cycle the delegate will have fewer attestation rights than in this one.

Opens when its attesting power falls by 20 % or more. Severity: warning; critical when no rights are left. Closes when
the rights of the next cycle are not lower any more ("new-cycle" where the lower ones have become the usual).
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok, warning

DROP_PERCENT = 20


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    now, coming = context.rights_now, context.rights_next
    if context.state is not None and not context.state.registered:
        return NOT_APPLICABLE
    if now is None or coming is None or now.attesting_power is None or coming.attesting_power is None:
        return NOT_READ
    if context.cycle is None or now.cycle != context.cycle or coming.cycle != context.cycle + 1:
        return NOT_READ
    if now.attesting_power == 0:
        return NOT_APPLICABLE if coming.attesting_power == 0 else ok()
    if coming.attesting_power == 0:
        return critical("gone", drop=1.0, cycle=coming.cycle)
    fewer = now.attesting_power - coming.attesting_power
    if fewer * 100 >= now.attesting_power * DROP_PERCENT:
        return warning("drop", drop=round(fewer / now.attesting_power, 4), cycle=coming.cycle)
    return ok("new-cycle") if episode.open and context.before_this_cycle(episode.opened_level) else ok()


RULE = DelegateRule(
    Card(
        name="rights_drop",
        title="Rights drop",
        kind="delegate",
        default="attesting power of the next cycle 20 % or more below this cycle's",
        severity="warning; critical when no rights are left",
        recovery="the next cycle's rights are not lower any more",
    ),
    Policy(),
    judge,
)
