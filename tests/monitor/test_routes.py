"""Who hears of what: each channel from its severity on, and of a delegate those that it names."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from alerting.channels.console import Console
from alerting.events import ChannelRoute
from monitor.channels import channels_of
from monitor.config.settings import Settings
from monitor.config.watch_list import Delegate
from monitor.model import CheckKey, Severity
from monitor.recording import Recorder
from monitor.routes import own_channels, routes_of
from simulator.plan import small_plan
from simulator.telegram import Chat, Telegram
from tests.alerting.stage import Scripted
from tests.monitor.config.addresses import ALICE, BOB
from tests.scenes import play

NAMES = ("console", "telegram", "telegram:night", "cloudwatch", "notify:team", "slow")


def test_every_channel_of_a_kind_has_the_least_severity_of_its_kind() -> None:
    settings = Settings.model_validate(
        {"telegram_min_severity": "critical", "cloudwatch_min_severity": "warning", "notify_min_severity": "warning"}
    )
    least = {route.name: route.minimum for route in routes_of(settings, NAMES)}
    assert least == {
        "console": Severity.INFO,
        "telegram": Severity.CRITICAL,
        "telegram:night": Severity.CRITICAL,
        "cloudwatch": Severity.WARNING,
        "notify:team": Severity.WARNING,
        "slow": Severity.INFO,
    }


def routed(target: str, own: dict[str, frozenset[str]]) -> list[str]:
    recorder = Recorder([ChannelRoute(name) for name in NAMES], 1, 0).for_targets(own)
    return [route.name for route in recorder.routes(CheckKey("tezos:mainnet", target, "missed_baking"))]


def test_a_target_with_channels_of_its_own_is_told_there_alone() -> None:
    own = own_channels(
        {
            ALICE: Delegate(address=ALICE, channels=("telegram:night", "console")),
            BOB: Delegate(address=BOB),
        }
    )
    assert routed(ALICE, own) == ["console", "telegram:night"]
    assert routed(BOB, own) == list(NAMES)
    assert routed("source", own) == list(NAMES)


def test_a_target_whose_channels_are_all_gone_is_told_everywhere() -> None:
    assert routed(ALICE, {ALICE: frozenset({"telegram:day"})}) == list(NAMES)


START = 10_150
CHATS = {
    "SEND_TO_TELEGRAM": "true",
    "TELEGRAM_BOT_TOKEN": "123456:" + "a" * 35,
    "TELEGRAM_CHAT_ID": "-1,night=-2",
}


def told(channel: Scripted) -> list[tuple[str, str]]:
    """(kind, name of the delegate) of what a channel heard of delegates, in order."""
    facts = [fact for message in channel.heard for fact in message.events]
    return [(str(fact["kind"]), str(fact["name"])) for fact in facts if "name" in fact]


def test_each_delegate_is_told_in_its_chat_and_so_is_its_recovery(tmp_path: Path) -> None:
    day, night = Scripted("telegram"), Scripted("telegram:night")
    plan = small_plan(seed=7).outage("alice", START - 1, START + 12).outage("bob", START - 1, START + 12)
    with play(plan, START, tmp_path) as scene:
        alice, bob = scene.named("alice", "bob")
        delegates = [{**alice, "channels": ["telegram:night"]}, {**bob, "channels": ["telegram"]}]
        station = scene.station(*delegates, channels={"telegram": day, "telegram:night": night}, **CHATS)
        station.run()
        station.minutes(2)
        assert ("firing", "alice") in told(night)
        assert ("firing", "bob") in told(day)
        # An edited route is for what comes: who was told of the beginning is told of the end.
        station.watch([alice, bob])
        station.minutes(3)
    assert ("resolved", "alice") in told(night)
    assert ("resolved", "alice") not in told(day)
    assert {name for kind, name in told(day) if kind == "firing"} == {"bob"}
    assert {name for kind, name in told(night) if kind == "firing"} == {"alice"}


def test_what_is_below_a_channels_severity_is_not_told_there(tmp_path: Path) -> None:
    loud, all_of_it = Scripted("telegram"), Scripted("console")
    plan = small_plan(seed=7).outage("alice", START - 1, START + 32)
    with play(plan, START, tmp_path) as scene:
        channels = {"telegram": loud, "console": all_of_it}
        station = scene.station(*scene.named("alice"), channels=channels, TELEGRAM_MIN_SEVERITY="critical")
        station.run()
        station.minutes(7)
    assert {("firing", "alice"), ("escalated", "alice"), ("resolved", "alice")} <= set(told(all_of_it))
    attestations = [
        (str(fact["kind"]), str(fact["severity"]))
        for message in loud.heard
        for fact in message.events
        if fact["rule"] == "missed_attestation"
    ]
    assert attestations == [("escalated", "critical"), ("resolved", "critical")]


def test_messages_arrive_in_telegram_as_the_settings_say(tmp_path: Path) -> None:
    plan = small_plan(seed=7).outage("alice", START - 1, START + 12)
    with play(plan, START, tmp_path) as scene, Telegram() as api:
        api.chats = {"-1": Chat(), "-2": Chat(topics={12})}
        settings: dict[str, Any] = {
            **CHATS,
            "TELEGRAM_BOT_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "TELEGRAM_THREAD_ID": "night=12",
        }
        delegates = [{**delegate, "channels": ["telegram:night"]} for delegate in scene.named("alice")]
        station = scene.station(*delegates, **settings)
        channels = channels_of(station.configuration.settings, Console(io.StringIO()))
        station = scene.station(*delegates, channels=channels, **settings)
        station.run()
        station.minutes(5)
        assert {(message.chat, message.topic) for message in api.messages if "alice" in message.text} == {("-2", 12)}
        by_kind = {"again" in message.text: message.silent for message in api.messages if "alice" in message.text}
        assert by_kind == {False: False, True: True}, "what is over comes without a sound"
