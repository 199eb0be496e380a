"""What Apprise is given, and what comes of what it says."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from alerting.channels.notify import Notify
from alerting.errors import Ambiguous, Broken
from monitor.model import EventKind, Format, Message, Severity
from simulator import faults
from simulator.receiver import Receiver

CANARY = "canary-91e7"


@pytest.fixture
def webhook() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def address(webhook: Receiver, options: str = "") -> str:
    return f"json://{webhook.url.removeprefix('http://')}/{CANARY}{options}"


def message(text: str, severity: Severity = Severity.CRITICAL, *kinds: EventKind) -> Message:
    return Message(text, severity, False, tuple({"kind": kind.value} for kind in kinds))


def taken(webhook: Receiver) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in webhook.arrived]


def test_the_first_line_is_the_title_and_the_rest_the_body(webhook: Receiver) -> None:
    Notify(address(webhook)).send(message("🔴 alice stopped\nOnly you.\n#a1"), 3.0)
    (only,) = taken(webhook)
    assert (only["title"], only["message"]) == ("🔴 alice stopped", "Only you.\n#a1")


def test_one_line_is_all_body(webhook: Receiver) -> None:
    Notify(address(webhook)).send(message("🟡 alice"), 3.0)
    (only,) = taken(webhook)
    assert (only["title"], only["message"]) == ("", "🟡 alice")


@pytest.mark.parametrize(
    ("severity", "kinds", "type_"),
    [
        (Severity.CRITICAL, [EventKind.FIRING], "failure"),
        (Severity.WARNING, [EventKind.FIRING], "warning"),
        (Severity.INFO, [EventKind.RESOLVED, EventKind.MISSED_INCIDENT], "success"),
        (Severity.INFO, [EventKind.RESOLVED, EventKind.NOTICE], "info"),
        (Severity.INFO, [], "info"),
    ],
)
def test_receivers_are_told_how_bad_it_is(
    webhook: Receiver, severity: Severity, kinds: list[EventKind], type_: str
) -> None:
    Notify(address(webhook)).send(message("x\ny", severity, *kinds), 3.0)
    assert taken(webhook)[0]["type"] == type_


def test_what_is_too_long_for_a_receiver_is_split_and_nothing_is_cut_off(
    webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    monkeypatch.setattr(NotifyJSON, "body_maxlen", 500)
    lines = [f"line {number}" for number in range(150)]
    Notify(address(webhook)).send(message("\n".join(["title", *lines])), 3.0)
    assert len(taken(webhook)) > 1
    told = "\n".join(part["message"] for part in taken(webhook)).split()
    assert [word for word in told if word.isdecimal()] == [str(number) for number in range(150)]


@pytest.mark.parametrize("bad", ["nosuch://x", "slack://x", "discord://"])
def test_an_address_that_apprise_does_not_know_is_broken_and_not_shown(
    bad: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Broken) as failure:
        Notify(bad + CANARY).send(message("x"), 1.0)
    assert CANARY not in str(failure.value) + caplog.text + str(capfd.readouterr())


def test_without_apprise_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Broken, match=r"pip install -r requirements-notify\.txt"):
        Notify(f"json://{CANARY}").send(message("x"), 1.0)


def test_a_failure_names_the_kind_of_receiver_and_the_status(
    webhook: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook.faults.add(faults.status(404))
    with pytest.raises(Ambiguous) as failure:
        Notify(address(webhook)).send(message("x"), 3.0)
    assert failure.value.reason == "JSON did not take it (404)"
    assert CANARY not in caplog.text + str(capfd.readouterr())


def test_a_plug_in_that_raises_is_a_failure_without_its_text(
    webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    def raises(*_: object, **__: object) -> bool:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(NotifyJSON, "send", raises)
    with pytest.raises(Ambiguous, match="JSON failed: RuntimeError"):
        Notify(address(webhook)).send(message("x"), 3.0)


def test_it_wants_plain_text_and_has_an_hours_patience() -> None:
    channel = Notify("json://h", name="notify:team")
    assert (channel.name, channel.format, channel.patience) == ("notify:team", Format.PLAIN, 3600)
