"""Changes of who controls a delegate."""

from __future__ import annotations

import pytest

from monitor.model import Severity, Status
from monitor.rules import control_change
from tests.monitor.rules.contexts import occurrence


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("consensus_key_updated", "consensus key"),
        ("companion_key_updated", "companion key"),
        ("delegate_parameters_set", "delegate parameters"),
        ("unstaked", "unstake"),
        ("drained", "drain"),
    ],
)
def test_every_control_change_is_critical(kind: str, change: str) -> None:
    verdict = control_change.judge(occurrence(kind, 50, pk="edpk", amount=5))
    assert verdict is not None
    assert (verdict.status, verdict.severity) == (Status.BAD, Severity.CRITICAL)
    assert verdict.evidence["change"] == change
    assert (verdict.evidence["key"], verdict.evidence["amount"], verdict.evidence["first_level"]) == ("edpk", 5, 50)


def test_it_is_a_notice() -> None:
    assert control_change.RULE.policy.notice


@pytest.mark.parametrize("kind", ["deactivated", "denounced", "nonce_committed", "nonce_revealed"])
def test_other_occurrences_are_not_its_business(kind: str) -> None:
    assert control_change.judge(occurrence(kind, 50)) is None
