"""The benchmarks measure what they say. No time is asserted here: a test machine is busy."""

from __future__ import annotations

import json

import pytest

from bench import bittensor, outbox, rate_limit, requests_per_block
from bench.__main__ import BENCHMARKS, main
from bench.checker import Checker
from bench.figure import Figure, Size, at_least, at_most, table
from bench.node import BenchNode
from bench.throughput import plain_speed

TINY = Size(0.01)


def test_a_bound_is_kept_up_to_its_value_and_not_beyond() -> None:
    assert at_most("requests", 1.2, 1.2).ok
    assert not at_most("requests", 1.21, 1.2).ok
    assert at_least("speed", 128, 128).ok
    assert not at_least("speed", 127.9, 128).ok
    assert Figure("for comparison", 5).ok


def test_the_table_says_which_bound_failed() -> None:
    lines = table([at_most("quick", 2, 1, "s"), at_least("many", 20, 10), Figure("seen", 3)]).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["quick", "2", "s", "<=", "1", "FAILED"],
        ["many", "20", ">=", "10", "ok"],
        ["seen", "3"],
    ]


def test_a_failed_bound_is_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(BENCHMARKS, "quiet", lambda size: [at_most("figure", 2, 1)])
    assert main(["quiet", "--json"]) == 1
    (figure,) = json.loads(capsys.readouterr().out)["figures"]
    assert (figure["name"], figure["measured"], figure["bound"], figure["ok"]) == ("figure", 2, 1, False)
    monkeypatch.setitem(BENCHMARKS, "quiet", lambda size: [at_most("figure", 1, 1)])
    assert main(["quiet"]) == 0


def test_an_unknown_benchmark_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["qiuet"])
    assert ended.value.code == 2
    assert "qiuet" in capsys.readouterr().err


def test_requests_per_block_keep_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests_per_block, "DELEGATES", (3,))
    figures = requests_per_block.figures(TINY)
    assert all(figure.ok and figure.measured > 1 for figure in figures), table(figures)


def test_requests_of_a_bittensor_minute_keep_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("bittensor_core", reason="the decoder is not installed")
    monkeypatch.setattr(bittensor, "HOTKEYS", (2,))
    monkeypatch.setattr(bittensor, "NEURONS", 16)
    figures = bittensor.figures(Size(0.2))
    assert all(figure.ok and figure.measured > 1 for figure in figures), table(figures)


def test_a_rate_limit_slows_down_and_falsifies_nothing() -> None:
    figures = rate_limit.figures(TINY)
    assert all(figure.ok for figure in figures), table(figures)


def test_the_plain_script_and_the_checker_conclude_the_same() -> None:
    with BenchNode(levels=40) as node, Checker(node.url, node.addresses[:2], first_look=30) as checker:
        assert sum(run.levels for run in checker.catch_up()) == 30
        assert plain_speed(node, checker, 2, 5) > 0  # raises where they differ
        again = checker.check()
        assert again.levels == again.behind == 0
        assert again.process.peak > 10


def test_a_backlog_is_told_whole_and_within_the_rates() -> None:
    figures = {figure.name: figure for figure in outbox.figures(TINY)}
    assert figures["pending deliveries"].measured == figures["deliveries in the run"].measured == 60 * 10
    kept = ("left for the console and CloudWatch", "messages refused for their rate or size")
    assert all(figures[name].ok for name in kept), table([*figures.values()])
    assert figures["Telegram, seconds between two messages"].ok
