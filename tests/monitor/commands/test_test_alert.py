"""`test-alert`: the true message of a rule, marked TEST, through the outbox; the exit code says if it arrived."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.commands import test_alert
from monitor.config import misfits
from monitor.rehearsal import samples
from monitor.rules.registry import CARDS
from simulator.telegram import KICKED, Chat, Telegram
from tests.monitor.commands.desk import Desk, desk


@dataclass
class Bench:
    at: Desk
    telegram: Telegram

    def test(self, channel: str | None = None, rule: str | None = None, target: str | None = None) -> int:
        return test_alert.run_test_alert(self.at.station.configuration, channel, rule, target, self.at.clock)

    def tests(self) -> list[tuple[str, str]]:
        """(channel, state) of every delivery of a test."""
        rows = self.at.station.rows(
            "SELECT d.channel, d.state FROM delivery d JOIN event e ON e.id = d.event_id "
            "WHERE e.kind = 'test' ORDER BY e.id, d.channel"
        )
        return [(row["channel"], row["state"]) for row in rows]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Telegram() as telegram, desk(tmp_path) as at:
        telegram.chats["-1002"] = Chat()
        at.station.configure(
            SEND_TO_TELEGRAM="true",
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_CHAT_ID="-1001,night=-1002",
            TELEGRAM_API_URL=telegram.url,
        )
        yield Bench(at, telegram)


def test_a_plain_test_reaches_every_channel(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.test() == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("ℹ️ TEST: a test message")
    assert printed.err.splitlines() == [
        "console: delivered",
        "telegram: delivered",
        "telegram:night: delivered",
    ]
    assert [text.partition("\n")[0][:7] for text in bench.telegram.heard()] == ["ℹ️ TEST"] * 2
    assert bench.tests() == [("console", "sent"), ("telegram", "sent"), ("telegram:night", "sent")]


def test_one_channel_alone_is_tested(bench: Bench) -> None:
    assert bench.test("telegram:night") == 0
    assert bench.telegram.heard("-1001") == []
    assert bench.tests() == [("telegram:night", "sent")]


def test_a_rule_is_told_as_its_own_alert_with_the_bakers_name(bench: Bench) -> None:
    assert bench.test("telegram", "missed_attestation", "bob") == 0
    [text] = bench.telegram.heard()
    assert text.startswith("🔴 TEST bob: attestations stopped ")
    assert bench.at.station.incidents() == []


@pytest.mark.parametrize(
    ("rule", "target", "said"),
    [
        (None, "val-A", "val-A: no weights"),
        ("deregistered", "val-A", "val-A"),
        (None, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", "val-A: no weights"),
        (None, "ours", "immunity_period"),
        (None, "wallet", "wallet"),
        ("balance_low", None, "wallet"),
    ],
)
def test_a_rule_of_bittensor_is_told_of_who_is_watched_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, rule: str | None, target: str | None, said: str
) -> None:
    monkeypatch.setattr(misfits, "find_spec", lambda name: object())
    bench.at.station.configure(BITTENSOR_RPC_URL="local")
    hotkey = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
    bench.at.station.watch(
        {
            "tezos": bench.at.scene.named("alice"),
            "bittensor": {
                "hotkeys": [{"hotkey": hotkey, "name": "val-A", "netuids": [18], "channels": ["telegram:night"]}],
                "subnets": [{"netuid": 8, "name": "ours", "channels": ["telegram:night"]}],
                "coldkeys": [{"coldkey": hotkey, "name": "wallet", "channels": ["telegram:night"]}],
            },
        }
    )
    assert bench.test(rule=rule, target=target) == 0
    [text] = bench.telegram.heard("-1002")
    assert "TEST" in text
    assert said in text
    assert bench.telegram.heard("-1001") == []
    assert bench.tests() == [("telegram:night", "sent")]


@pytest.mark.parametrize("rule", sorted(CARDS))
def test_every_rule_has_a_message_to_test(rule: str) -> None:
    assert rule in samples()


def test_a_rule_goes_where_its_alert_would_go(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.at.station.configure(TELEGRAM_MIN_SEVERITY="critical")
    assert bench.test(rule="missed_baking") == 0
    assert bench.tests() == [("console", "sent")]
    assert "telegram: not told of this (warning)" in capsys.readouterr().err
    assert bench.test(rule="missed_attestation") == 0
    assert len(bench.telegram.heard()) == 2


def test_a_refusal_is_exit_1_and_says_why(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.telegram.chats["-1002"].gone = KICKED
    assert bench.test() == 1
    said = capsys.readouterr().err
    assert "telegram: delivered" in said
    assert f"telegram:night: not delivered: 403 {KICKED}" in said
    assert ("telegram:night", "superseded") in bench.tests()
    bench.telegram.chats["-1002"].gone = None
    bench.at.station.minutes(3)
    assert bench.telegram.heard("-1002") == []  # what failed is not sent after all


def test_a_broken_channel_is_tried_at_once_and_counts_as_mended(bench: Bench) -> None:
    bench.telegram.chats["-1002"].gone = KICKED
    assert bench.test("telegram:night") == 1
    query = "SELECT broken_since FROM channel_state WHERE channel = 'telegram:night'"
    assert bench.at.station.rows(query)[0]["broken_since"] is not None
    bench.telegram.chats["-1002"].gone = None
    assert bench.test("telegram:night") == 0
    assert bench.at.station.rows(query)[0]["broken_since"] is None


def test_nothing_else_that_waits_is_sent_by_a_test(bench: Bench) -> None:
    bench.at.silence("bob", "1h")  # its line waits for the next run
    bench.telegram.messages.clear()
    assert bench.test("telegram") == 0
    assert len(bench.telegram.heard()) == 1


def test_words_that_mean_nothing_are_refused(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.test(channel="pager") == 2
    assert "there is: console, telegram, telegram:night" in capsys.readouterr().err
    assert bench.test(rule="missed_everything") == 2
    assert bench.test(target="carol") == 2
    assert bench.tests() == []


def test_it_waits_for_a_run_and_says_so(bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "state.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        threading.Timer(0.5, lambda: fcntl.flock(held, fcntl.LOCK_UN)).start()
        assert bench.test("telegram") == 0
    assert "a run is under way; waiting up to 60 s for it" in capsys.readouterr().err


def test_it_gives_up_when_the_run_does_not_end(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_alert, "LONGEST_WAIT", 0.3)
    with (tmp_path / "state.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert bench.test("telegram") == 1
    assert "nothing was sent" in capsys.readouterr().err
    assert bench.tests() == []


def test_a_silence_does_not_hold_a_test_back(bench: Bench) -> None:
    bench.at.silence("*", "1h")
    assert bench.test("telegram", "missed_attestation") == 0
    assert len(bench.telegram.heard()) == 1
