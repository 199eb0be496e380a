"""denounced: somebody proved that the delegate signed two conflicting things; it will be slashed.

Opens at once, when a block holds the denunciation or the node counts a pending one (DAL included).
Severity: critical. Closes when the node, read after that block, counts none: it has been settled.
"""

from __future__ import annotations

from monitor.model import Verdict
from monitor.rules.delegate_context import DelegateContext
from monitor.rules.interface import NOT_APPLICABLE, NOT_READ, Card, DelegateRule, Episode, Policy, critical, ok

MISBEHAVIOURS = {
    "block": "double baking",
    "attestation": "double attestation",
    "preattestation": "double preattestation",
    "dal_entrapment": "a false DAL attestation",
}
"""What Octez calls it -> what people do."""


def judge(context: DelegateContext, episode: Episode) -> Verdict:
    named = context.named_since_read("denounced")
    if named is not None:
        return _denounced(context)
    state = context.state
    if state is None or (state.denunciations is None and state.dal_denounced is None):
        return NOT_READ if state is None or state.registered else NOT_APPLICABLE
    return _denounced(context) if state.denunciations or state.dal_denounced else ok("settled")


def _denounced(context: DelegateContext) -> Verdict:
    named = context.named.get("denounced")
    state = context.state
    pending = state.denunciations if state is not None else None
    if named is None:
        return critical("denounced", pending=pending)
    return critical(
        "denounced",
        pending=pending,
        misbehaviour=MISBEHAVIOURS.get(str(named.detail.get("misbehaviour"))),
        first_level=named.detail.get("level") or named.level,
    )


RULE = DelegateRule(
    Card(
        name="denounced",
        title="Denounced",
        kind="delegate",
        default="a block holds a denunciation of it, or the node counts a pending one",
        severity="critical",
        recovery="the node counts none any more: settled",
    ),
    Policy(),
    judge,
)
