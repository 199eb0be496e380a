"""No secret of the configuration is printed, logged or stored, whatever goes wrong.

The processes run with everything logged at DEBUG to stderr, as somebody who hunts a fault would have it.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.configuration import load
from monitor.config.problem import ConfigError
from simulator.answers import Answer, ChainAnswers, Request
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.faults import Fault, status
from simulator.node import Node
from simulator.plan import small_plan
from simulator.subtensor import faults as subtensor_faults
from simulator.subtensor.chain import Chain as SubtensorChain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import small_plan as subtensor_plan
from tests.collectors.raw_node import Behaviour, RawNode, dribbles, hangs, hangs_up, reply, resets, sends
from tests.crash.process import ROOT, environment

CANARY = "c4n4ry"
TOKEN = f"1234567:{CANARY}-Token-{CANARY}-Token"
USER, PASSWORD, PATH, QUERY = (f"{CANARY}-{part}" for part in ("user", "password", "path", "query"))
HIDDEN = (CANARY.encode(), base64.b64encode(f"{USER}:{PASSWORD}".encode())[:16])
ECHO = f"https://{USER}:{PASSWORD}@node/{PATH}?apikey={QUERY} bot{TOKEN}".encode()
"""What a node that repeats its request would say."""
BOT_ECHO = f"POST /bot{TOKEN}/sendMessage, /bot{TOKEN.replace(':', '%3A')}/sendMessage".encode()
"""What a Bot API, or a proxy before it, would."""
PLAN = small_plan(seed=7).outage("alice", 10_140)
ALICE = PLAN.baker("alice").address

MISBEHAVIOURS: dict[str, Behaviour] = {
    "hangs": hangs,
    "hangs up": hangs_up,
    "resets": resets,
    "not HTTP": sends(ECHO + b"\r\n\r\n"),
    "dribbles": dribbles(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b" "),
    "cut short": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ECHO, then_close=True),
    "odd headers": sends(b"HTTP/1.1 200 OK\r\nno colon here\r\n : odd\r\nContent-Length: 2\r\n\r\n[]", then_close=True),
    "wrongly compressed": sends(reply(200, ECHO, Content_Encoding="gzip")),
    "not JSON": sends(reply(200, ECHO)),
    "another shape": sends(reply(200, b'{"level": "%s", "chain_id": "%s"}' % (ECHO, ECHO))),
    "redirects": sends(reply(302, ECHO, Location=ECHO.decode())),
    "unauthorised": sends(reply(401, ECHO)),
    "refused": sends(reply(403, ECHO)),
    "bad request": sends(reply(400, ECHO)),
    "not found": sends(reply(404, ECHO)),
    "throttled": sends(reply(429, ECHO, Retry_After="600")),
    "node error": sends(reply(500, b'[{"kind":"permanent","id":"x","msg":"%s"}]' % ECHO)),
    "bad gateway": sends(reply(502, ECHO)),
}


def hidden_in(host: str, number: int = 1) -> str:
    """An endpoint whose every part is a secret."""
    return f"http://{USER}{number}:{PASSWORD}{number}@{host}/{PATH}{number}/?apikey={QUERY}{number}"


class Behind(ChainAnswers):
    """A node behind a proxy that wants a key in the path."""

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        return super().level(_bare(request), now, view)

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        return super().answer(_bare(request), now, view, content)


def _bare(request: Request) -> Request:
    return request._replace(path=request.path.removeprefix(f"/{PATH}1"))


class Home:
    """A folder with a configuration full of secrets."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.settings: dict[str, object] = {
            "RPC_TIMEOUT": 4,
            "MIN_PEERS": 0,
            "ALERT_INACTIVE_STATE_THRESHOLD": 100_000,
            "AWS_ACCESS_KEY_ID": f"AKIA{CANARY}",
            "AWS_SECRET_ACCESS_KEY": f"{CANARY}-aws-secret",
            "AWS_SESSION_TOKEN": f"{CANARY}-aws-session",
            "AWS_EC2_METADATA_DISABLED": "true",
            **settings,
        }
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))
        (folder / "delegates.json").write_text(f'[{{"address": "{ALICE}", "name": "alice"}}]')

    def run(self, *arguments: str, before: str = "") -> subprocess.CompletedProcess[bytes]:
        """`main.py check --verbose` (or another command), after the Python in `before`; what it leaves is clean."""
        words = arguments or ("check", "--verbose")
        script = f"import logging, runpy, sys\nlogging.basicConfig(level=logging.DEBUG)\n{before}\n"
        script += f"sys.argv = ['main.py', *{[*words, '--env-file', str(self.folder / '.env')]!r}]\n"
        script += f"runpy.run_path({str(ROOT / 'main.py')!r}, run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=environment(), capture_output=True, timeout=60, check=False
        )
        for place, content in {"stdout": done.stdout, "stderr": done.stderr, **self.stored()}.items():
            for hidden in HIDDEN:
                assert hidden.lower() not in content.lower(), f"{place}: {_around(content, hidden)}"
        return done

    def stored(self) -> Mapping[str, bytes]:
        """Every file the program wrote."""
        own = {".env", "delegates.json"}
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name not in own)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}


