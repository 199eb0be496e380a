"""Every channel against every failure, over real sockets: what it is called, and what becomes of the message.

The receivers are the simulated Bot API, moto's AWS behind a front that can be troubled, and a plain receiver of what
Apprise's json:// sends. Each case is delivered by the real outbox: while it fails, and again when it is over.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from sqlalchemy import text

from alerting.channels.cloudwatch import CloudWatch
from alerting.channels.interface import Channel, Limits
from alerting.channels.notify import Notify
from alerting.channels.telegram import Telegram
from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent, RateLimited, Rejected
from monitor.database import reading
from monitor.model import EventKind, Format, Message, Severity
from simulator import faults
from simulator import telegram as bot_api
from simulator.faults import Fault
from simulator.receiver import Receiver, Reply
from tests.alerting.channels.moto_server import Front, moto_server
from tests.alerting.stage import NOON, Scripted, Stage

CANARY = "canary8s3cr3t8value8of8forty8characters80"
REGION = "eu-west-1"


class Bench(ABC):
    """One channel, its receiver, and how that one words its refusals."""

    receiver: Receiver
    channel: Channel

    @abstractmethod
    def refusal(self, status: int, retry_after: int | None = None) -> tuple[str, dict[str, str]]:
        """Body and headers of an error as the real receiver gives it."""

    @abstractmethod
    def heard(self) -> list[str]:
        """First lines of what arrived, in order."""


class Hasty(Telegram):
    limits: ClassVar[Limits] = replace(Telegram.limits, interval=0.05)


class TelegramBench(Bench):
    _DESCRIPTIONS: Mapping[int, str] = {
        400: "Bad Request: can't parse entities: Unsupported start tag",
        401: "Unauthorized",
        403: bot_api.KICKED,
        404: "Not Found",
        429: "Too Many Requests: retry after 3",
    }

    def __init__(self) -> None:
        self.receiver = self.api = bot_api.Telegram(token=f"123456:{CANARY}")
        self.channel = Hasty(self.api.token, "-1001", api_url=self.api.url)

    def refusal(self, status: int, retry_after: int | None = None) -> tuple[str, dict[str, str]]:
        body: dict[str, Any] = {"ok": False, "error_code": status, "description": self._DESCRIPTIONS.get(status, "?")}
        if retry_after is not None:
            body["parameters"] = {"retry_after": retry_after}
        return json.dumps(body), {}

    def heard(self) -> list[str]:
        return [message.splitlines()[0] for message in self.api.heard()]


class CloudWatchBench(Bench):
    _CODES: Mapping[int, str] = {
        400: "SerializationException",
        401: "UnrecognizedClientException",
        403: "AccessDeniedException",
        404: "UnknownOperationException",
        429: "ThrottlingException",
        503: "ServiceUnavailableException",
    }

    def __init__(self, front: Front, client: Any, stream: str) -> None:
        self.receiver = front
        self.client, self.stream = client, stream
        self.channel = CloudWatch("bakers", stream, REGION)
        with suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName="bakers")
        client.create_log_stream(logGroupName="bakers", logStreamName=stream)

    def refusal(self, status: int, retry_after: int | None = None) -> tuple[str, dict[str, str]]:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = {"__type": self._CODES.get(status, "InternalFailure"), "message": f"for {CANARY}"}
        return json.dumps(body), headers

    def heard(self) -> list[str]:
        found = self.client.get_log_events(logGroupName="bakers", logStreamName=self.stream, startFromHead=True)
        return [json.loads(event["message"])["summary"] for event in found["events"]]


class Webhook(Receiver):
    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        super().__init__()

    def answer(self, request: Any) -> Reply:
        self.taken.append(json.loads(request.body))
        return Reply(200, b"ok")


class NotifyBench(Bench):
    def __init__(self) -> None:
        self.receiver = self.webhook = Webhook()
        host = self.webhook.url.removeprefix("http://")
        self.channel = Notify(f"json://someone:{CANARY}@{host}/{CANARY}")

    def refusal(self, status: int, retry_after: int | None = None) -> tuple[str, dict[str, str]]:
        return "no", {} if retry_after is None else {"Retry-After": str(retry_after)}

    def heard(self) -> list[str]:
        return [taken["title"] for taken in self.webhook.taken]


@pytest.fixture(scope="module")
def aws() -> Iterator[tuple[Front, Any]]:
    """What stands in front of AWS, and a client of it; the environment leads there."""
    import boto3

    with moto_server() as port, Front(port) as front, pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": CANARY,
            "AWS_SESSION_TOKEN": CANARY,
            "AWS_ENDPOINT_URL": front.url,
        }.items():
            environment.setenv(name, value)
        yield front, boto3.session.Session().client("logs", region_name=REGION)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "cloudwatch":
        front, client = request.getfixturevalue("aws")
        yield CloudWatchBench(front, client, "".join(filter(str.isalnum, request.node.name)))
        return
    made = TelegramBench() if request.param == "telegram" else NotifyBench()
    with made.receiver:
        yield made


class Failing(Stage):
    send_timeout = 1.0


def refused(bench: Bench) -> AbstractContextManager[object]:
    return bench.receiver.refusing()


def fault(make: Callable[[], Fault]) -> Callable[[Bench], AbstractContextManager[object]]:
    return lambda bench: bench.receiver.faults.during(make())


def answered(status: int, retry_after: int | None = None) -> Callable[[Bench], AbstractContextManager[object]]:
    """The receiver's own refusal."""

    def begin(bench: Bench) -> AbstractContextManager[object]:
        body, headers = bench.refusal(status, retry_after)
        return bench.receiver.faults.during(Fault("status", status=status, body=body, headers=headers))

    return begin


