"""The commands on a database of Bittensor: a validator with stale weights, and a miner that is near its end."""

from __future__ import annotations

import json

import pytest

from monitor.commands.ack import run_ack
from monitor.commands.explain import run_explain
from monitor.commands.history import run_history
from monitor.commands.incidents import run_incidents
from monitor.commands.nagios import run_nagios
from monitor.commands.silence import run_silence
from monitor.commands.status import run_status
from monitor.commands.test_alert import run_test_alert
from simulator.clock import Clock
from simulator.demo.bittensor_scene import LAST_MINER, STALE_VALIDATOR, BittensorScene
from simulator.subtensor.node import SubtensorNode
from tests.running import RunClock, Station

pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")

NOW = 1_795_262_400
SCENE = BittensorScene.ending(NOW)
STALE = f"18/{SCENE.plan.hotkey(STALE_VALIDATOR)}"
MINER = f"18/{SCENE.plan.hotkey(LAST_MINER)}"
Printed = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """After the first four ticks of the demo. The validator is watched on whatever subnet it is registered."""
    clock = Clock(0)
    with SubtensorNode(SCENE.chain, clock=clock) as node:
        home = tmp_path_factory.mktemp("bittensor")
        found = Station(home, clock, [], RPC_URL=None, BITTENSOR_RPC_URL=node.url)
        watched = SCENE.watched()
        del watched["bittensor"]["hotkeys"][0]["netuids"]
        watched["bittensor"]["coldkeys"] = [{"coldkey": SCENE.plan.coldkey(STALE_VALIDATOR), "name": "wallet"}]
        found.watch(watched)
        for at in list(SCENE.ticks())[:4]:
            clock.set(at)
            assert found.run().problems == []
    assert found.open_rules() == ["dereg_risk", "weights_stale"]
    return found


def number(station: Station, rule: str) -> str:
    (incident,) = station.incidents(rule)
    return f"#{incident['id']}"


def test_status_shows_what_was_last_seen_of_each_target(station: Station, capsys: Printed) -> None:
    run_status(station.configuration, as_json=False)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    rows = {" ".join(line.split()[:2]): line for line in lines if line.startswith(("sn", "wallet"))}
    assert list(rows) == ["sn0 val-F", "sn18 translators", "sn18 miner-3", "sn18 miner-7", "sn18 val-F", "wallet"]
    assert "miner, incentive 1.3 %, 2 UIDs before it" in rows["sn18 miner-3"]
    assert rows["sn18 miner-3"].endswith(number(station, "dereg_risk"))
    assert "validator, weights 8 min old, trust 0.9" in rows["sn18 val-F"]
    assert rows["sn18 val-F"].endswith(number(station, "weights_stale"))
    assert not any("ATTESTED" in line for line in lines)


def test_status_says_what_is_not_judged_and_goes_on_saying_it(station: Station, capsys: Printed) -> None:
    run_status(station.configuration, as_json=False)
    printed = capsys.readouterr().out
    said = "not checked: sn18 val-F: reveal_missing: weights are not committed on this subnet"
    assert printed.count(said) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.commands.status._skipped", lambda run, network: [])  # a run that had nothing to judge
        run_status(station.configuration, as_json=False)
    assert said in capsys.readouterr().out


def test_scripts_get_the_newest_values(station: Station) -> None:
    (network,) = station.status()
    values = {target["target"]: target["values"] for target in network["targets"]}
    assert values[MINER]["prune_rank"] == {"level": 9_120_174, "value": 2.0}
    assert values[STALE]["last_update"] == {"level": 9_120_135, "value": 9_120_135.0}


def test_incidents_and_nagios_name_the_subnet_too(station: Station, capsys: Printed) -> None:
    run_incidents(station.configuration, False, False)
    assert "sn18 val-F    weights_stale" in capsys.readouterr().out
    assert run_nagios(station.configuration, RunClock(station.clock)) == 2
    assert f"sn18 miner-3 dereg_risk {number(station, 'dereg_risk')}" in capsys.readouterr().out


def test_explain_shows_the_values_behind_it(station: Station, capsys: Printed) -> None:
    run_explain(station.configuration, number(station, "weights_stale"), False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("weights_stale of sn18 val-F on bittensor:finney, warning")
    assert "  last update: 9,120,115, 9,120,135" in lines
    assert not any("null" in line for line in lines)
    run_explain(station.configuration, number(station, "weights_stale"), True)
    document = json.loads(capsys.readouterr().out)
    assert [one["level"] for one in document["values"]["last_update"]] == [9_120_115, 9_120_135]


@pytest.mark.parametrize("target", ["miner-3", MINER, "sn18 miner-3", "18/miner-3"])
def test_history_shows_what_was_sampled(station: Station, capsys: Printed, target: str) -> None:
    run_history(station.configuration, target, 9_120_170, None, False)
    assert "bittensor:finney  sn18 miner-3  9,120,174  prune_rank  2" in capsys.readouterr().out.splitlines()
    ranks = [row for row in station.history(target) if row["metric"] == "prune_rank"]
    assert [(row["level"], row["value"]) for row in ranks[-2:]] == [(9_120_154, 2.0), (9_120_174, 2.0)]


@pytest.mark.parametrize("pattern", ["sn18 val-F", "18/val-F", "val-F/weights_stale", "bittensor:finney/*"])
def test_a_silence_takes_the_names_that_messages_use(station: Station, capsys: Printed, pattern: str) -> None:
    clock = RunClock(station.clock)
    assert run_silence(station.configuration, pattern, "1h", False, "", clock) == 0
    printed = capsys.readouterr()
    assert number(station, "weights_stale") in printed.out
    assert printed.err == ""


def test_ack_takes_an_incident_of_bittensor(station: Station, capsys: Printed) -> None:
    assert run_ack(station.configuration, number(station, "dereg_risk"), None, RunClock(station.clock)) == 0
    (incident,) = station.incidents("dereg_risk")
    assert incident["ack_until"] is not None


@pytest.mark.parametrize(
    ("rule", "target", "begins"),
    [
        ("weights_stale", "val-F", "🟡 TEST sn18 val-F: no weights"),
        ("weights_stale", "sn18 val-F", "🟡 TEST sn18 val-F: no weights"),
        ("dereg_risk", "miner-3", "🔴 TEST sn18 miner-3: 2 UIDs from deregistration"),
        ("take_changed", "val-F", "🔴 TEST val-F: take"),
        ("hyperparam_changed", "sn18", "🟡 TEST sn18 translators"),
        ("balance_low", "wallet", "🟡 TEST wallet"),
    ],
)
def test_a_test_alert_reads_as_the_rule_s_own(
    station: Station, capsys: Printed, rule: str, target: str, begins: str
) -> None:
    assert run_test_alert(station.configuration, "console", rule, target, RunClock(station.clock)) == 0
    assert capsys.readouterr().out.startswith(begins)


@pytest.mark.parametrize(
    ("rule", "target"), [("weights_stale", "sn18"), ("missed_baking", "val-F"), ("balance_low", "miner-3")]
)
def test_a_rule_is_not_tested_on_a_target_it_never_speaks_of(
    station: Station, capsys: Printed, rule: str, target: str
) -> None:
    assert run_test_alert(station.configuration, None, rule, target, RunClock(station.clock)) == 2
    assert f"{rule} is not told of such a target as {target}" in capsys.readouterr().err
