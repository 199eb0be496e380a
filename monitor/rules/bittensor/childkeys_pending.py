"""childkeys_pending: a hotkey is about to lend stake to other children, and its own validator to lose it.

Severity: critical, as for every change of control; warning where it is what the watch list expects. Closes when it has
taken effect or was called off.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.bittensor.neuron import Relative
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, bad
from monitor.rules.bittensor.stakes import margin
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron = context.neuron
    if neuron is None or neuron.pending_children is None:
        return NOT_READ
    pending = neuron.pending_children
    if not pending.pending:
        return ok()
    if pending.block <= context.block and not pending.children and not neuron.children:
        return ok()
    leaving = lent(pending.children) - lent(neuron.children or ())
    after = margin(context, max(0.0, leaving)) if neuron.permit else None
    evidence = {
        "children": [child.hotkey for child in pending.children],
        "share": lent(pending.children),
        "leaving": leaving,
        "stake": None if neuron.alpha_stake is None else round(neuron.alpha_stake * max(0.0, leaving)),
        "blocks_left": max(0, pending.block - context.block),
        "at_block": pending.block,
        "permit_lost": None if after is None else after.ratio < 1,
    }
    expected = context.expected.children
    severity = Severity.WARNING if expected is not None and same(pending.children, expected) else Severity.CRITICAL
    return bad(severity, "pending", evidence)


def lent(children: Iterable[Relative]) -> float:
    """The share of stake that works for children."""
    return min(1.0, sum(child.share for child in children))


def same(one: Iterable[Relative], other: Iterable[Relative]) -> bool:
    """Whether they are the same children with shares equal to a thousandth."""
    left, right = ({child.hotkey: child.share for child in side} for side in (one, other))
    return left.keys() == right.keys() and all(abs(left[hotkey] - right[hotkey]) < 0.001 for hotkey in left)


RULE = Condition(
    id="V13",
    card=Card(
        name="childkeys_pending",
        title="Children about to change",
        kind="validator",
        default="another set of children is scheduled (`PendingChildKeys`)",
        severity="critical; warning where it is `expected.children`",
        recovery="it has taken effect, or was called off",
    ),
    about="A hotkey is about to lend stake to other children, and its own validator to lose it.",
    read="`PendingChildKeys`, `ChildKeys`",
    scopes=("neuron",),
    assess=assess,
    needs=(needs.subnet,),
)