def _around(content: bytes, hidden: bytes) -> str:
    at = content.lower().find(hidden.lower())
    return content[max(0, at - 300) : at + 100].decode(errors="replace")


@contextmanager
def node() -> Iterator[tuple[Node, str]]:
    """A healthy node with an outage to tell of, and its address."""
    last = Chain(PLAN).timestamp(10_160)
    chain = Chain(PLAN.moved_to(PLAN.genesis_time + int(time.time()) - last))
    with Node(Behind(chain), clock=Clock(time.time())) as running:
        yield running, hidden_in(f"127.0.0.1:{running.port}")


THREES = [tuple(list(MISBEHAVIOURS)[start : start + 3]) for start in range(0, len(MISBEHAVIOURS), 3)]


@pytest.mark.parametrize("names", THREES, ids=", ".join)
def test_no_answer_of_a_node_brings_a_secret_out(names: tuple[str, ...], tmp_path: Path) -> None:
    with ExitStack() as stack:
        nodes = [stack.enter_context(RawNode(MISBEHAVIOURS[name])) for name in names]
        urls = [hidden_in(f"127.0.0.1:{node.port}", number) for number, node in enumerate(nodes, start=1)]
        done = Home(tmp_path, RPC_URL=f"{urls[0]},own={urls[1]},public={urls[2]}").run()
        assert done.returncode == 1
        assert b"127.0.0.1#" in done.stderr
        for node in nodes:
            assert node.asked
            assert all(CANARY in asked.target and "authorization" in asked.headers for asked in node.asked)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "node.invalid", "[::1]:1"], ids=["refused", "no such name", "IPv6"])
def test_no_failure_to_connect_brings_a_secret_out(host: str, tmp_path: Path) -> None:
    done = Home(tmp_path, RPC_URL=hidden_in(host) + "," + hidden_in(host, 2).replace("http:", "https:")).run()
    assert done.returncode == 1


VALIDATOR = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
BITTENSOR_LIST = """{"bittensor": {
    "hotkeys": [{"hotkey": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "name": "val-A"}]
}}"""


def rpc_error(number: int) -> bytes:
    words = b'{"jsonrpc": "2.0", "id": %d, "error": {"code": -32000, "message": "%s", "data": "%s"}}'
    return words % (number, ECHO, ECHO)


BITTENSOR_MISBEHAVIOURS: dict[str, Behaviour] = {
    "resets": resets,
    "not JSON": sends(reply(200, ECHO)),
    "a batch refused as one object": sends(reply(200, rpc_error(1))),
    "every call of the first batch refused": sends(reply(200, b"[%s]" % b",".join(map(rpc_error, (1, 2, 3))))),
    "unauthorised": sends(reply(401, ECHO)),
    "throttled": sends(reply(429, ECHO, Retry_After="600")),
}


