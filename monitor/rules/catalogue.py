"""The rules as documents: docs/rules.md and the README's table, made from the cards and the rules' docstrings.

``python -m monitor.rules.catalogue > docs/rules.md``.
"""

from __future__ import annotations

import importlib
import inspect

from monitor.model import CheckKey
from monitor.rules.bittensor import catalogue as bittensor
from monitor.rules.inhibition import causes
from monitor.rules.interface import Card
from monitor.rules.registry import CARDS

_HEADINGS = {
    "duty": "What a baker owes",
    "delegate": "The state of a baker",
    "notice": "What happened to a baker",
    "source": "Nodes and the chain",
    "monitor": "The monitor itself",
}
_BLOCKS = "every finalised block, once and whole"
_STATE = "`context/delegates/<baker>` of the newest finalised block"
_CYCLE_RIGHTS = "the rights of this cycle and the next (`helpers/attestation_rights`, `helpers/baking_rights`)"
_PROBE = "what the endpoints say of themselves at the start of a run"

READ = {
    "missed_attestation": f"attestation rights, and operations[0] of {_BLOCKS}: attestations of a level stand in the "
    "block after it",
    "missed_baking": f"baking rights of every round up to the block's, and the header of {_BLOCKS}",
    "deactivated": f"{_STATE}; `deactivated` in a block's metadata",
    "deactivation_near": f"`grace_period` in {_STATE}",
    "forbidden": f"{_STATE}",
    "denounced": f"operations[2] of {_BLOCKS}; {_STATE}",
    "attestation_reward": f"`participation` in {_STATE}, and the latest rights judged",
    "dal_participation": f"`dal_participation` in {_STATE}, and the attestations in {_BLOCKS}",
    "companion_key_missing": f"{_STATE}",
    "consensus_key_pending": f"pending keys in {_STATE}",
    "seed_nonce": f"commitments in the metadata and revelations in operations[2] of {_BLOCKS}",
    "rights_drop": _CYCLE_RIGHTS,
    "baking_power_low": f"`baking_power` in {_STATE}, and the constants of the protocol",
    "control_change": f"operations[3] of {_BLOCKS}",
    "unreachable": _PROBE,
    "endpoint_unreachable": _PROBE,
    "not_bootstrapped": f"{_PROBE} (`is_bootstrapped`)",
    "wrong_chain": f"{_PROBE} (`chain_id` of the head)",
    "stale_head": f"{_PROBE} (time of the head)",
    "node_behind": f"{_PROBE} (level of the head); every `own=` endpoint is asked in every run",
    "endpoints_disagree": "the hash at `head~2`, from one other endpoint in each run",
    "low_peers": f"{_PROBE} (`network/connections`; most public nodes do not tell)",
    "unreadable": _BLOCKS,
    "reorganisation": "predecessor and hash of every block",
    "run_killed": "the run's own record of the run before",
    "config_invalid": "`delegates.json`",
}
"""What each rule is judged from."""

_ATTESTATION_SETTINGS = (
    '`ALERT_ATTESTATION_THRESHOLD` and `ALERT_ATTESTATION_BLOCK_WINDOW`, or `"alerts": {"attestation": …}` of a baker; '
    "`RECOVERY_ATTESTATIONS`"
)
CHANGE = {
    "missed_attestation": _ATTESTATION_SETTINGS,
    "missed_baking": '`ALERT_BAKING_THRESHOLD` and `ALERT_BAKING_BLOCK_WINDOW`, or `"alerts": {"baking": …}` of a '
    "baker; `ALERT_BAKING_ROUNDS=all` lets later rounds count",
    "stale_head": "`ALERT_INACTIVE_STATE_THRESHOLD`",
    "low_peers": "`MIN_PEERS`; 0 switches it off",
    "endpoint_unreachable": "mark your own nodes with `own=` in `RPC_URL`",
    "node_behind": "mark your own nodes with `own=` in `RPC_URL`; without one there is nothing to judge",
    "endpoints_disagree": "give `RPC_URL` a second endpoint; with one there is nothing to compare",
    "wrong_chain": "the pinned chain is that of the database; another chain needs another `DATABASE_URL`",
}
"""How a user changes it; the other rules are fixed."""

_HEAD = """\
# Rules

Made by `python -m monitor.rules.catalogue > docs/rules.md` from the rules themselves; a test holds this page to it.

A rule looks at one target (a baker, an endpoint, a network's source as a whole, the monitor) and says OK, BAD or
UNKNOWN. UNKNOWN opens nothing and closes nothing. One period from opening to closing is an *incident* with an id; its
rule is the `rule` of `main.py incidents --json`, a name that stays. Editing a threshold re-judges an open incident, it
does not start another.

Duties count rights and blocks, so a catch-up after a downtime judges what every minute would have judged. The states of
nodes count seconds. An incident that another one explains waits while that is open, and is told afterwards; if it is
over by then, as "was …, now OK". Reminders come after 15 minutes, 1 hour, then every 4 hours (warnings: every
24 hours); those of duties only if more was missed since. What each says is in [messages.md](messages.md).
"""


def readme_table() -> str:
    """The rules as a Markdown table."""
    lines = ["| rule | opens | severity | over |", "|---|---|---|---|"]
    lines += [f"| `{card.name}` | {card.default} | {card.severity} | {card.recovery} |" for card in CARDS.values()]
    return "\n".join(lines) + "\n"


def document() -> str:
    """docs/rules.md."""
    parts = [_HEAD]
    for kind, heading in _HEADINGS.items():
        parts.append(f"## {heading}\n")
        parts += [_section(card) for card in CARDS.values() if card.kind == kind]
    parts += bittensor.sections()
    return "\n".join(parts)


def _section(card: Card) -> str:
    change = CHANGE.get(card.name, "fixed")
    explained_by = ", ".join(f"`{key.rule}`" for key in causes(CheckKey("network", "target", card.name)))
    waits = f"- **waits while open**: {explained_by}\n" if explained_by else ""
    return (
        f"### {card.name}\n\n{_meaning(card)}\n\n"
        f"- **read**: {READ[card.name]}\n"
        f"- **opens**: {card.default}\n"
        f"- **severity**: {card.severity}\n"
        f"- **over**: {card.recovery}\n{waits}"
        f"- **to change it**: {change}\n"
    )


def _meaning(card: Card) -> str:
    """The first sentence of the rule's docstring."""
    module = importlib.import_module(f"monitor.rules.{_MODULES.get(card.name, card.name)}")
    first = inspect.cleandoc(module.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    sentence = first.partition(": ")[2]
    return f"{sentence[:1].upper()}{sentence[1:]}"


_MODULES = {"missed_attestation": "attestation", "missed_baking": "baking"}
"""Where the module is not called as the rule is."""

if __name__ == "__main__":
    import sys

    sys.stdout.write(document())
