"""Recorded blocks of a live network with their rights, read by the real program over HTTP as cron would run it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.node import Node
from simulator.recorded import RecordedAnswers
from tests.recorded import recorded_json

MAIN = Path(__file__).resolve().parents[2] / "main.py"
HOLDER = "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"
"""Baked 93416 at round 0."""
LATE = "tz1RuHDSj9P7mNNhfKxsyLGRDahTX5QD1DdP"
"""Held round 0 of 93516 and did not bake."""
NEXT = "tz1TGKSrZrBpND3PELJ43nVdyadoeiM1WMzb"
"""Baked 93516 at round 1."""


def _recording(level: int) -> Any:
    return recorded_json(f"tezos/pyrometer/i_block{level}.json")


def _attesters(block: Any) -> list[str]:
    """Whose attestations of the level before the block holds."""
    return [operation["contents"][0]["metadata"]["delegate"] for operation in block["operations"][0]]


def _rights(level: int, delegates: Sequence[str]) -> Any:
    held = [{"delegate": who, "first_slot": place, "endorsing_power": 5} for place, who in enumerate(delegates)]
    return {"level": level, "delegates": held}


def _answers(level: int, absent: dict[int, set[str]] | None = None) -> RecordedAnswers:
    """The block with its baking rights. Whose attestation rights came due at the level before is not recorded: here
    they are everybody who attested it, and the three above."""
    block = _recording(level)
    everybody = dict.fromkeys([*_attesters(block), HOLDER, LATE, NEXT])
    return RecordedAnswers(
        [block],
        baking_rights=recorded_json(f"tezos/pyrometer/i_block{level}rights.json"),
        attestation_rights=[_rights(level - 1, list(everybody)), _rights(level, [HOLDER, LATE, NEXT])],
        absent=absent,
    )


def _sentinel(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MAIN), *arguments, "--env-file", str(home / ".env")]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd="/", env={"PATH": "/usr/bin:/bin"}
    )


def _checked(home: Path, node: Node, *watched: str) -> subprocess.CompletedProcess[str]:
    (home / ".env").write_text(f"RPC_URL={node.url}\nBLOCK_SLIDING_WINDOW_SIZE=20\n")
    (home / "delegates.json").write_text(json.dumps([{"address": who} for who in watched]))
    return _sentinel(home, "check")


def _facts(home: Path, target: str) -> list[tuple[str, int, int, str]]:
    rows = json.loads(_sentinel(home, "history", "--target", target, "--json").stdout)
    assert {row["network"] for row in rows} <= {"tezos:ghostnet"}
    return [(row["duty"], row["level"], row["round"], row["outcome"]) for row in rows]


def _incidents(home: Path) -> dict[tuple[str, str], Any]:
    rows = json.loads(_sentinel(home, "incidents", "--all", "--json").stdout)
    return {(row["target"], row["rule"]): row for row in rows}


def test_a_block_at_round_0_is_baked_by_who_held_it(tmp_path: Path) -> None:
    block = _recording(93416)
    with Node(_answers(93416)) as node:
        ran = _checked(tmp_path, node, HOLDER, LATE)

    assert (ran.returncode, ran.stderr) == (0, "")
    attested = {True: "met", False: "missed"}
    assert _facts(tmp_path, HOLDER) == [
        ("attestation", 93415, 0, attested[HOLDER in _attesters(block)]),
        ("attestation", 93416, 0, "met"),
        ("baking", 93416, 0, "met"),
    ]
    assert _facts(tmp_path, LATE) == [
        ("attestation", 93415, 0, attested[LATE in _attesters(block)]),
        ("attestation", 93416, 0, "met"),
    ]
    assert HOLDER in _attesters(block)
    assert set(_incidents(tmp_path)) == {("source", "stale_head")}  # a recording is old


def test_a_block_at_round_1_was_missed_by_who_held_round_0(tmp_path: Path) -> None:
    with Node(_answers(93516)) as node:
        ran = _checked(tmp_path, node, HOLDER, LATE, NEXT)

    assert (ran.returncode, ran.stderr) == (0, "")
    bakes = {who: [fact for fact in _facts(tmp_path, who) if fact[0] == "baking"] for who in (HOLDER, LATE, NEXT)}
    assert bakes == {HOLDER: [], LATE: [("baking", 93516, 0, "missed")], NEXT: [("baking", 93516, 1, "met")]}
    incidents = _incidents(tmp_path)
    assert set(incidents) == {("source", "stale_head"), (LATE, "missed_baking")}
    missed = incidents[LATE, "missed_baking"]
    assert (missed["severity"], missed["missed"], missed["closed_at"]) == ("warning", 1, None)
    assert missed["evidence"]["missed_levels"] == [93516]
    assert (missed["evidence"]["round"], missed["evidence"]["baker"]) == (1, NEXT)


@pytest.mark.parametrize("level", [93416, 93516])
def test_who_stands_in_the_block_attested_the_level_before_and_nobody_else(level: int, tmp_path: Path) -> None:
    attesters = _attesters(_recording(level))
    absent = [who for who in (HOLDER, LATE, NEXT) if who not in attesters]
    with Node(_answers(level, absent={level: {NEXT}})) as node:
        _checked(tmp_path, node, *attesters, *absent)

    for who in (*attesters[::7], *absent):
        before = [fact[3] for fact in _facts(tmp_path, who) if fact[:2] == ("attestation", level - 1)]
        assert before == ["met" if who in attesters else "missed"]
    assert ("attestation", level, 0, "missed") in _facts(tmp_path, NEXT)
    assert ("attestation", level, 0, "met") in _facts(tmp_path, HOLDER)
