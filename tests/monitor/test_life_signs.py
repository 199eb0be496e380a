"""What a dead man's switch hears of real runs: that they began, how they went, and no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerting.errors import Broken
from monitor.config.problem import ConfigError, Problem
from monitor.life_signs import status_text, tell_unusable
from monitor.report import NetworkReport, Report
from simulator import faults
from simulator.heartbeat import Heartbeat
from simulator.plan import small_plan
from tests.alerting.stage import Scripted
from tests.monitor.config.addresses import ALICE
from tests.scenes import Scene, play

START = 10_150
CANARY = "canary-5bf66975"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with play(small_plan(seed=7), START, tmp_path) as made:
        yield made


@pytest.fixture
def switch() -> Iterator[Heartbeat]:
    with Heartbeat(CANARY) as running:
        yield running


def test_a_run_that_did_its_work_begins_and_succeeds_under_one_id(scene: Scene, switch: Heartbeat) -> None:
    report = scene.station(*scene.named("alice"), HEARTBEAT_URL=switch.address).run()
    assert report.warnings == []
    assert switch.signals == ["start", "success"]
    assert switch.pings[0].rid == switch.pings[1].rid
    assert switch.pings[1].body == f"run 1 ok: tezos:mainnet at level {START - 2}; 0 open, 0 told, 0 waiting"


def test_a_network_that_could_not_be_read_is_a_failure(scene: Scene, switch: Heartbeat) -> None:
    station = scene.station(*scene.named("alice"), HEARTBEAT_URL=switch.address, RPC_TIMEOUT=1)
    station.run()
    with scene.node.faults.during(faults.status(502)):
        station.minutes(1)
    station.minutes(1)
    assert switch.signals == ["start", "success", "start", "fail", "start", "success"]
    assert "tezos:mainnet not read" in switch.pings[3].body
    assert scene.node.url not in switch.pings[3].body


def test_a_broken_channel_is_a_failure_until_it_takes_messages_again(scene: Scene, switch: Heartbeat) -> None:
    phone = Scripted("phone")
    phone.script = [Broken("403 Forbidden: bot was kicked from the supergroup chat")]
    with scene.node.faults.during(faults.status(502)):
        station = scene.station(
            *scene.named("alice"), channels={"phone": phone}, HEARTBEAT_URL=switch.address, RPC_TIMEOUT=1
        )
        station.run()
        station.minutes(5)
    station.minutes(1)
    assert switch.signals[-1] == "fail"
    assert "channel phone broken" in switch.pings[-1].body
    station.minutes(16)
    assert switch.signals[-1] == "success"


def test_an_invalid_watch_list_is_a_failure_though_the_run_goes_on(scene: Scene, switch: Heartbeat) -> None:
    station = scene.station(*scene.named("alice"), HEARTBEAT_URL=switch.address)
    station.run()
    station.watch("[")
    station.minutes(1)
    assert switch.signals[2:] == ["start", "fail"]
    assert "delegates.json:1" in switch.pings[-1].body


@pytest.mark.parametrize("fault", [faults.hang(), faults.status(404), faults.reset()], ids=lambda fault: fault.kind)
def test_a_switch_that_fails_fails_no_run(scene: Scene, switch: Heartbeat, fault: faults.Fault) -> None:
    switch.faults.add(fault)
    begun = time.monotonic()
    report = scene.station(*scene.named("alice"), HEARTBEAT_URL=switch.address).run()
    assert report.exit_code == 0
    assert report.problems == []
    assert any(warning.startswith("heartbeat not sent: ") for warning in report.warnings)
    assert CANARY not in json.dumps(report.to_value())
    assert time.monotonic() - begun < 10


def test_metrics_that_nobody_takes_fail_no_run(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    report = scene.station(*scene.named("alice"), CLOUDWATCH_METRICS_NAMESPACE="Sentinel").run()
    assert (report.exit_code, report.warnings) == (0, ["metrics not sent: no connection"])


def test_metrics_count_the_rights_that_a_run_found_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with play(small_plan(seed=7).outage("alice", START, START + 2), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), CLOUDWATCH_METRICS_NAMESPACE="Sentinel")
        missed = [station.run().missed, station.minutes(1).missed, station.minutes(1).missed]
        rights = station.history(address_of_alice(scene))
    expected = [row for row in rights if row["outcome"] == "missed" and row["round"] == 0]
    assert sum(count or 0 for count in missed) == len(expected) > 0
    assert missed[0] == missed[2] == 0


def address_of_alice(scene: Scene) -> str:
    return scene.chain.plan.baker("alice").address


def config_error() -> ConfigError:
    return ConfigError([Problem(".env", 3, "TELEGRAM_CHAT_ID", f'"{CANARY}-elsewhere" is not the id of a chat', "fix")])


def test_a_configuration_that_cannot_be_used_is_a_failure(tmp_path: Path, switch: Heartbeat) -> None:
    (tmp_path / ".env").write_text(f"RPC_URL=nonsense\nHEARTBEAT_URL={switch.address}\n")
    tell_unusable(None, {}, tmp_path, config_error())
    (ping,) = switch.pings
    assert (ping.signal, ping.body) == ("fail", "configuration: 1 fault(s)\n.env:3 TELEGRAM_CHAT_ID")


def test_the_environment_alone_may_name_the_switch(tmp_path: Path, switch: Heartbeat) -> None:
    tell_unusable(tmp_path / "missing.env", {"HEARTBEAT_URL": switch.address}, tmp_path, config_error())
    assert switch.signals == ["fail"]


@pytest.mark.parametrize("line", ["", "HEARTBEAT_URL=nonsense", "HEARTBEAT_URL="])
def test_without_a_usable_address_nobody_is_called(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")
    tell_unusable(None, {}, tmp_path, config_error())


def test_the_command_tells_the_switch_of_a_configuration_it_cannot_use(tmp_path: Path, switch: Heartbeat) -> None:
    from click.testing import CliRunner

    from main import main

    (tmp_path / ".env").write_text(f"RPC_URL=nonsense\nHEARTBEAT_URL={switch.address}\n")
    (tmp_path / "delegates.json").write_text(json.dumps([{"address": ALICE}]))
    for command in ("check", "status"):
        result = CliRunner().invoke(main, [command, "--env-file", str(tmp_path / ".env")])
        assert result.exit_code == 2
        assert CANARY not in result.output
    assert switch.signals == ["fail"], "only a run has a heartbeat"


def test_no_address_is_in_the_status_whatever_a_problem_quotes() -> None:
    network = NetworkReport("tezos:mainnet", 0, None, None, None, 0, f"no answer of https://node/{CANARY}?x=1")
    report = Report(run=7, networks=[network], problems=[f"cannot record: postgresql://u:{CANARY}@h/db is gone"])
    report.worsen(1)
    text = status_text(report)
    assert text.startswith("run 7 partial: tezos:mainnet not read (no answer of …")
    assert CANARY not in text