FAILURES: dict[str, Callable[[Bench], AbstractContextManager[object]]] = {
    "refused": refused,
    "reset": fault(faults.reset),
    "reset after it was taken": fault(faults.lost_answer),
    "hang": fault(faults.hang),
    "hang after it was taken": fault(faults.late_answer),
    "cut": fault(faults.cut),
    "dribble": fault(lambda: faults.dribble("headers", 0.3)),
    "400": answered(400),
    "401": answered(401),
    "403": answered(403),
    "404": answered(404),
    "429": answered(429),
    "429 with retry_after": answered(429, 5000),
    "429 of a proxy": fault(faults.rate_limited),
    "403 of a proxy": fault(lambda: faults.status(403, "<html>go away</html>")),
    "408": answered(408),
    "500": answered(500),
    "502 of a proxy": fault(lambda: faults.status(502, "<html>Bad Gateway</html>")),
    "503": answered(503),
    "302": fault(lambda: Fault("status", status=302, headers={"Location": "http://127.0.0.1:1/"})),
    "garbage": fault(faults.garbage),
    "half a body": fault(faults.truncated),
    "huge body": fault(lambda: faults.huge(20_000_000)),
    "huge error": fault(lambda: faults.huge(20_000_000, 500)),
}

# Of a failure: its class, for telegram, cloudwatch and notify. None: it counts as taken (AWS says so in its head; of
# what Apprise sends only the status is known, so that whoever answers 200 in the receiver's place is believed).
TABLE: dict[str, tuple[type[DeliveryError] | None, type[DeliveryError] | None, type[DeliveryError] | None]] = {
    "refused": (NotSent, NotSent, Ambiguous),
    "reset": (Ambiguous, Ambiguous, Ambiguous),
    "reset after it was taken": (Ambiguous, Ambiguous, Ambiguous),
    "hang": (Ambiguous, Ambiguous, Ambiguous),
    "hang after it was taken": (Ambiguous, Ambiguous, Ambiguous),
    "cut": (Ambiguous, None, Ambiguous),
    "dribble": (Ambiguous, Ambiguous, Ambiguous),
    "400": (Rejected, Rejected, Ambiguous),
    "401": (Broken, Broken, Ambiguous),
    "403": (Broken, Broken, Ambiguous),
    "404": (Broken, Broken, Ambiguous),
    "429": (RateLimited, RateLimited, Ambiguous),
    "429 with retry_after": (RateLimited, RateLimited, Ambiguous),
    "429 of a proxy": (RateLimited, RateLimited, Ambiguous),
    "403 of a proxy": (Broken, Broken, Ambiguous),
    "408": (Ambiguous, Ambiguous, Ambiguous),
    "500": (Ambiguous, Ambiguous, Ambiguous),
    "502 of a proxy": (Ambiguous, Ambiguous, Ambiguous),
    "503": (Ambiguous, Ambiguous, Ambiguous),
    "302": (Ambiguous, Ambiguous, Ambiguous),
    "garbage": (Ambiguous, Ambiguous, None),
    "half a body": (Ambiguous, None, None),
    "huge body": (Ambiguous, Ambiguous, None),
    "huge error": (Ambiguous, Ambiguous, Ambiguous),
}
CASES = [
    pytest.param(kind, failure, expected, id=f"{kind}-{failure}")
    for failure, row in TABLE.items()
    for kind, expected in zip(("telegram", "cloudwatch", "notify"), row, strict=True)
]
BELIEVED = {("notify", "garbage"), ("notify", "huge body")}
RETRY_AFTER = {("telegram", "429"): 60, ("cloudwatch", "429"): 30}
"""Seconds, where the answer does not say."""


def row(stage: Stage, name: str) -> dict[str, Any]:
    with reading(stage.engine) as connection:
        query = text("SELECT state, attempts, sent_at, last_error FROM delivery WHERE channel = :name")
        return dict(connection.execute(query, {"name": name}).mappings().one())


def test_the_table_has_every_failure() -> None:
    assert TABLE.keys() == FAILURES.keys()


