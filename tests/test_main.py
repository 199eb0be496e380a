"""Every command as its user meets it: a process, its two outputs and its exit code."""

from __future__ import annotations

import json
import os
import pty
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.database import open_database, writing
from monitor.lock import RunLock
from monitor.runs import start_run
from simulator.chain import Chain
from simulator.node import Node
from simulator.plan import small_plan
from tests.crash.process import ROOT
from tests.scenes import play

START = 10_150
PLAN = small_plan(seed=7)
OUTAGES = PLAN.outage("alice", START + 5, START + 15, {"attestation"}).outage("bob", START + 30, START + 80)
LAST = Chain(OUTAGES).head_at(Chain(OUTAGES).timestamp(START) + 300) - 2
"""The newest finalised level five minutes after START: not every block is on time."""
ALICE, BOB = PLAN.baker("alice").address, PLAN.baker("bob").address
HOTKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
"""The well-known development account of every Substrate node."""
MAIN = str(ROOT / "main.py")


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(**variables: str) -> dict[str, str]:
    """Nothing of this machine's, so that no setting comes from it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **variables}


def run(*words: str, cwd: Path = Path("/"), variables: Mapping[str, str] | None = None) -> Done:
    done = subprocess.run(
        [sys.executable, MAIN, *words],
        cwd=cwd,
        env=environment(**(variables or {})),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def on_a_terminal(*words: str, typed: str = "") -> Done:
    """As from a shell: what it prints on both outputs, and what somebody types."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, MAIN, *words],
        env=environment(TERM="xterm"),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd="/",
    )
    os.close(follower)
    os.write(leader, typed.encode())
    shown, until = b"", time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                part = os.read(leader, 4096)
            except OSError:  # what Linux says of a terminal whose other side is gone
                break
            if not part:
                break
            shown += part
    os.close(leader)
    return Done(process.wait(60), shown.decode().replace("\r\n", "\n"), "")


@pytest.fixture
def node() -> Iterator[Node]:
    """A node whose chain is alive now."""
    now = int(time.time())
    plan = PLAN.moved_to(now - 6 * (START - PLAN.first_level))
    with Node(Chain(plan)) as made:
        yield made


