"""One line and an exit code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from main import main
from monitor.commands.nagios import run_nagios
from monitor.nagios import CRITICAL, OK, UNKNOWN, WARNING, Summary, summary, unknown, verdict
from tests.monitor.commands.desk import BACK, DOWN, desk

CALM = Summary(run_age=42, run_outcome="ok", critical=(), warning=(), broken=(), undelivered=0, waiting_for=0, gaps=0)


@pytest.mark.parametrize(
    ("seen", "code", "said"),
    [
        (CALM, OK, "nothing is open"),
        (replace(CALM, warning=("alice missed_baking #a1f3c2",)), WARNING, "alice missed_baking #a1f3c2"),
        (replace(CALM, critical=("alice missed_attestation #a1f3c2",)), CRITICAL, "alice missed_attestation #a1f3c2"),
        (replace(CALM, broken=("telegram",)), WARNING, "channel telegram is broken"),
        (replace(CALM, undelivered=3, waiting_for=700), WARNING, "3 messages not told for 11 min"),
        (replace(CALM, undelivered=3, waiting_for=60), OK, "nothing is open"),
        (replace(CALM, gaps=1), WARNING, "1 coverage gap within a day"),
        (replace(CALM, run_outcome="partial"), WARNING, "the last run ended with: partial"),
        (replace(CALM, run_outcome=None), OK, "nothing is open"),
        (replace(CALM, run_age=181), CRITICAL, "no run for 3 min"),
        (replace(CALM, run_age=None), UNKNOWN, "there was no run yet"),
    ],
)
def test_the_worst_decides(seen: Summary, code: int, said: str) -> None:
    found, line = verdict(seen, 180)
    assert found == code
    assert line.startswith(f"SENTINEL {('OK', 'WARNING', 'CRITICAL', 'UNKNOWN')[code]}: ")
    assert said in line.partition(" | ")[0]


def test_many_reasons_are_cut_and_counted_and_stay_one_line_with_one_bar() -> None:
    seen = replace(CALM, critical=tuple(f"ba|ker\n{number} deactivated #a{number}" for number in range(9)))
    code, line = verdict(seen, 180)
    assert (code, line.count("|"), line.count("\n")) == (CRITICAL, 1, 0)
    assert ", and 5 more | critical=9 " in line


def test_of_a_real_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert run_nagios(at.station.configuration, at.clock) == OK
        assert capsys.readouterr().out.startswith("SENTINEL OK: nothing is open | critical=0 warning=0 undelivered=0")
        at.until(DOWN + 30)
        assert run_nagios(at.station.configuration, at.clock) == CRITICAL
        assert "alice missed_attestation #" in capsys.readouterr().out
        at.until(BACK + 20)
        at.scene.clock.advance(1000)
        assert run_nagios(at.station.configuration, at.clock) == CRITICAL
        assert "no run for 16 min" in capsys.readouterr().out


def test_what_cannot_be_read_is_unknown_and_neither_warning_nor_critical(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RPC_URL=http://127.0.0.1:1\n")
    done = CliRunner().invoke(main, ["status", "--nagios", "--env-file", str(tmp_path / ".env")])
    assert (done.exit_code, done.output.startswith("SENTINEL UNKNOWN: state.db: not there yet")) == (UNKNOWN, True)
    (tmp_path / ".env").write_text("RPC_TIMEOUT=never\n")
    done = CliRunner().invoke(main, ["status", "--nagios", "--env-file", str(tmp_path / ".env")])
    assert (done.exit_code, done.output.startswith("SENTINEL UNKNOWN: ")) == (UNKNOWN, True)
    assert unknown("a | b\nc") == "SENTINEL UNKNOWN: a / b c"


def test_the_summary_of_an_empty_state_has_no_run(tmp_path: Path) -> None:
    from monitor.database import reading
    from tests.monitor.state_values import fresh

    with reading(fresh(tmp_path)) as connection:
        assert summary(connection, 0).run_age is None
