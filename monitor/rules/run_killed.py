"""run_killed: an earlier run of the checker did not come to its end.

Told once by the run that finds its row unfinished, on the target "run". Severity: warning. Nothing is open afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Verdict
from monitor.rules.interface import Card, MonitorRule, Policy, ok, warning

TARGET = "run"


@dataclass(frozen=True, slots=True)
class KilledRun:
    run: int
    started_at: int
    seconds: int | None
    """How long it ran; None where nothing tells."""


def judge(killed: KilledRun | None) -> Verdict:
    if killed is None:
        return ok()
    return warning("killed", run=killed.run, ran_seconds=killed.seconds, started_at=killed.started_at)


RULE = MonitorRule(
    Card(
        name="run_killed",
        title="Run killed",
        kind="monitor",
        default="an earlier run has no end",
        severity="warning",
        recovery="told once; nothing stays open",
    ),
    Policy(notice=True),
)
