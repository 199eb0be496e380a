"""A thousand open incidents, each still to be told on ten channels: what that costs a run, and how fast it is told.

The channels are the console, CloudWatch and eight Telegram chats, on loopback. What was told where and when is counted
by the receivers, which refuse what is over their limits.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.backlog import fill, waiting
from bench.checker import Checker
from bench.figure import Figure, Size, at_least, at_most
from bench.node import MANY_BAKERS, BenchNode
from bench.process import Done, run
from simulator.cloudwatch import CloudWatchLogs
from simulator.telegram import Chat, Telegram

INCIDENTS, CHATS = 1_000, 8
LEVELS = 1_000
"""Judged in a run that tells the backlog, and in one before and one after it that tell nothing."""
COST = 2.0
"""Seconds: beside waiting for the receivers' rates."""
PER_MINUTE, APART = 20, 1.0
"""Of a chat: messages in any minute, and seconds between two."""
SHARE = 0.9
FIRST_PASS = 10.0
"""Seconds after which a run goes on to judge, whatever is still to be told."""


class Phones(Telegram):
    """Keeps when each chat was told."""

    def __init__(self) -> None:
        super().__init__()
        self.chats = {str(-1001 - number): Chat() for number in range(CHATS)}
        self.per_minute = PER_MINUTE

    @property
    def times(self) -> list[list[float]]:
        """Per chat."""
        return list(self._times.values())


def figures(size: Size) -> list[Figure]:
    incidents, levels = size.of(INCIDENTS, least=60), size.of(LEVELS, least=60)
    with (
        BenchNode(levels=120, bakers=MANY_BAKERS) as node,
        Phones() as phones,
        CloudWatchLogs() as logs,
        Checker(node.url, node.addresses, **_settings(phones, logs)) as checker,
    ):
        checker.catch_up()
        plain = run(checker.command)
        alone, before = _paced(checker, node, levels)

        channels = ["console", "cloudwatch", "telegram", *(f"telegram:{n}" for n in range(2, CHATS + 1))]
        pending = fill(checker.home, node.addresses, incidents, channels)
        _block(checker.home, channels, until=int(time.time()) + 3600)
        blocked = run(checker.command)
        _block(checker.home, channels, until=0)
        beside, with_backlog = _paced(checker, node, levels)
        left = waiting(checker.home)
        counted = len(phones.arrived)
        _block(checker.home, channels, until=int(time.time()) + 3600)
        again, after = _paced(checker, node, levels)
    messages = sum(len(times) for times in phones.times)
    gaps = [later - earlier for times in phones.times for earlier, later in pairwise(times)]
    refused = counted - messages
    # What judging costs differs by a tenth from run to run: one before and one after take the machine's drift out.
    rate = (before["rate"] + after["rate"]) / 2
    quiet_cpu = (alone.cpu + again.cpu) / 2
    told = pending - sum(left.values())
    return [
        Figure("open incidents", incidents),
        Figure("pending deliveries", pending),
        at_most("a run that may tell none of them", blocked.seconds, COST, "s"),
        at_most("what telling them adds to a run, CPU time", beside.cpu - quiet_cpu, COST, "s"),
        at_most("left for the console and CloudWatch", left.get("console", 0) + left.get("cloudwatch", 0), 0),
        at_most("Telegram, messages to a chat in a minute", max(map(_busiest_minute, phones.times)), PER_MINUTE),
        at_least("Telegram, seconds between two messages", min(gaps), APART, "s"),
        at_most("messages refused for their rate or size", refused, 0),
        Figure("deliveries in the run", told),
        at_most("the first levels are judged after", with_backlog["seconds"] - before["seconds"], FIRST_PASS, "s"),
        Figure("levels judged, nothing to tell", rate, "levels/s"),
        at_least("levels judged, with the backlog over without", with_backlog["rate"] / rate, SHARE, "x"),
        Figure("a run with nothing new and nothing to tell", plain.seconds, "s"),
    ]


def _settings(phones: Phones, logs: CloudWatchLogs) -> dict[str, Any]:
    return {
        "SEND_TO_TELEGRAM": "true",
        "TELEGRAM_BOT_TOKEN": phones.token,
        "TELEGRAM_CHAT_ID": ",".join(phones.chats),
        "TELEGRAM_API_URL": phones.url,
        "SEND_TO_CLOUDWATCH": "true",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_ENDPOINT_URL": logs.url,
    }


def _paced(checker: Checker, node: BenchNode, levels: int) -> tuple[Done, dict[str, Any]]:
    """A run that has so many levels to judge."""
    node.advance(levels * node.block_delay)
    result = checker.home / "paced.json"
    done = run(["-m", "bench.paced", str(checker.home / ".env"), str(result)])
    if done.code != 0:
        raise RuntimeError(f"the checker ended with {done.code}: {done.errors}")
    found: dict[str, Any] = json.loads(result.read_text())
    return done, found


def _block(home: Path, channels: list[str], until: int) -> None:
    """As after a 429 that asked for so much patience."""
    with closing(sqlite3.connect(home / "state.db")) as connection, connection:
        statement = "INSERT OR REPLACE INTO channel_state (channel, blocked_until) VALUES (?, ?)"
        connection.executemany(statement, [(channel, until) for channel in channels])


def _busiest_minute(times: list[float]) -> int:
    return max(sum(1 for at in times if start <= at < start + 60) for start in times)