def configured(home: Path, url: str, *bakers: str, **settings: object) -> str:
    """The path of an .env, beside a watch list."""
    home.mkdir(parents=True, exist_ok=True)
    lines = {"RPC_URL": url, "BLOCK_SLIDING_WINDOW_SIZE": 10, "MIN_PEERS": 0, **settings}
    (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    (home / "delegates.json").write_text(json.dumps([{"address": baker} for baker in bakers or (ALICE,)]))
    return str(home / ".env")


# check ---------------------------------------------------------------------------------------------------------------


def test_without_a_configuration_it_says_in_one_line_what_to_create(tmp_path: Path) -> None:
    done = run("check", "--env-file", str(tmp_path / ".env"))
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    for words in (".env", "main.py init"):
        assert words in line


def test_without_a_configuration_at_home_nothing_is_watched(tmp_path: Path) -> None:
    code = (
        "import main, monitor.commands.cli as cli; from pathlib import Path; "
        f"cli.HOME = Path({str(tmp_path)!r}); main.main([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "create .env" in line
    assert "delegates.json" in line
    assert "main.py init" in line
    assert not (tmp_path / "state.db").exists()


def test_a_quiet_run_says_nothing_under_cron(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path, node.url)
    for words in (("check", "--env-file", env_file), ("--env-file", env_file)):
        assert run(*words) == Done(0, "", "")


def test_what_a_file_names_lies_beside_it_wherever_the_run_was_started(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path / "home", node.url)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert run("check", "--env-file", env_file, cwd=elsewhere).code == 0
    assert (tmp_path / "home" / "state.db").exists()
    assert list(elsewhere.iterdir()) == []
    assert run("check", "--env-file", "../home/.env", cwd=elsewhere).code == 0


def test_the_environment_wins_over_the_file(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path, "http://127.0.0.1:1")
    assert run("check", "--env-file", env_file, variables={"RPC_URL": node.url}).code == 0
    assert run("status", "--env-file", env_file, "--json").json[0]["cursor"] is not None


def test_the_environment_alone_is_a_configuration(tmp_path: Path, node: Node) -> None:
    (tmp_path / "list.json").write_text(json.dumps([{"address": ALICE}]))
    variables = {
        "RPC_URL": node.url,
        "DELEGATES_TO_MONITOR_PARAMETER": str(tmp_path / "list.json"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.db'}",
        "BLOCK_SLIDING_WINDOW_SIZE": "5",
    }
    assert run("check", variables=variables).code == 0
    assert (tmp_path / "elsewhere.db").exists()


def test_a_person_sees_a_summary_on_the_terminal(tmp_path: Path, node: Node) -> None:
    done = on_a_terminal("check", "--env-file", configured(tmp_path, node.url))
    assert done.code == 0
    assert "tezos:mainnet: read to level" in done.out
    assert "`main.py status` says more" in done.out


def test_a_script_gets_one_document_with_the_events_in_it(tmp_path: Path, node: Node) -> None:
    # tiny2 is so close to the minimum that there is something to tell.
    env_file = configured(tmp_path, node.url, PLAN.baker("tiny2").address)
    done = run("check", "--env-file", env_file, "--json")
    report = done.json
    assert done.err == ""
    assert {name: type(value) for name, value in report.items() if name in ("run", "exit_code", "told")} == {
        "run": int,
        "exit_code": int,
        "told": int,
    }
    (network,) = report["networks"]
    assert (network["network"], network["levels"], network["error"]) == ("tezos:mainnet", 10, None)
    (event,) = report["events"]
    assert (event["rule"], event["kind"], event["network"]) == ("baking_power_low", "firing", "tezos:mainnet")
    assert (report["told"], report["undelivered"]) == (1, 0)


def test_verbose_tells_on_stderr_what_was_read(tmp_path: Path, node: Node) -> None:
    done = run("check", "--env-file", configured(tmp_path, node.url), "--verbose")
    assert (done.code, done.out) == (0, "")
    assert "tezos:mainnet: 10 levels, cursor" in done.err
    assert "requests, error None" in done.err


def test_a_network_that_was_not_read_is_exit_1(tmp_path: Path) -> None:
    env_file = configured(tmp_path, "http://user:secret@127.0.0.1:1/key")
    done = run("check", "--env-file", env_file, "--json")
    assert done.code == 1
    assert done.json["networks"][0]["error"] == "127.0.0.1#1: connection refused"
    assert "secret" not in done.out + done.err
    assert run("check", "--env-file", env_file).code == 1


def test_every_fault_of_the_configuration_is_told_at_once_with_exit_2(tmp_path: Path) -> None:
    env_file = configured(tmp_path, "ftp://node", RPC_TIMEOUT="soon")
    (tmp_path / "delegates.json").write_text('[{"address": "tz1nonsense"}]')
    done = run("check", "--env-file", env_file)
    assert (done.code, done.out) == (2, "")
    assert all(line.startswith("sentinel: ") for line in done.err.splitlines())
    for name in ("RPC_URL", "RPC_TIMEOUT", "delegates.json"):
        assert name in done.err


def test_a_broken_watch_list_is_exit_2_and_the_last_one_goes_on(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path, node.url)
    assert run("check", "--env-file", env_file).code == 0
    (tmp_path / "delegates.json").write_text("[{},]")
    done = run("check", "--env-file", env_file)
    assert done.code == 2
    assert "delegates.json" in done.err
    assert "delegates.json" in done.out  # told as an alert, too
    assert run("status", "--env-file", env_file, "--json").json[0]["targets"][0]["target"] == ALICE


def test_beside_another_run_it_leaves_and_says_so_when_that_one_takes_too_long(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path, node.url)
    assert run("check", "--env-file", env_file).code == 0
    lock = RunLock(tmp_path / "state.db.lock")
    assert lock.acquire()
    try:
        engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
        for age, code in ((30, 0), (300, 75)):
            with writing(engine) as connection:
                host = connection.execute(text("SELECT host FROM run LIMIT 1")).scalar_one()
                number = start_run(connection, int(time.time()) - age, host, os.getpid())
            done = run("check", "--env-file", env_file)
            assert (done.code, done.out) == (code, "")
        engine.dispose()
        assert f"run {number} has been running 5 min" in done.err
        assert run("status", "--env-file", env_file).code == 0  # reading waits for nobody
    finally:
        lock.release()


# init ----------------------------------------------------------------------------------------------------------------


def test_init_writes_what_a_first_run_needs(tmp_path: Path, node: Node) -> None:
    done = run("init", "--dir", str(tmp_path), "--rpc-url", node.url, "--baker", f"{ALICE}=alice", "--baker", BOB)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:2] == [f"wrote {tmp_path / '.env'}", f"wrote {tmp_path / 'delegates.json'}"]
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    # What it says comes next is what comes next.
    _, _, words = done.out.splitlines()[2].partition("main.py ")
    assert run(*words.partition(",")[0].split()).code == 0
    listed = run("status", "--env-file", str(tmp_path / ".env"), "--json").json[0]["targets"]
    assert {(one["target"], one["name"]) for one in listed} == {(ALICE, "alice"), (BOB, None)}


def test_init_writes_the_env_file_that_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / "made" / "sentinel.env"
    words = ("--rpc-url", "http://127.0.0.1:8732", "--baker", ALICE)
    assert run("init", "--env-file", str(env_file), *words).code == 0
    assert sorted(path.name for path in env_file.parent.iterdir()) == ["delegates.json", "sentinel.env"]
    assert run("init", "--env-file", str(env_file), "--dir", str(tmp_path), *words).code == 2


def test_init_overwrites_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    words = ("init", "--dir", str(tmp_path), "--rpc-url", "http://127.0.0.1:8732", "--baker", ALICE)
    (tmp_path / "delegates.json").write_text("mine")
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert "delegates.json" in done.err
    assert "--force" in done.err
    assert (tmp_path / "delegates.json").read_text() == "mine"
    assert not (tmp_path / ".env").exists()
    assert run(*words, "--force").code == 0
    assert ALICE in (tmp_path / "delegates.json").read_text()


def test_init_refuses_what_no_run_could_use(tmp_path: Path) -> None:
    done = run("init", "--dir", str(tmp_path), "--rpc-url", "node:8732", "--baker", "tz1wrong", "--timezone", "Moon")
    assert done.code == 2
    for words in ("RPC_URL", "tz1wrong", "Moon"):
        assert words in done.err
    assert list(tmp_path.iterdir()) == []


def test_init_does_not_wait_for_answers_that_nobody_can_give(tmp_path: Path) -> None:
    done = run("init", "--dir", str(tmp_path), "--rpc-url", "http://127.0.0.1:8732")
    assert done.code == 2
    assert "needs --baker" in done.err


def test_init_asks_what_it_was_not_told(tmp_path: Path) -> None:
    typed = f"http://127.0.0.1:9999\ntz1wrong\n{ALICE}\nalice\n\n"
    done = on_a_terminal("init", "--dir", str(tmp_path), typed=typed)
    assert done.code == 0
    assert "Address of your node's RPC" in done.out
    assert "RPC_URL=http://127.0.0.1:9999" in (tmp_path / ".env").read_text()
    assert json.loads((tmp_path / "delegates.json").read_text())["tezos"] == [{"address": ALICE, "name": "alice"}]


def test_init_takes_what_is_watched_on_bittensor(tmp_path: Path) -> None:
    words = ("--bittensor-rpc-url", "ws://127.0.0.1:9944", "--hotkey", f"{HOTKEY}=val-A", "--subnet", "18=ours")
    done = run("init", "--dir", str(tmp_path), *words, "--subnet", "1")
    assert (done.code, done.err) == (0, "")
    assert "RPC_URL=ws://127.0.0.1:9944" in (tmp_path / ".env").read_text()
    assert json.loads((tmp_path / "delegates.json").read_text())["bittensor"] == {
        "hotkeys": [{"hotkey": HOTKEY, "name": "val-A"}],
        "subnets": [{"netuid": 18, "name": "ours"}, {"netuid": 1}],
    }
    done = run("init", "--dir", str(tmp_path), "--subnet", "one")
    assert (done.code, done.out) == (2, "")
    assert "needs --bittensor-rpc-url" in done.err
    done = run("init", "--dir", str(tmp_path), "--bittensor-rpc-url", "finey", "--subnet", "one", "--hotkey", "5x")
    assert done.code == 2
    for words_ in ("BITTENSOR_RPC_URL", "bittensor.subnets[0].netuid", "bittensor.hotkeys[0].hotkey"):
        assert words_ in done.err


def test_init_asks_for_a_bittensor_node_only_where_a_hotkey_is_watched(tmp_path: Path) -> None:
    done = on_a_terminal("init", "--dir", str(tmp_path), typed=f"\n{HOTKEY}\nval-A\n\nlite\n")
    assert done.code == 0
    env = (tmp_path / ".env").read_text()
    assert "BITTENSOR_RPC_URL=lite\n" in env
    assert "\nRPC_URL" not in env
    assert json.loads((tmp_path / "delegates.json").read_text())["bittensor"]["hotkeys"] == [
        {"hotkey": HOTKEY, "name": "val-A"}
    ]


# What was found ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alice stopped attesting and is back, Bob has just stopped; the node is gone."""
    folder: Path = tmp_path_factory.mktemp("found")
    with play(OUTAGES, START, folder) as scene:
        station = scene.station(*scene.named("alice", "bob"), TIMEZONE="Europe/Berlin")
        station.run()
        station.minutes(5)
        assert station.open_rules()
    return folder


def asked(home: Path, *words: str) -> Done:
    return run(*words, "--env-file", str(home / ".env"))


def shape(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: type(one).__name__ for name, one in value.items()}


def test_incidents_are_an_array_that_scripts_can_rely_on(home: Path) -> None:
    done = asked(home, "incidents", "--all", "--json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    over = next(row for row in found if (row["target"], row["rule"]) == (ALICE, "missed_attestation"))
    promised = {
        "id": "str",
        "network": "str",
        "target": "str",
        "rule": "str",
        "severity": "str",
        "opened_at": "int",
        "closed_at": "int",
        "missed": "int",
        "evidence": "dict",
    }
    assert promised.items() <= shape(over).items()
    assert (over["network"], over["missed"], over["closed_at"] > over["opened_at"]) == ("tezos:mainnet", 11, True)
    assert over["id"][0].isalpha()
    assert len({row["id"] for row in found}) == len(found)
    assert [row["opened_at"] for row in found] == sorted((row["opened_at"] for row in found), reverse=True)


def test_only_open_incidents_are_listed_unless_all_are_wanted(home: Path) -> None:
    found = asked(home, "incidents", "--json").json
    assert {row["target"] for row in found} == {BOB}
    assert {row["closed_at"] for row in found} == {None}
    shown = asked(home, "incidents").out
    assert f"#{found[0]['id']}" in shown
    assert "bob" in shown
    assert "alice" not in shown
    assert "alice" in asked(home, "incidents", "--all").out


def test_the_history_of_a_target_is_every_right_and_what_became_of_it(home: Path) -> None:
    done = asked(home, "history", "--target", "alice", "--json")
    assert (done.code, done.err) == (0, "")
    for row in done.json:
        assert {
            "network": "str",
            "target": "str",
            "duty": "str",
            "level": "int",
            "round": "int",
            "outcome": "str",
        }.items() <= shape(row).items()
        assert set(row) == {"network", "target", "duty", "level", "round", "outcome", "evidence"}
        assert row["duty"] in ("attestation", "baking")
        assert (row["evidence"] is None) == (row["outcome"] == "met")
    missed = [row["level"] for row in done.json if (row["duty"], row["outcome"]) == ("attestation", "missed")]
    assert missed == list(range(START + 5, START + 16))
    assert done.json == asked(home, "history", "--target", ALICE, "--json").json


def test_the_history_may_be_cut_at_both_ends(home: Path) -> None:
    words = ("history", "--target", "alice", "--from", str(START + 4), "--to", str(START + 6))
    found = asked(home, *words, "--json").json
    attested = [(row["level"], row["outcome"]) for row in found if row["duty"] == "attestation"]
    assert attested == [(START + 4, "met"), (START + 5, "missed"), (START + 6, "missed")]
    assert f"{START + 5:,}  attestation  missed" in asked(home, *words).out
    nothing = ("history", "--target", "alice", "--from", "5", "--to", "3")
    assert asked(home, *nothing, "--json").json == []
    assert asked(home, *nothing).out == "No observation in that range.\n"


def test_the_history_of_a_stranger_names_those_who_are_known(home: Path) -> None:
    done = asked(home, "history", "--target", "carol", "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err == "sentinel: carol was never watched; known: alice, bob\n"


def test_the_status_is_an_array_with_an_object_per_network(home: Path) -> None:
    done = asked(home, "status", "--json")
    assert (done.code, done.err) == (0, "")
    (network,) = done.json
    assert {"network": "str", "undelivered": "int", "cursor": "int", "coverage": "dict"}.items() <= shape(
        network
    ).items()
    assert network["undelivered"] == 0
    assert network["cursor"] == network["judged_level"] == LAST
    assert (network["coverage"]["share"], network["coverage"]["missing"]) == (1.0, 0)
    outcomes = {row["name"]: row["outcomes"]["attestation"] for row in network["targets"]}
    assert outcomes["alice"]["missed"] == 11
    assert {row["target"] for row in network["incidents"]} == {BOB}


def test_the_status_reads_well(home: Path) -> None:
    shown = asked(home, "status").out
    assert f"tezos:mainnet: read to level {LAST:,}" in shown
    assert "Everything was told." in shown
    assert "2026-09-21 16:33" in shown  # in the reader's zone


@pytest.mark.parametrize("words", [("status",), ("incidents",), ("history", "--target", "alice")], ids=" ".join)
def test_before_the_first_run_there_is_nothing_to_show_and_nothing_is_made(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    env_file = configured(tmp_path, "http://127.0.0.1:1")
    done = run(*words, "--env-file", env_file)
    assert (done.code, done.out) == (2, "")
    assert done.err == "sentinel: state.db: not there yet; `main.py check` creates it on its first run\n"
    assert not (tmp_path / "state.db").exists()


@pytest.mark.parametrize("words", ["history --target bob --json", "status --json", "incidents --all", "status"])
def test_whoever_has_read_enough_may_leave(words: str, home: Path) -> None:
    command = (
        f"{sys.executable} {MAIN} {words} --env-file {home / '.env'} | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_run_whose_reader_left_ends_well(tmp_path: Path, node: Node) -> None:
    env_file = configured(tmp_path, node.url)
    for words in ("--json", "--verbose"):
        command = f"{sys.executable} {MAIN} check {words} --env-file {env_file} 2>&1 | true; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.parametrize("words", ["check", "init", "status", "incidents", "history"])
def test_help_shows_how_it_is_typed(words: str) -> None:
    done = run(words, "--help")
    assert done.code == 0
    assert f"\n  main.py {words} " in done.out
    assert "--env-file" in done.out
