"""hyperparam_changed: somebody changed how a subnet works.

Told once for each hyperparameter, old and new. Severity: warning; critical for those that decide who is paid or who
stays. Nothing is open afterwards: the new value is what the next change is told against. What moves by itself
(difficulty, burn, the activity cutoff that follows the tempo) is not told.
"""

from __future__ import annotations

from monitor.model import Occurrence, Severity, Verdict
from monitor.rules.bittensor.interface import Card, Limits, Notice, bad

KIND = "hyperparam_changed"
UNTOLD = frozenset({"difficulty", "burn", "activity_cutoff", "subnet_is_active", "user_liquidity_enabled"})
GRAVE = frozenset(
    {
        "tempo",
        "weights_version",
        "commit_reveal_period",
        "commit_reveal_weights_enabled",
        "registration_allowed",
        "max_validators",
        "max_allowed_uids",
        "kappa",
        "yuma_version",
        "min_burn",
        "max_burn",
        "mechanism_count",
        "subnet_emission_enabled",
    }
)


def assess(occurrence: Occurrence, limits: Limits) -> Verdict | None:
    detail = occurrence.detail
    name = str(detail.get("parameter", ""))
    if not name or name in UNTOLD:
        return None
    severity = Severity.CRITICAL if name in GRAVE else Severity.WARNING
    return bad(severity, name, {**detail, "ordinal": occurrence.ordinal, "at_block": occurrence.level})


RULE = Notice(
    id="S1",
    card=Card(
        name="hyperparam_changed",
        title="Hyperparameter changed",
        kind="subnet",
        default="each hyperparameter whose value is another one than in the run before, but difficulty, burn and the "
        "activity cutoff",
        severity="warning; critical for tempo, weights_version, commit-reveal, registration_allowed, "
        "max_validators, max_allowed_uids, kappa, yuma_version, min_burn, max_burn, mechanism_count and "
        "subnet_emission_enabled",
        recovery="told once; nothing stays open",
    ),
    about="Somebody changed how a subnet works.",
    read="`get_subnet_hyperparams_v3` and storage, beside the run before; the call that did it, where one is found",
    kinds=(KIND,),
    assess=assess,
)
