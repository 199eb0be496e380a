"""control_change: somebody who holds the delegate's keys changed what they control.

Told once for each update of the consensus or companion key, each change of delegate parameters, each unstake and each
drain that a block holds. Severity: critical, since whoever did not do it must act now. Nothing is open afterwards; only
a silence that names this rule quiets it.
"""

from __future__ import annotations

from monitor.model import Occurrence, Verdict
from monitor.rules.interface import Card, NoticeRule, Policy, critical

CHANGES = {
    "consensus_key_updated": "consensus key",
    "companion_key_updated": "companion key",
    "delegate_parameters_set": "delegate parameters",
    "unstaked": "unstake",
    "drained": "drain",
}


def judge(occurrence: Occurrence) -> Verdict | None:
    change = CHANGES.get(occurrence.kind)
    if change is None:
        return None
    detail = occurrence.detail
    return critical(
        occurrence.kind,
        change=change,
        key=detail.get("pk") or detail.get("destination"),
        amount=detail.get("amount"),
        status=detail.get("status"),
        first_level=occurrence.level,
        ordinal=occurrence.ordinal,
    )


RULE = NoticeRule(
    Card(
        name="control_change",
        title="Control of the delegate changed",
        kind="notice",
        default="each key update, change of delegate parameters, unstake and drain",
        severity="critical",
        recovery="told once; nothing stays open",
    ),
    Policy(notice=True),
    judge,
)