@pytest.mark.parametrize(("bench", "failure", "expected"), CASES, indirect=["bench"])
def test_what_a_failure_is_and_what_becomes_of_the_message(
    bench: Bench,
    failure: str,
    expected: type[DeliveryError] | None,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    name = bench.channel.name
    stage = Failing(tmp_path, cast(Scripted, bench.channel), Scripted("phone"))
    stage.tell(EventKind.FIRING)
    with FAILURES[failure](bench):
        stage.deliver(3.0)
        found = row(stage, name)
        check_outcome(stage, name, failure, expected, found)

    # It is over: whatever it was, the next news comes, and the end after its beginning.
    stage.next_run(after=5001 if expected is RateLimited else 16 * 60)
    stage.deliver(5.0)
    assert row(stage, name)["state"] == "sent"
    stage.tell(EventKind.RESOLVED)
    stage.next_run()
    stage.deliver(5.0)
    assert [state for _, state in stage.states(name) if state != "sent"] == []
    heard = [kind for line in bench.heard() if (kind := kind_of(line))]
    assert heard[-1] == "resolved"
    assert set(heard[:-1]) == (set() if (name, failure) in BELIEVED else {"firing"})
    assert len(heard) <= 2 + (expected is Ambiguous), "one duplicate per ambiguous answer"

    stage.engine.dispose()
    spoken = capfd.readouterr()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    for place in (caplog.text, spoken.out, spoken.err, str(found)):
        assert CANARY not in place
    assert CANARY.encode() not in stored


def check_outcome(
    stage: Stage, name: str, failure: str, expected: type[DeliveryError] | None, found: dict[str, Any]
) -> None:
    if expected is None:
        assert (found["state"], found["attempts"]) == ("sent", 1)
        return
    assert found["state"] == "pending"
    assert found["last_error"]
    assert (found["sent_at"] is not None) == (expected is Ambiguous), "who may have been told is known"
    assert found["attempts"] == (0 if expected in (RateLimited, Broken) else 1)
    phone = stage.channels["phone"]
    if expected is RateLimited:
        seconds = 5000 if "retry_after" in failure else RETRY_AFTER[name, failure.partition(" ")[0]]
        assert stage.channel_state(name)["blocked_until"] == NOON + seconds
    if expected is Broken:
        assert stage.channel_state(name)["broken_since"] == NOON
        assert phone.kinds == ["firing", "channel-broken"]
    else:
        assert phone.kinds == ["firing"]


def kind_of(line: str) -> str | None:
    """Of the first line of a message about alice."""
    if "alice" not in line:
        return None
    return "resolved" if "again" in line else "firing"


@pytest.mark.parametrize("bench", ["telegram", "cloudwatch", "notify"], indirect=True)
def test_what_went_well_is_settled_at_once(bench: Bench, tmp_path: Path) -> None:
    stage = Failing(tmp_path, cast(Scripted, bench.channel))
    stage.tell(EventKind.FIRING)
    assert stage.deliver(5.0).sent == 1
    assert [kind_of(line) for line in bench.heard()] == ["firing"]


def message(units: int, form: Format) -> Message:
    fact = {"event_id": 1, "kind": "firing", "summary": "alice"}
    return Message("🔴 alice\n" + "x" * (units - 9), Severity.CRITICAL, False, (fact,), form)


@pytest.mark.parametrize("bench", ["telegram", "notify"], indirect=True)
def test_the_longest_message_that_is_made_is_taken(bench: Bench) -> None:
    limits = bench.channel.limits
    bench.channel.send(message(limits.units, bench.channel.format), 3.0)
    assert len(bench.heard()) == 1


@pytest.mark.parametrize("bench", ["cloudwatch"], indirect=True)
def test_a_group_that_is_missing_is_made_with_its_retention(bench: CloudWatchBench) -> None:
    group = f"made-{NOON}"
    CloudWatch(group, "host", REGION, retention_days=30).send(message(20, Format.JSON), 5.0)
    found = bench.client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [(one["logGroupName"], one["retentionInDays"]) for one in found] == [(group, 30)]
    events = bench.client.get_log_events(logGroupName=group, logStreamName="host")["events"]
    assert [json.loads(event["message"])["event_id"] for event in events] == [1]


@pytest.mark.parametrize("bench", ["cloudwatch"], indirect=True)
def test_news_of_long_ago_is_logged_as_of_now(bench: CloudWatchBench) -> None:
    """Events older than 14 days are dropped by a 200; when it happened stands in the event."""
    late = Message("", Severity.WARNING, False, ({"event_id": 2, "summary": "alice", "occurred_at": 1},), Format.JSON)
    bench.channel.send(late, 5.0)
    assert bench.heard() == ["alice"]


@pytest.mark.parametrize("bench", ["cloudwatch"], indirect=True)
def test_a_clock_that_is_weeks_off_is_no_delivery(bench: CloudWatchBench) -> None:
    with pytest.raises(Broken, match="too old"):
        CloudWatch("bakers", bench.stream, REGION, clock=lambda: 1_000_000_000.0).send(message(20, Format.JSON), 5.0)
