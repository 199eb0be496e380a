"""Many scenarios, each unlike the others, and what they come to together."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.crash.scenario import Outcome, Scenario, Steps, play

KILLS_EACH = 25
"""Per scenario: so many minutes are enough for something to break, heal and break again."""
_STEPS = Steps()
"""Of this process: its scenarios die at other steps each."""


def scenarios(kills: int, seed: int, each: int = KILLS_EACH) -> Iterator[Scenario]:
    """As many as it takes, every one with another chain and other receivers."""
    for number, left in enumerate(range(kills, 0, -each)):
        yield Scenario(
            seed=seed * 1000 + number,
            kills=min(each, left),
            plain=number % 2 == 1,
            cloudwatch=number % 3 == 0,
            heartbeat=number % 4 == 1,
        )


def played(scenario: Scenario) -> Outcome:
    """In a folder that stays where the promise was broken."""
    home = Path(tempfile.mkdtemp(prefix=f"sentinel-crash-{scenario.seed}-"))
    outcome = play(scenario, home, _STEPS)
    if outcome.breaches:
        outcome.faults.append(f"scenario {scenario}: its files are in {home}")
    else:
        shutil.rmtree(home)
    return outcome


def figures(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """All scenarios together."""
    outcomes = list(outcomes)
    verdicts = [outcome.verdict for outcome in outcomes]
    kills = sum((outcome.kills for outcome in outcomes), Counter[str]())
    passed = set().union(*(outcome.steps for outcome in outcomes))
    return {
        "kills": kills.total(),
        "runs": sum(outcome.runs for outcome in outcomes),
        "scenarios": len(outcomes),
        "kills_by_step": dict(sorted(kills.items())),
        "steps_without_a_kill": sorted(passed - set(kills)),
        "receivers": dict(sorted(sum((outcome.moods for outcome in outcomes), Counter[str]()).items())),
        "incidents": sum(outcome.incidents for outcome in outcomes),
        "events": sum(outcome.events for outcome in outcomes),
        "deliveries": sum(verdict.arrived for verdict in verdicts),
        "lost": sum(len(verdict.lost) for verdict in verdicts),
        "duplicates": sum(verdict.duplicates for verdict in verdicts),
        "duplicates_allowed": sum(verdict.allowed for verdict in verdicts),
        "duplicates_unexplained": sum(len(verdict.unexplained) for verdict in verdicts),
        "resolved_before_firing": sum(len(verdict.early) for verdict in verdicts),
        "other_faults": sum(len(outcome.faults) for outcome in outcomes),
        "breaches": [breach for outcome in outcomes for breach in outcome.breaches],
    }


def report(found: dict[str, Any]) -> str:
    """As a person reads it."""
    width = max(map(len, (*found["kills_by_step"], *found["receivers"])), default=0)
    lines = ["kills by step"]
    lines += [f"  {step:<{width}}  {number:>4}" for step, number in found["kills_by_step"].items()]
    lines += [f"  {step:<{width}}     0" for step in found["steps_without_a_kill"]]
    lines += ["", "runs by what the receivers did"]
    lines += [f"  {mood:<{width}}  {number:>4}" for mood, number in found["receivers"].items()]
    lines += [
        "",
        f"{found['kills']} kills in {found['runs']} runs of {found['scenarios']} scenarios, {found['seconds']} s,"
        f" seed {found['seed']}",
        f"{found['events']} events of {found['incidents']} incidents, {found['deliveries']} deliveries",
        f"lost: {found['lost']}",
        f"duplicates: {found['duplicates']}, of at most {found['duplicates_allowed']} by kills and ambiguous answers;"
        f" without such a reason: {found['duplicates_unexplained']}",
        f"resolved before firing: {found['resolved_before_firing']}",
        f"database inconsistent, or other than never killed: {found['other_faults']}",
        "",
        *found["breaches"],
        "the promise was broken" if found["breaches"] else "the promise was kept",
    ]
    return "\n".join(lines)
