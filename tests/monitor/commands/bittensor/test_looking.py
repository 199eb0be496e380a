"""Where a look is read, and how it ends where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from main import main
from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import small_plan
from tests.monitor.commands.bittensor.conftest import OFFSET
from tests.monitor.commands.bittensor.looker import Looker

ROOT = Path(__file__).parents[4]


def test_dropped_state_is_asked_of_the_archive(archived: Looker, chain: Chain) -> None:
    old = chain.plan.block_at(20)
    rows = archived.rows("metagraph", "--netuid", 1, "--block", old)
    assert [row["emission_alpha_rao"] for row in rows] == list(chain.value(old, "Emission", 1))


def test_without_an_archive_one_line_names_its_setting(lite: Looker, chain: Chain) -> None:
    old = chain.plan.block_at(20)
    line = f"sentinel: the state of block {old} is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set"
    assert lite.refused("metagraph", "--netuid", 1, "--block", old) == (2, line)


def test_an_archive_of_another_chain_is_not_read(nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path) -> None:
    other = Chain(small_plan(genesis="0x" + 32 * "ab"))
    with SubtensorNode(other, clock=Clock(other.timestamp(other.plan.block_at(50))), archive=True) as node:
        looker = Looker(tmp_path, nodes[0].url, node.url)
        code, line = looker.refused("block", "--block", other.plan.block_at(20))
    assert (code, line) == (1, "sentinel: BITTENSOR_ARCHIVE_NETWORK is on another chain")


def test_a_block_that_is_not_final_is_not_looked_at(lite: Looker, chain: Chain) -> None:
    code, line = lite.refused("block", "--block", chain.plan.block_at(OFFSET))
    assert code == 2
    assert "is not final yet: the newest one is" in line


def test_a_subnet_and_a_uid_that_are_not_there(lite: Looker) -> None:
    assert lite.refused("metagraph", "--netuid", 77)[0] == 2
    assert "there is no subnet 77" in lite.refused("dividends", "--netuid", 77)[1]
    assert "nobody holds uid 200 of subnet 1" in lite.refused("neuron", "--netuid", 1, "--uid", 200)[1]
    assert "root network has no epochs" in lite.refused("apy", "--netuid", 0)[1]


def test_network_is_a_websocket_address_or_a_name(lite: Looker, nodes: tuple[SubtensorNode, SubtensorNode]) -> None:
    node = nodes[1].url.replace("http://", "ws://")
    assert lite.rows("block", "--network", node) == lite.rows("block")
    code, line = lite.refused("block", "--network", "finny")
    assert code == 2
    assert "--network entry 1 is not an address: write ws://host:9944, http://… or one of finney, lite" in line


def test_a_node_that_does_not_answer_is_one_line(lite: Looker) -> None:
    assert lite.refused("subnets", "--network", "ws://127.0.0.1:1") == (1, "sentinel: 127.0.0.1#1: connection refused")


def test_the_next_node_is_asked_where_the_first_does_not_answer(
    nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path
) -> None:
    assert len(Looker(tmp_path, f"http://127.0.0.1:1,{nodes[0].url}").rows("subnets")) == 4


def test_the_next_node_is_asked_for_what_the_first_does_not_keep(
    nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path, chain: Chain
) -> None:
    looker = Looker(tmp_path, f"{nodes[0].url},{nodes[1].url}")
    assert looker.rows("block", "--block", chain.plan.block_at(20))[0]["block"] == chain.plan.block_at(20)


def test_the_next_node_is_asked_for_a_block_that_the_first_does_not_have_yet(
    nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path, chain: Chain
) -> None:
    behind = Clock(chain.timestamp(chain.plan.block_at(OFFSET - 60)))
    wanted = chain.plan.block_at(OFFSET - 20)
    with SubtensorNode(chain, clock=behind) as lagging:
        looker = Looker(tmp_path, f"{lagging.url},{nodes[0].url}")
        assert looker.rows("block", "--block", wanted)[0]["block"] == wanted
        code, line = Looker(tmp_path, lagging.url).refused("block", "--block", wanted)
    assert (code, f"block {wanted} is not final yet" in line) == (2, True)


def test_without_the_decoder_the_file_to_install_is_named(lite: Looker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bittensor_core", None)
    code, line = lite.refused("subnets")
    assert code == 2
    assert "pip install -r requirements-bittensor.txt" in line


def test_without_a_bittensor_node_the_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RPC_URL=http://127.0.0.1:1", encoding="utf-8")
    done = CliRunner().invoke(main, ["bittensor", "subnets", "--env-file", str(tmp_path / ".env")])
    assert done.exit_code == 2
    assert "BITTENSOR_RPC_URL is not set" in done.stderr


def test_a_hotkey_that_is_no_address_is_refused(lite: Looker) -> None:
    done = lite.run("neuron", "--netuid", 1, "--hotkey", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")
    assert done.exit_code == 2
    assert "checksum" in done.stderr
    assert lite.run("neuron", "--netuid", 1).exit_code == 2


@pytest.mark.parametrize(
    "command",
    [("hyperparameters", "--netuid", 1), ("metagraph", "--netuid", 1), ("dividends", "--netuid", 1)],
    ids=lambda words: words[0],
)
def test_a_look_takes_few_requests(
    lite: Looker, nodes: tuple[SubtensorNode, SubtensorNode], command: tuple[object, ...]
) -> None:
    lite.run(*command)  # the runtime's metadata are on disk from here on
    before = len(nodes[0].requests.matching())
    lite.run(*command)
    assert len(nodes[0].requests.matching()) - before <= 8


def test_a_node_of_another_network_than_the_settings_is_not_read(
    nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path
) -> None:
    looker = Looker(tmp_path, nodes[0].url)
    looker.env.write_text(f"{looker.env.read_text()}\nBITTENSOR_NETWORK=test", encoding="utf-8")
    code, line = looker.refused("subnets")
    assert code == 1
    assert "BITTENSOR_NETWORK: the node is on finney" in line
    assert looker.run("subnets", "--network", nodes[0].url).exit_code == 0


def printed(node: SubtensorNode, home: Path, stdout: IO[bytes] | int, **environ: str) -> tuple[int, bytes, str]:
    (home / ".env").write_text(f"BITTENSOR_RPC_URL={node.url}", encoding="utf-8")
    command = [sys.executable, "main.py", "bittensor", "subnets", "--env-file", str(home / ".env")]
    done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, env=os.environ | environ)
    return done.returncode, done.stdout or b"", done.stderr.decode()


def test_what_the_terminal_cannot_show_is_a_question_mark(
    nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path
) -> None:
    code, text, errors = printed(nodes[0], tmp_path, subprocess.PIPE, PYTHONIOENCODING="latin-1")
    assert (code, errors) == (0, "")
    assert b"?" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_does_not_fit_is_one_line(nodes: tuple[SubtensorNode, SubtensorNode], tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        code, _, errors = printed(nodes[0], tmp_path, full)
    assert (code, errors) == (1, "sentinel: standard output failed: No space left on device\n")
