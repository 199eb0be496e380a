from __future__ import annotations

import io

from pydantic import SecretStr

from alerting.channels.console import Console
from monitor.channels import channels_of, telegram_chats
from monitor.config.settings import Settings


def names(**settings: object) -> list[str]:
    return list(channels_of(Settings.model_validate(settings), Console(io.StringIO())))


def test_the_console_is_on_unless_it_is_switched_off() -> None:
    assert names() == ["console"]
    assert names(send_to_console=False) == []


def test_every_chat_is_a_channel_of_its_own() -> None:
    found = names(
        send_to_telegram=True, telegram_bot_token=SecretStr("1:x"), telegram_chat_id="-1001,night-shift=-1002"
    )
    assert found == ["console", "telegram", "telegram:night-shift"]


def test_chats_without_names_are_told_apart_by_number() -> None:
    assert telegram_chats("-1, -2 ,@three") == {"telegram": "-1", "telegram:2": "-2", "telegram:3": "@three"}


def test_cloudwatch_is_a_channel_when_switched_on() -> None:
    assert names(send_to_cloudwatch=True, identifier="bkr1") == ["console", "cloudwatch"]
