"""What stands on the terminal, in cron's mail, in a pipe."""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress

import pytest

from alerting.channels.console import Console
from alerting.errors import Ambiguous, NotSent
from monitor.model import Format, Message, Severity

TEXT = "🔴 alice: attestations stopped 03:04\nOnly you. #a1f3c2\n\n✅ bob attesting again 03:26\n#b07c1d"
MESSAGE = Message(TEXT, Severity.CRITICAL, False, ())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_blocks_are_plain_where_nobody_looks() -> None:
    stream = io.StringIO()
    Console(stream).send(MESSAGE, 1.0)
    assert stream.getvalue() == f"{TEXT}\n\n"


def test_first_lines_are_coloured_on_a_terminal() -> None:
    stream = Terminal()
    Console(stream).send(MESSAGE, 1.0)
    lines = stream.getvalue().split("\n")
    assert lines[0] == "\033[31m🔴 alice: attestations stopped 03:04\033[0m"
    assert lines[1] == "Only you. #a1f3c2"
    assert lines[3].startswith("\033[32m✅")


def test_json_lines_stay_json_on_a_terminal() -> None:
    stream = Terminal()
    console = Console(stream, json=True)
    assert console.format is Format.JSON
    console.send(Message('{"event_id":1}', Severity.INFO, False, (), Format.JSON), 1.0)
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [{"event_id": 1}]


def test_a_reader_that_went_away_is_a_failure_not_a_crash() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", encoding="utf-8")
    with pytest.raises(Ambiguous, match="BrokenPipeError"):
        Console(stream).send(MESSAGE, 1.0)
    with suppress(BrokenPipeError):
        stream.close()


def test_a_closed_output_took_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(NotSent):
        Console(stream).send(MESSAGE, 1.0)


def test_an_output_without_emoji_still_gets_the_words() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    Console(stream).send(MESSAGE, 1.0)
    assert b"? alice: attestations stopped 03:04" in raw.getvalue()
