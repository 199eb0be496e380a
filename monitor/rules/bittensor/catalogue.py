"""Bittensor's rules as a part of docs/rules.md, made from the rules themselves."""

from __future__ import annotations

from monitor.model import CheckKey
from monitor.rules.bittensor import endpoint_behind
from monitor.rules.bittensor.interface import Condition, Notice, Threshold
from monitor.rules.bittensor.registry import RULES
from monitor.rules.inhibition import causes
from monitor.rules.interface import SourceRule

_HEADINGS = {
    "validator": "Bittensor: validators",
    "miner": "Bittensor: miners",
    "subnet": "Bittensor: subnets",
    "wallet": "Bittensor: wallets",
    "chain": "Bittensor: the chain",
}
_HEAD = """\
# Bittensor

Every run judges the newest finalised block; what moves at epochs is counted in epochs, not in runs. A rule that means
nothing for a target (no permit, a subnet whose consensus gives no trust) is skipped, and `main.py status` says why.
What is told once is made from a baseline, the state of the run before, and from the calls and events of every block.

Each threshold is changed for one target by its `alerts` in delegates.json, by the names of the rule and the threshold:
`{"weights_stale": {"warning": 1200, "critical": 3000}}`.
"""


def sections() -> list[str]:
    """The part of docs/rules.md, piece by piece."""
    parts = [_HEAD]
    for kind, heading in _HEADINGS.items():
        parts.append(f"## {heading}\n")
        parts += [_section(rule) for rule in RULES if rule.card.kind == kind]
    return parts


def _section(rule: Condition | Notice | SourceRule) -> str:
    card = rule.card
    explained_by = ", ".join(f"`{key.rule}`" for key in causes(CheckKey("network", "target", card.name)))
    waits = f"- **waits while open**: {explained_by}\n" if explained_by else ""
    if isinstance(rule, SourceRule):
        number, about, read, change = "C3", endpoint_behind.ABOUT, endpoint_behind.READ, "fixed"
    else:
        number, about, read, change = rule.id, rule.about, rule.read, thresholds(rule.thresholds)
    return (
        f"### {card.name}\n\n{number}. {about}\n\n"
        f"- **read**: {read}\n"
        f"- **opens**: {card.default}\n"
        f"- **severity**: {card.severity}\n"
        f"- **over**: {card.recovery}\n{waits}"
        f"- **to change it**: {change}\n"
    )


def thresholds(of_rule: tuple[Threshold, ...]) -> str:
    """As "`warning` 0.5 τ (free), …"; "fixed" where there is none."""
    return "; ".join(_threshold(one) for one in of_rule) or "fixed"


def _threshold(one: Threshold) -> str:
    default = "" if one.default is None else f" {one.default:g}"
    return f"`{one.name}`{default} {one.unit} ({one.meaning})"
