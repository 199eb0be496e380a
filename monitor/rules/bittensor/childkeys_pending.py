"""childkeys_pending: a hotkey is about to lend stake to other children, or its parents to take theirs back.

Severity: critical, as for every change of control; warning where it is what the watch list expects. Closes when it has
taken effect or was called off.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.bittensor.neuron import Neuron, PendingChildren, Relative
from monitor.model import Severity, Status, Verdict
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
    done = pending.block <= context.block and same(pending.children, neuron.children or ())
    parents = _parents(context, neuron)
    if not pending.pending or done:
        return parents
    own = _own(context, neuron, pending)
    # What it does itself, as expected, must not hide what others do to it.
    return parents if parents.severity.rank > own.severity.rank and parents.status is Status.BAD else own


def _own(context: BittensorContext, neuron: Neuron, pending: PendingChildren) -> Verdict:
    leaving = lent(pending.children) - lent(neuron.children or ())
    stake = None if neuron.alpha_stake is None else round(neuron.alpha_stake * max(0.0, leaving))
    evidence = {
        "children": [child.hotkey for child in pending.children],
        "share": lent(pending.children),
        **_consequence(context, leaving, stake, pending.block),
    }
    expected = context.expected.children
    severity = Severity.WARNING if expected is not None and same(pending.children, expected) else Severity.CRITICAL
    return bad(severity, "pending", evidence)


def _parents(context: BittensorContext, neuron: Neuron) -> Verdict:
    """What parents are about to take back."""
    leavers = []
    for lender in neuron.lenders or ():
        kept = next((one.share for one in lender.pending.children if one.hotkey == neuron.hotkey), 0.0)
        if lender.pending.pending and lender.pending.block > context.block and lender.share - kept > 0.001:
            leavers.append((lender, round((lender.share - kept) * lender.stake)))
    if not leavers:
        return ok()
    stake = sum(amount for _, amount in leavers)
    leaving = stake / neuron.total_stake if neuron.total_stake else 0.0
    block = min(lender.pending.block for lender, _ in leavers)
    evidence = {
        "parents": [lender.hotkey for lender, _ in leavers],
        **_consequence(context, min(1.0, leaving), stake, block),
    }
    return bad(Severity.CRITICAL, "parents", evidence)


def _consequence(context: BittensorContext, leaving: float, stake: int | None, block: int) -> dict[str, object]:
    """How much of its stake goes, when, and whether the permit line is crossed."""
    permit = context.neuron is not None and context.neuron.permit
    after = margin(context, max(0.0, leaving)) if permit else None
    return {
        "leaving": leaving,
        "stake": stake,
        "at_block": block,
        "blocks_left": max(0, block - context.block),
        "permit_lost": None if after is None else after.ratio < 1,
    }


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
        default="another set of children is scheduled (`PendingChildKeys`), its own, or a parent's that lends it less",
        severity="critical; warning where it is `expected.children`",
        recovery="it has taken effect, or was called off",
    ),
    about="A hotkey is about to lend stake to other children, or its parents are about to take theirs back.",
    read="`PendingChildKeys` and `ChildKeys`, its own and those of its parents",
    scopes=("neuron",),
    assess=assess,
    needs=(needs.subnet,),
)
