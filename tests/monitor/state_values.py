"""Small facts of a made-up chain, and a database to put them in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, select

from monitor.database import open_database, reading, writing
from monitor.model import Batch, Block, CoverageGap, Observation, Outcome
from monitor.schema_version import prepare
from monitor.state import store_batch
from tests.databases import url_in

NETWORK = "tezos:mainnet"
ALICE = "tz1alice"
BOB = "tz1bob"
GENESIS_TIME = 1_700_000_000
BLOCK_SECONDS = 8
ROOT = Path(__file__).parents[2]


def fresh(folder: Path) -> Engine:
    engine = open_database(url_in(folder))
    prepare(engine)
    return engine


def address(engine: Engine) -> str:
    """For another process."""
    return engine.url.render_as_string(hide_password=False)


def block(level: int, network: str = NETWORK, fork: str = "") -> Block:
    """`fork` marks blocks of another branch; its first block still follows the common one."""
    return Block(
        network=network,
        level=level,
        hash=f"B{level}{fork}",
        predecessor=f"B{level - 1}",
        timestamp=GENESIS_TIME + BLOCK_SECONDS * level,
        round=0,
        payload_round=0,
        cycle=level // 100,
        cycle_position=level % 100,
        attested_power=6_000,
        committee_power=7_000,
    )


def attested(
    level: int, outcome: Outcome = Outcome.MET, target: str = ALICE, network: str = NETWORK, **evidence: Any
) -> Observation:
    return Observation(network, target, "attestation", level, 0, outcome, evidence or None)


def baked(
    level: int, outcome: Outcome = Outcome.MET, target: str = ALICE, round_: int = 0, network: str = NETWORK
) -> Observation:
    return Observation(network, target, "baking", level, round_, outcome, None)


def batch(first: int, last: int, *facts: Observation, gaps: tuple[CoverageGap, ...] = ()) -> Batch:
    """The blocks first..last, with these facts."""
    return Batch(NETWORK, tuple(block(level) for level in range(first, last + 1)), facts, gaps=gaps)


def attesting(first: int, last: int, *targets: str) -> Batch:
    """The blocks first..last, everyone attesting in each."""
    return batch(first, last, *(attested(n - 1, target=who) for n in range(first, last + 1) for who in targets))


def put(engine: Engine, *batches: Batch, now: int = 1) -> None:
    for one in batches:
        with writing(engine) as connection:
            store_batch(connection, one, now, first_look_level=0)


def rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    """The whole table, by its primary key."""
    with reading(engine) as connection:
        query = select(table).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]


def start_process(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another Python with this project importable. Its first line of output says that it is where `code` wants it."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
