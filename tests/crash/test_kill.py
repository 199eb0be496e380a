"""Real processes killed with SIGKILL wherever they happen to be, again and again, then left alone once.

The short form of `make crash`: the same scenarios, fewer of them, and nothing that only takes time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.scenario import Scenario, Steps, play
from tests.crash.series import figures, report

KILLS = 10
SCENARIOS = [
    Scenario(1, KILLS, cloudwatch=True, hurried=True),
    Scenario(2, KILLS, plain=True, hurried=True),
    Scenario(3, KILLS, hurried=True),
    Scenario(4, KILLS, plain=True, heartbeat=True, hurried=True),
    Scenario(5, KILLS, hurried=True),
    Scenario(6, KILLS, plain=True, hurried=True),
]
_STEPS = Steps()
"""Shared, so that each scenario of a worker dies at other steps."""


@pytest.mark.crash
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.seed))
def test_a_checker_killed_again_and_again_tells_everything_and_knows_what_an_undisturbed_one_knows(
    scenario: Scenario, tmp_path: Path
) -> None:
    outcome = play(scenario, tmp_path, _STEPS)
    assert outcome.breaches == []
    assert outcome.kills.total() == KILLS
    assert outcome.verdict.arrived >= 20, "there was something to tell"
    found = figures([outcome])
    assert (found["lost"], found["breaches"]) == (0, [])
    assert "the promise was kept" in report(found | {"seconds": 1, "seed": 1})


def test_the_short_form_kills_sixty_times() -> None:
    assert sum(scenario.kills for scenario in SCENARIOS) >= 60