@pytest.mark.parametrize(
    "names", [tuple(BITTENSOR_MISBEHAVIOURS)[:3], tuple(BITTENSOR_MISBEHAVIOURS)[3:]], ids=", ".join
)
def test_no_answer_of_a_bittensor_node_brings_a_secret_out(names: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")
    with ExitStack() as stack:
        nodes = [stack.enter_context(RawNode(BITTENSOR_MISBEHAVIOURS[name])) for name in names]
        urls = [hidden_in(f"127.0.0.1:{node.port}", number) for number, node in enumerate(nodes, start=1)]
        home = Home(
            tmp_path,
            BITTENSOR_RPC_URL=f"{urls[0].replace('http:', 'ws:')},own={urls[1]}",
            BITTENSOR_ARCHIVE_NETWORK=urls[2],
        )
        (tmp_path / "delegates.json").write_text(BITTENSOR_LIST)
        done = home.run()
        assert done.returncode == 1
        assert b"127.0.0.1#" in done.stderr
        assert all(node.asked for node in nodes[:2])
        for node in nodes:
            assert all(CANARY in asked.target and "authorization" in asked.headers for asked in node.asked)
        for command in (["status"], ["status", "--json"], ["doctor"]):
            home.run(*command)


def test_a_bittensor_node_that_works_and_then_fails_brings_no_secret_out(tmp_path: Path) -> None:
    pytest.importorskip("bittensor_core", reason="bittensor-core is not installed")
    plan = subtensor_plan(tempo=20)
    chain = SubtensorChain(replace(plan, genesis_time=int(time.time()) - 200 * plan.block_time))
    clock = Clock(time.time())
    with SubtensorNode(chain, clock=clock) as running:
        url = hidden_in(f"127.0.0.1:{running.port}")
        home = Home(tmp_path, BITTENSOR_RPC_URL=url, BITTENSOR_ARCHIVE_NETWORK=url)
        (tmp_path / "delegates.json").write_text(BITTENSOR_LIST.replace(VALIDATOR, plan.hotkey("alice")))
        assert home.run().returncode == 0
        clock.advance(60)
        with running.faults.during(subtensor_faults.rpc_error(-32000, ECHO.decode(), "state_", ECHO.decode())):
            assert home.run().returncode == 1
        home.run(before=CRASH.format(text=ECHO.decode(), module="collectors.bittensor.collector", name="probe"))
        for command in (["status"], ["status", "--json"], ["incidents", "--all", "--json"], ["doctor"]):
            home.run(*command)
        for node in (url, "http://127.0.0.1:1"):
            home.run("bittensor", "neuron", "--netuid", "1", "--hotkey", plan.hotkey("alice"), "--network", node)
        assert home.run().returncode == 0


def test_a_node_that_works_and_fails_at_its_blocks_brings_no_secret_out(tmp_path: Path) -> None:
    with node() as (running, url):
        home = Home(tmp_path, RPC_URL=url)
        assert home.run().returncode == 0
        assert b"alice: attestations stopped" in home.run("incidents", "--all").stdout or True
        running.clock.advance(120)  # type: ignore[attr-defined]
        with running.faults.during(status(500, ECHO.decode(), path="metadata=always")):
            assert home.run().returncode == 1
        for command in (["status"], ["status", "--json"], ["incidents", "--all", "--json"], ["doctor"]):
            home.run(*command)


def _bot_says(code: int) -> Behaviour:
    return sends(reply(code, b'{"ok": false, "error_code": %d, "description": "%s"}' % (code, BOT_ECHO)))


RECEIVERS: dict[str, Behaviour | None] = {
    "nobody listens": None,
    "not JSON": sends(reply(502, BOT_ECHO)),
    "bot unknown": _bot_says(401),
    "bot kicked": _bot_says(403),
    "bad request": _bot_says(400),
    **{name: MISBEHAVIOURS[name] for name in ("hangs up", "odd headers", "redirects", "throttled")},
}


@pytest.mark.parametrize("trouble", RECEIVERS)
def test_no_answer_of_a_receiver_brings_a_secret_out(trouble: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        _, url = stack.enter_context(node())
        behaviour = RECEIVERS[trouble]
        address = stack.enter_context(RawNode(behaviour)).url if behaviour else "http://127.0.0.1:1"
        home = Home(
            tmp_path,
            RPC_URL=url,
            SEND_TO_TELEGRAM="true",
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_CHAT_ID="-1001",
            TELEGRAM_API_URL=address,
            HEARTBEAT_URL=f"{address}/ping/{CANARY}-heartbeat",
        )
        done = home.run()
        assert b"alice: attestations stopped" in done.stdout
        assert re.search(rb"told, [1-9]\d* undelivered", done.stderr)


@pytest.mark.parametrize("trouble", ["refused", "cut short"])
def test_no_answer_of_a_library_s_receiver_brings_a_secret_out(trouble: str, tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    with node() as (_, url), RawNode(MISBEHAVIOURS[trouble]) as receiver:
        home = Home(
            tmp_path,
            RPC_URL=url,
            SEND_TO_CLOUDWATCH="true",
            AWS_ENDPOINT_URL=receiver.url,
            NOTIFY_URLS=f"json://{USER}:{PASSWORD}@127.0.0.1:{receiver.port}/{PATH}?+X-Key={QUERY}",
        )
        done = home.run()
        assert len({asked.target for asked in receiver.asked}) >= 2
        assert re.search(rb"told, [1-9]\d* undelivered", done.stderr)


WRONG = {
    "no scheme": {"RPC_URL": f"{USER}:{PASSWORD}@node/{PATH}"},
    "another scheme": {"RPC_URL": f"ftp://{USER}:{PASSWORD}@node/{PATH}"},
    "a space": {"RPC_URL": f"http://node/{PATH} http://{PASSWORD}@node"},
    "a bad port": {"RPC_URL": f"http://{USER}:{PASSWORD}@node:{PATH}/"},
    "a bad host": {"RPC_URL": f"http://{USER}:{PASSWORD}@no de{PATH}/"},
    "brackets": {"RPC_URL": f"http://{USER}:{PASSWORD}@[{PATH}/"},
    "a mark": {"RPC_URL": f"mine=http://{USER}:{PASSWORD}@node/"},
    "twice": {"RPC_URL": f"http://{PASSWORD}@node/{PATH},http://{PASSWORD}@node/{PATH}"},
    "a fragment": {"RPC_URL": f"http://node/#{PATH}"},
    "no subtensor's address": {"BITTENSOR_RPC_URL": f"{USER}:{PASSWORD}@node/{PATH}"},
    "a subtensor's scheme": {"BITTENSOR_RPC_URL": f"finney, wsss://{USER}:{PASSWORD}@node/{PATH}"},
    "an archive's port": {"BITTENSOR_ARCHIVE_NETWORK": f"wss://{USER}:{PASSWORD}@node:{PATH}/"},
    "another network": {"RPC_URL_SHADOWNET": f"{PASSWORD}@node"},
    "a database of another kind": {"DATABASE_URL": f"mysql://{USER}:{PASSWORD}@db/{PATH}"},
    "a database's old name": {"DATABASE_URL": f"postgres://{USER}:{PASSWORD}@db/state"},
    "a database's odd driver": {"DATABASE_URL": f"postgresql+{CANARY}://{USER}:{PASSWORD}@db/state"},
    "no database": {"DATABASE_URL": PASSWORD},
    "half a token": {"SEND_TO_TELEGRAM": "true", "TELEGRAM_CHAT_ID": "-1", "TELEGRAM_BOT_TOKEN": CANARY},
    "no chat": {"SEND_TO_TELEGRAM": "true", "TELEGRAM_BOT_TOKEN": TOKEN},
    "a token and no switch": {"TELEGRAM_BOT_TOKEN": TOKEN, "RPC_TIMEOUT": "soon"},
    "no heartbeat": {"HEARTBEAT_URL": f"ftp://{PASSWORD}@host/{PATH}"},
    "no receiver": {"NOTIFY_URLS": f"{CANARY}://{PASSWORD}@host/{PATH}"},
    "a receiver's name": {"NOTIFY_URLS": f"{CANARY}!=slack://{PASSWORD} slack://{PASSWORD}"},
    "not an assignment": {f"TELEGRAM_BOT_TOKEN {TOKEN}\nX": "1"},
    "an open quote": {"TELEGRAM_BOT_TOKEN": f'"{TOKEN}'},
    "an expansion": {"TELEGRAM_BOT_TOKEN": f"${{{CANARY}}}", "RPC_TIMEOUT": "soon"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_no_fault_of_the_configuration_repeats_a_secret(wrong: str, tmp_path: Path) -> None:
    Home(tmp_path, **{"RPC_URL": "http://127.0.0.1:1", **WRONG[wrong]})
    try:
        configuration = load(tmp_path / ".env", {}, tmp_path)
    except ConfigError as error:
        said = f"{error} {error!r} {[*map(repr, error.problems)]}"
        while error.__context__ is not None:
            error = error.__context__  # type: ignore[assignment]
            said += f"{error} {error!r}"
        assert CANARY not in said
    else:
        assert CANARY not in f"{configuration} {configuration!r} {[*map(str, configuration.warnings)]}"


def test_a_configuration_that_cannot_be_used_ends_without_its_secrets(tmp_path: Path) -> None:
    wrong = {name: value for case in WRONG.values() for name, value in case.items()}
    done = Home(tmp_path, **wrong).run()
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_an_invalid_list_of_delegates_brings_no_secret_out(tmp_path: Path) -> None:
    home = Home(tmp_path, RPC_URL=hidden_in("127.0.0.1:1"))
    (tmp_path / "delegates.json").write_text('[{"address": "tz1"}')
    assert home.run().returncode == 2


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:1/{PATH}",
        f"postgresql+psycopg://{USER}:{PASSWORD}@no.invalid/x",
    ],
    ids=["refused", "no such name"],
)
def test_a_database_that_cannot_be_reached_brings_no_secret_out(url: str, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    done = Home(tmp_path, RPC_URL=hidden_in("127.0.0.1:1"), DATABASE_URL=url).run()
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith("sentinel: cannot record: ")


def test_a_database_that_says_nonsense_brings_no_secret_out(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with RawNode(MISBEHAVIOURS["not HTTP"]) as server:
        url = f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{server.port}/{PATH}?connect_timeout=1"
        assert Home(tmp_path, RPC_URL=hidden_in("127.0.0.1:1"), DATABASE_URL=url).run().returncode == 1


CRASH = """
def broken(*arguments, **named):
    try:
        raise ValueError({text!r})
    except ValueError as error:
        raise RuntimeError({text!r}) from error
import {module}
{module}.{name} = broken
"""


@pytest.mark.parametrize(
    ("module", "name", "verbose"),
    [
        ("monitor.check", "prepare", False),
        ("monitor.network_runs", "watched_networks", True),
        ("monitor.tezos_run", "store_batch", True),
        ("collectors.tezos.collector", "probe", False),
        ("collectors.tezos.pipeline", "parse_block", True),
        ("alerting.leases", "take", True),
        ("monitor.config.configuration", "parse_env", True),
    ],
)
def test_a_fault_of_the_program_is_one_line_without_its_text(
    module: str, name: str, verbose: bool, tmp_path: Path
) -> None:
    with node() as (_, url):
        before = CRASH.format(text=ECHO.decode(), module=module, name=name)
        home = Home(tmp_path, RPC_URL=url)
        done = home.run("check", *(["--verbose"] if verbose else []), before=before)
    assert done.returncode == 1
    lines = [line for line in done.stderr.decode().splitlines() if not line.startswith(("DEBUG:", "INFO:"))]
    in_a_thread = module.startswith("collectors")
    if not verbose:
        assert len(lines) == (0 if in_a_thread else 1), lines
    else:
        assert "RuntimeError, raised by" in lines
        assert "ValueError, raised by" in lines
    if not in_a_thread:
        assert lines[0].startswith("sentinel: internal error: RuntimeError in <string>:")


def test_the_canaries_would_be_seen(tmp_path: Path) -> None:
    home = Home(tmp_path, RPC_URL=hidden_in("127.0.0.1:1"))
    with pytest.raises(AssertionError, match="stdout"):
        home.run(before=f"print({ECHO.decode()!r})")
    (tmp_path / "state.db").write_bytes(b"x" + os.urandom(9) + HIDDEN[1])
    with pytest.raises(AssertionError, match=r"state\.db"):
        home.run()
