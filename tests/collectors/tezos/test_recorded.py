"""Every recorded answer is read by the real parsers, and what they make of it is written down.

A file without an expectation fails: a new recording is not left unread.
"""

from __future__ import annotations

import pytest

from collectors.tezos.block import parse_block
from collectors.tezos.facts import BakingRight
from collectors.tezos.judge import observations
from collectors.tezos.rights import parse_baking_rights
from monitor.model import Observation, Outcome
from tests.collectors.tezos import recorded_answers, recorded_blocks, recorded_operations
from tests.collectors.tezos.recordings import EXPECTED, load, with_metadata
from tests.recorded import FIXTURES, recorded

FOLDER = FIXTURES / "tezos"
PARTS = (recorded_answers, recorded_blocks, recorded_operations)
"""Importing them fills the table."""


@pytest.mark.parametrize(
    "name",
    sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file()) or ["INDEX.md"],
)
def test_every_recording_is_read_as_expected(name: str) -> None:
    recorded("tezos")
    if name == "INDEX.md" or name.startswith("openapi/"):
        return
    assert name in EXPECTED, f"no expectation is written for {name}"
    EXPECTED[name](name)


def test_every_expectation_has_its_recording() -> None:
    recorded("tezos")
    assert [name for name in EXPECTED if not (FOLDER / name).is_file()] == []


def test_the_baker_of_a_reproposed_block_and_its_proposer_both_did_their_duty() -> None:
    facts = with_metadata(load("tzgo/metadata_reproposal_429176_T024_abaab.json"))
    proposer, baker = "tz1TnEtqDV9mZyts2pfMy6Jw1BTPs4LMjL8M", "tz1NNT9EERmcKekRq2vdv6e8TL3WQpY8AXSF"
    rights = (BakingRight(429176, proposer, 0, None), BakingRight(429176, baker, 1, None))
    found = observations(facts, rights, (), {proposer: 0, baker: 0}, "tezos:tallinnnet")
    assert [(row.target, row.round, row.outcome) for row in found] == [
        (proposer, 0, Outcome.REPROPOSED),
        (baker, 1, Outcome.MET),
    ]


def bakes(number: int, *watched: str) -> tuple[Observation, ...]:
    facts = parse_block(load(f"pyrometer/i_block{number}.json"))
    rights = parse_baking_rights(load(f"pyrometer/i_block{number}rights.json"))
    return observations(facts, rights, (), dict.fromkeys(watched, 0), "tezos:ghostnet")


def test_the_baker_of_a_recorded_block_met_its_right() -> None:
    baker = "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"
    assert bakes(93416, baker) == (Observation("tezos:ghostnet", baker, "baking", 93416, 0, Outcome.MET),)


def test_the_recorded_holder_of_round_0_missed_a_block_of_round_1() -> None:
    absent, baker = "tz1RuHDSj9P7mNNhfKxsyLGRDahTX5QD1DdP", "tz1TGKSrZrBpND3PELJ43nVdyadoeiM1WMzb"
    evidence = {"block_round": 1, "payload_round": 1, "baker": baker}
    assert bakes(93516, absent, baker) == (
        Observation("tezos:ghostnet", absent, "baking", 93516, 0, Outcome.MISSED, evidence),
        Observation("tezos:ghostnet", baker, "baking", 93516, 1, Outcome.MET),
    )
