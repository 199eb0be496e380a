"""Why a rule is not judged for a target, in words: for `status`, and for the end of what was open."""

from __future__ import annotations

SKIPPED = {
    "off": "switched off in delegates.json",
    "not-registered": "not registered on this subnet",
    "subnet-removed": "the subnet does not exist",
    "root-network": "the root network has no weights and no miners",
    "null-consensus": "the subnet's consensus gives no trust and no dividends",
    "no-validator": "not a validator",
    "no-miner": "not a miner",
    "no-permit": "no validator permit",
    "new-permit": "its permit is younger than 3 epochs",
    "owner-immune": "the subnet owner's UID is never deregistered",
    "stake-lent": "its whole stake works for its children",
    "no-commit-reveal": "weights are not committed on this subnet",
    "nothing-expected": "nothing is expected in delegates.json",
    "no-limit": "no limit is set in delegates.json",
    "no-epochs": "the subnet has no epochs",
}


def why(reason: str) -> str:
    """As a clause without a full stop."""
    return SKIPPED.get(reason, reason.replace("-", " "))
