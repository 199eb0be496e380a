"""What scripts read is in docs/bittensor.md."""

from __future__ import annotations

import re

import pytest

from simulator.subtensor.chain import Chain
from tests.docs.documents import text
from tests.monitor.commands.bittensor.conftest import BY_OWNER
from tests.monitor.commands.bittensor.looker import Looker

COMMANDS: tuple[tuple[object, ...], ...] = (
    ("subnets",),
    ("subnet", "--netuid", 1),
    ("hyperparameters", "--netuid", 1),
    ("metagraph", "--netuid", 1),
    ("neuron", "--netuid", 1, "--uid", 0),
    ("dividends", "--netuid", 1),
    ("apy", "--netuid", 1, "--epochs", 1),
    ("block",),
    ("extrinsics", "--hyperparams"),
    ("events",),
    ("runtime",),
)
EVERYWHERE = {"network", "block", "hash", "netuid"}


def told(command: object) -> set[str]:
    document = text("docs/bittensor.md")
    (line,) = re.findall(rf"^- `{command}`:(.*?)(?=^- |\n\n)", document, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"`(\w+)`", line))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_every_field_is_documented(lite: Looker, chain: Chain, command: tuple[object, ...]) -> None:
    row = lite.rows(*command, "--block", chain.plan.block_at(BY_OWNER))[0]
    known = told(command[0]) | (told("metagraph") if command[0] == "neuron" else set())
    assert list(row)[:3] == ["network", "block", "hash"]
    assert set(row) - EVERYWHERE <= known
