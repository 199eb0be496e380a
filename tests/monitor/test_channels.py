from __future__ import annotations

import io
import subprocess
import sys

from pydantic import SecretStr

from alerting.channels.console import Console
from monitor.channels import channels_of, telegram_chats
from monitor.config.channel_names import channel_names
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


def test_the_names_a_delegate_may_use_are_those_of_the_channels() -> None:
    settings = Settings.model_validate(
        {
            "send_to_telegram": True,
            "telegram_bot_token": SecretStr("1:x"),
            "telegram_chat_id": "-1,night=-2,-3",
            "send_to_cloudwatch": True,
            "identifier": "bkr1",
            "notify_urls": SecretStr("team=json://h json://i"),
        }
    )
    assert tuple(channels_of(settings, Console(io.StringIO()))) == channel_names(settings)


HEAVY = """
import io, sys
from pydantic import SecretStr
from alerting.channels.console import Console
from monitor.channels import channels_of
from monitor.config.settings import Settings
settings = Settings.model_validate(
    {"notify_urls": SecretStr("json://h"), "send_to_cloudwatch": True, "heartbeat_url": SecretStr("http://h/x")}
)
channels_of(settings, Console(io.StringIO()))
import monitor.check
print([name for name in ("apprise", "boto3", "botocore", "alerting.heartbeat") if name in sys.modules])
"""


def test_a_run_that_has_nothing_to_say_does_not_pay_for_their_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
