"""`make demo`: what a new user sees first."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.chain import Outcome
from simulator.demo import bittensor, play
from simulator.demo.bittensor_scene import BittensorScene
from simulator.demo.home import Home
from simulator.demo.narrator import Narrator, crontab_line
from simulator.demo.tezos_scene import TezosScene
from simulator.node import Node

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_790_000_000


def started(temporary: Path, *command: str) -> subprocess.Popen[str]:
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1", "RPC_URL": "http://127.0.0.1:1"}
    whole = [sys.executable, *(command or ("-m", "simulator", "demo"))]
    return subprocess.Popen(
        whole, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def test_the_demo_tells_an_alert_and_its_recovery_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with started(tmp_path) as demo:
        told, complaints = demo.communicate(timeout=150)
    assert complaints == ""
    assert demo.returncode == 0
    alert, back, recovery = (told.index(text) for text in ("attestations stopped", "is back", "attesting again"))
    assert alert < back < recovery
    assert "Only you" in told
    assert "heidi   99/99" in told
    assert told.index("$ python main.py status") < told.index("$ python main.py incidents --all")
    assert told.rstrip().endswith(crontab_line())
    assert told.count("What next") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_bittensor_chapter_tells_of_weights_a_miner_and_a_hyperparameter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")
    monkeypatch.setattr(bittensor, "PAUSE", 0)
    said = io.StringIO()
    assert bittensor.play_bittensor(tmp_path, Narrator(said)) is None
    told = said.getvalue()
    places = [
        told.index(text)
        for text in (
            "somebody registers",
            "miner-3: 2 UIDs from deregistration",
            "val-F: no weights",
            "the owner shortens",
            "immunity_period 300 → 100 blocks",
            "val-F sets weights again",
            "val-F: weights set again",
            "$ python main.py status",
        )
    ]
    assert places == sorted(places)


def test_without_the_decoder_the_chapter_says_so_and_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bittensor_core", None)  # makes its import fail
    said = io.StringIO()
    assert bittensor.play_bittensor(tmp_path, Narrator(said)) is None
    assert said.getvalue().strip().splitlines() == [
        "Bittensor is left out: bittensor-core is not installed (requirements-bittensor.txt)."
    ]


def test_the_bittensor_chapter_ends_at_the_real_now() -> None:
    scene = BittensorScene.ending(NOW)
    assert list(scene.ticks())[-1] == NOW
    assert all(moment < NOW for moment, _ in scene.moments)


def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    with started(tmp_path) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "tick 1" in line:
                break
        demo.send_signal(signal.SIGINT)
        told, complaints = demo.communicate(timeout=60)
    assert (demo.returncode, complaints) == (play.INTERRUPTED, "")
    assert "Nothing is left behind" in told
    assert list(tmp_path.iterdir()) == []


def test_a_demo_without_an_alert_fails(tmp_path: Path) -> None:
    at_once = "import sys; from simulator.demo import play, tezos; tezos.LONGEST = 1; sys.exit(play.play())"
    with started(tmp_path, "-c", at_once) as demo:
        told, complaints = demo.communicate(timeout=60)
    assert (demo.returncode, complaints) == (1, "")
    assert told.rstrip().endswith("no alert was told.")


def test_the_outage_is_long_enough_to_alert_and_costs_one_bake() -> None:
    scene = TezosScene.starting(NOW)
    first, last = (scene.chain.head_at(at) for at in (scene.stops_at, scene.back_at))
    facts = scene.chain.truth(scene.stopping.address, first, last + 12)
    missed = [fact.duty for fact in facts if fact.outcome is Outcome.MISSED]
    assert missed.count("attestation") == last - first
    assert missed.count("baking") == 1
    after = [fact.outcome for fact in facts if fact.level >= last]
    assert after.count(Outcome.MET) == len(after) > 12
    assert all(fact.outcome is Outcome.MET for fact in scene.chain.truth(scene.healthy.address, first, last + 12))


def test_the_head_is_at_the_real_now() -> None:
    scene = TezosScene.starting(NOW)
    assert scene.chain.timestamp(scene.chain.head_at(NOW)) == NOW


def test_no_incident_is_known_where_nothing_ran(tmp_path: Path) -> None:
    with Node(TezosScene.starting(NOW).chain) as node:
        assert Home(tmp_path, {"RPC_URL": node.url}, []).incidents() == []
