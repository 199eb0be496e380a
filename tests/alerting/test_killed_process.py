"""A real process, killed between its send and the record of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.model import EventKind
from tests.alerting.stage import Scripted, Stage
from tests.monitor.state_values import address

pytestmark = pytest.mark.usefixtures("both_databases")

ROOT = Path(__file__).parents[2]


def doomed(stage: Stage, paper: Path, run: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "tests.alerting.doomed_run", address(stage.engine), str(paper), str(run)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.crash
def test_a_kill_after_the_send_loses_nothing_and_brings_one_duplicate(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Scripted("phone"))
    stage.now = int(time.time())
    for incident in ("aaaaaa", "bbbbbb", "cccccc"):
        stage.tell(EventKind.FIRING, incident)
    paper = tmp_path / "paper"

    first = doomed(stage, paper, run=1)
    assert first.stdout is not None
    assert first.stdout.readline() == "sent\n"
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert paper.read_text().split() == ["aaaaaa"]
    assert stage.states("phone") == [("firing", "pending")] * 3

    output, _ = doomed(stage, paper, run=2).communicate(timeout=30)
    assert output == "0\n"
    assert paper.read_text().split() == ["aaaaaa", "aaaaaa", "bbbbbb", "cccccc"]
    assert stage.states("phone") == [("firing", "sent")] * 3
