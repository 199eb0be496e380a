"""Real processes killed with SIGKILL wherever they happen to be, again and again, then left alone once."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import ACCIDENTS, small_plan
from tests.crash.process import command, environment, run
from tests.running import Row, Station

CASES, KILLS = 6, 10
FIRST_HEAD, LAST_HEAD = 10_150, 10_370
WATCHED = ("alice", "bob", "carol")


@pytest.mark.crash
@pytest.mark.parametrize("case", range(CASES))
def test_a_checker_killed_again_and_again_ends_up_with_what_an_undisturbed_one_knows(case: int, tmp_path: Path) -> None:
    chain = _chain(seed=case)
    clock = Clock(chain.timestamp(FIRST_HEAD))
    # --json tells exactly which event was out; the other cases read what a person gets.
    arguments = ["--json"] if case % 2 else []
    with Node(chain, clock=clock, latency=0.002) as node:
        killed = _station(tmp_path / "killed", chain, clock, node)
        undisturbed = _station(tmp_path / "undisturbed", chain, clock, node)
        undisturbed.run()

        dice = random.Random(case)
        outputs = [_kill(killed, arguments, node, FIRST_HEAD - 2, dice) for _ in range(3)]  # within the first look
        outputs.append(_ended(killed.home, arguments))
        for number in range(3, KILLS):
            head = FIRST_HEAD + (LAST_HEAD - FIRST_HEAD) * (number - 2) // (KILLS - 3)
            clock.set(chain.timestamp(head))
            outputs.append(_kill(killed, arguments, node, head - 2, dice))
        outputs.append(_ended(killed.home, arguments))
        undisturbed.run()

    assert _facts(killed) == _facts(undisturbed)
    assert len(_facts(killed)["incidents"]) >= 4
    assert killed.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert killed.rows("PRAGMA foreign_key_check") == []
    assert killed.rows("SELECT event_id FROM delivery WHERE state = 'pending'") == []
    if arguments:
        _check_events(killed, outputs)
    else:
        _check_messages(killed, outputs)


def _chain(seed: int) -> Chain:
    """Its last head is as old as the wall clock wants it."""
    plan = small_plan(seed=seed, chances=ACCIDENTS)
    plan = plan.outage("alice", 10_160, 10_180).outage("bob", 10_200, 10_222).outage("alice", 10_255, 10_280)
    plan = plan.outage("carol", 10_330).unstake("carol", 10_240)
    return Chain(plan.moved_to(plan.genesis_time + int(time.time()) - Chain(plan).timestamp(LAST_HEAD)))


def _station(home: Path, chain: Chain, clock: Clock, node: Node) -> Station:
    watched = [{"address": chain.plan.baker(name).address, "name": name} for name in WATCHED]
    return Station(home, clock, [node.url], watched, ALERT_INACTIVE_STATE_THRESHOLD=100_000, IDENTIFIER="test")


def _kill(station: Station, arguments: list[str], node: Node, final: int, dice: random.Random) -> str:
    """What a process had said that was killed within its work: while it reads up to level `final`, or soon after.

    One that ended before its kill is followed by another.
    """
    said = ""
    while True:
        levels = min(100, final - (_cursor(station) or 0))
        node.requests.reset()
        asked, pause = dice.randint(1, max(levels, 2)), dice.uniform(0, 0.05)
        with tempfile.TemporaryFile("w+") as out:
            process = subprocess.Popen(command(station.home, *arguments), env=environment(), stdout=out, stderr=out)
            while node.requests.count < asked and process.poll() is None:
                time.sleep(0.002)
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause)
            process.kill()
            ended = process.wait() == 0
            out.seek(0)
            said += out.read() + "\n"
        if not ended:
            return said


def _cursor(station: Station) -> int | None:
    """None where not even the tables are there."""
    with suppress(SQLAlchemyError):
        return station.cursor()
    return None


def _ended(home: Path, arguments: list[str]) -> str:
    done = run(home, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def _facts(station: Station) -> dict[str, Any]:
    """What comes from the chain, and so must not depend on when it was read."""
    rules = "('missed_attestation', 'missed_baking', 'control_change')"
    columns = "id, target, rule, severity, opened_at, opened_level, closed_at, closed_level, close_reason, missed"
    return {
        "observations": station.rows(
            "SELECT target, duty, level, round, outcome FROM observation JOIN series ON series.id = series_id"
            " ORDER BY level, target, duty, round"
        ),
        "incidents": station.rows(f"SELECT {columns}, reopened FROM incident WHERE rule IN {rules} ORDER BY id"),
        "told": station.rows(
            "SELECT dedupe_key, severity, silent FROM event"
            f" WHERE rule IN {rules} AND kind NOT IN ('missed-incident', 'reminder') ORDER BY dedupe_key"
        ),
        "cursor": station.rows("SELECT level, hash, judged_level FROM cursor"),
    }


def _sent(station: Station) -> list[Row]:
    return station.rows(
        "SELECT event.id, incident_id, kind FROM event JOIN delivery ON event_id = event.id"
        " WHERE state = 'sent' AND channel = 'console'"
    )


def _check_events(station: Station, outputs: list[str]) -> None:
    told: list[Row] = []
    for output in outputs:
        for line in output.split("\n"):
            with suppress(ValueError):  # the document's frame, and what a kill cut off
                fact = json.loads(line.removesuffix(","))
                if isinstance(fact, dict) and "event_id" in fact:
                    told.append(fact)
    times = Counter(fact["event_id"] for fact in told)
    sent = _sent(station)
    assert {row["id"] for row in sent} == set(times)
    assert max(times.values()) <= 1 + KILLS
    opened: set[str] = set()
    for fact in told:
        assert fact["kind"] != "resolved" or fact["incident"] in opened
        opened.add(fact["incident"])


def _check_messages(station: Station, outputs: list[str]) -> None:
    blocks = [block for output in outputs for block in output.split("\n\n") if block.strip()]
    times = Counter(
        ("✅" if block.lstrip().startswith("✅") else "🔴", row["id"])
        for block in blocks
        for row in station.incidents()
        if f"#{row['id']}" in block
    )
    wanted = Counter(
        ("✅" if row["kind"] in ("resolved", "missed-incident") else "🔴", row["incident_id"])
        for row in _sent(station)
        if row["incident_id"] is not None
    )
    assert set(times) == set(wanted)
    for what, number in wanted.items():
        assert 1 <= times[what] <= number * (1 + KILLS)  # news of one incident may share a text
    told_late = {row["incident_id"] for row in _sent(station) if row["kind"] == "missed-incident"}
    for incident in {incident for _, incident in wanted} - told_late:
        first = next(block for block in blocks if f"#{incident}" in block)
        assert not first.lstrip().startswith("✅")
