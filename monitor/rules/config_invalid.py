"""config_invalid: the watch list was edited and cannot be read; the last valid one stays in force.

Opens at once, on the target "config". Severity: critical, since what was meant to be watched is not. Closes with the
next valid one.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Verdict
from monitor.rules.interface import Card, MonitorRule, Policy, critical, ok

TARGET = "config"


def judge(errors: Sequence[str]) -> Verdict:
    """`errors`: one line each, naming file, place and fix; none where the list is valid."""
    return critical("invalid", errors=len(errors), detail=errors[0]) if errors else ok()


RULE = MonitorRule(
    Card(
        name="config_invalid",
        title="Watch list invalid",
        kind="monitor",
        default="delegates.json cannot be read or is invalid",
        severity="critical",
        recovery="a valid one",
    ),
    Policy(),
)
