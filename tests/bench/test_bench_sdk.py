"""What is measured against the Bittensor SDK; nothing is installed for a test. No time is asserted here."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import sdk_environment
from bench.__main__ import BENCHMARKS, main
from bench.figure import Figure, NotMeasured, Size
from bench.process import ROOT, Done
from bench.sdk import compare, figures
from bench.sdk_environment import GIVEN, sdk_python


def _absent(size: Size) -> Sequence[Figure]:
    raise NotMeasured("there is none")


def test_what_cannot_be_measured_is_said_and_has_no_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(BENCHMARKS, "sdk", _absent)
    assert main(["sdk"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["sdk was not measured: there is none"]
    assert main(["sdk", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["figures"], told["not_measured"]) == ([], {"sdk": "there is none"})


def test_an_environment_without_the_sdk_is_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(GIVEN, str(tmp_path))
    with pytest.raises(NotMeasured, match=GIVEN):
        sdk_python()


def test_another_version_of_the_sdk_is_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(GIVEN, str(tmp_path))
    for other in ("11.30.0", "12.0"):
        monkeypatch.setattr(sdk_environment, "_version", lambda python, other=other: other)
        with pytest.raises(NotMeasured, match=other):
            sdk_python()
    monkeypatch.setattr(sdk_environment, "_version", lambda python: "11.3.0")
    assert sdk_python() == tmp_path / "bin" / "python"


def test_an_installation_that_fails_is_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(GIVEN, raising=False)
    monkeypatch.setattr(sdk_environment, "KEPT", ROOT / ".venv" / "none")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(NotMeasured, match=r"11\.3 could not be installed: FileNotFoundError"):
        sdk_python()


def test_readers_that_differ_are_an_error() -> None:
    told = {f"p{number}": number for number in range(30)}
    parameters = [{"name": name, "value": value} for name, value in told.items()]
    paid = [{"hotkey": "5a", "alpha_rao": 7}]
    ours = _printed([{"metagraph": [{"hotkey": "5a"}], "hyperparameters": parameters, "dividends": paid}])
    theirs = [[0, "5a", 1, 0.5]], told, [[["5a", 7]], []]
    compare(ours, _printed(*theirs), neurons=1)
    for wrong in (
        ([[0, "5b", 1, 0.5]], *theirs[1:]),
        (theirs[0], {**told, "p3": 4}, theirs[2]),
        (*theirs[:2], [[["5a", 8]], []]),
    ):
        with pytest.raises(RuntimeError, match="did not read the same"):
            compare(ours, _printed(*wrong), neurons=1)


@pytest.mark.skipif(GIVEN not in os.environ, reason=f"{GIVEN} names no environment with the SDK")
def test_both_sides_are_measured_where_the_sdk_is() -> None:
    pytest.importorskip("bittensor_core", reason="the decoder is not installed")
    assert all(figure.measured > 0 for figure in figures(Size(0.01)))


def _printed(*documents: object) -> Done:
    return Done(0, 1.0, 1.0, 1.0, "".join(f"{json.dumps(one)}\n" for one in documents), "")
