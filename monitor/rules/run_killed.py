"""run_killed: an earlier run of the checker did not come to its end.

Opens at once, in the run that finds the one before it unfinished, on the target "run". Severity: warning. Closes when a
run finds the one before it finished, so that a monitor that is killed every minute is one incident and not sixty.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.model import Verdict
from monitor.rules.interface import Card, MonitorRule, Policy, ok, warning

TARGET = "run"


class KilledRun(NamedTuple):
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
        default="the run before this one has no end",
        severity="warning",
        recovery="a run that came to its end",
    ),
    Policy(flapping=True),
)
