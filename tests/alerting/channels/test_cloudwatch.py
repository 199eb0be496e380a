"""What is put into the log, and what AWS's refusals mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from alerting.channels.cloudwatch import CloudWatch
from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent, RateLimited
from monitor.model import Format, Message, Severity

FACT = {
    "event_id": 17,
    "incident": "a1f3c2",
    "kind": "firing",
    "summary": "alice: attestations stopped",
    "occurred_at": 5,
}
TAKEN = {"nextSequenceToken": "1"}
MESSAGE = Message("", Severity.CRITICAL, False, (FACT,), Format.JSON)
NOW = 1_795_262_400
PLACE = {"logGroupName": "bakers", "logStreamName": "mon-1"}
PUT = {
    **PLACE,
    "logEvents": [{"timestamp": NOW * 1000, "message": json.dumps(FACT, separators=(",", ":"))}],
}


@pytest.fixture(scope="module")
def client() -> Any:
    session = boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="canary", region_name="eu-west-1")
    return session.client("logs")


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def send(client: Any, **options: Any) -> None:
    CloudWatch("bakers", "mon-1", "eu-west-1", client=client, clock=lambda: float(NOW), **options).send(MESSAGE, 2.0)


def test_each_event_is_one_json_object_with_the_present_time(client: Any, stub: Stubber) -> None:
    stub.add_response("put_log_events", TAKEN, PUT)
    send(client)


def test_a_missing_group_and_stream_are_made_and_the_events_put_again(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    stub.add_response("create_log_group", {}, {"logGroupName": "bakers"})
    stub.add_response("put_retention_policy", {}, {"logGroupName": "bakers", "retentionInDays": 30})
    stub.add_response("create_log_stream", {}, PLACE)
    stub.add_response("put_log_events", TAKEN, PUT)
    send(client, retention_days=30)


def test_a_group_that_is_there_only_gets_its_stream(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    stub.add_client_error("create_log_group", "ResourceAlreadyExistsException")
    stub.add_response("create_log_stream", {}, PLACE)
    stub.add_response("put_log_events", TAKEN, PUT)
    send(client)


def test_where_it_may_not_make_the_group_it_says_which_one_to_make(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    stub.add_client_error("create_log_group", "AccessDeniedException")
    with pytest.raises(Broken, match="create log group bakers"):
        send(client)


def test_a_retention_that_may_not_be_set_stops_no_alert(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    stub.add_response("create_log_group", {}, {"logGroupName": "bakers"})
    stub.add_client_error("put_retention_policy", "AccessDeniedException")
    stub.add_response("create_log_stream", {}, PLACE)
    stub.add_response("put_log_events", TAKEN, PUT)
    send(client, retention_days=30)


def test_a_stream_that_cannot_be_seen_yet_is_tried_again_later(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    stub.add_client_error("create_log_group", "ResourceAlreadyExistsException")
    stub.add_response("create_log_stream", {}, PLACE)
    stub.add_client_error("put_log_events", "ResourceNotFoundException")
    with pytest.raises(NotSent, match="only just made"):
        send(client)


def test_a_200_that_is_not_of_aws_is_no_delivery(client: Any, stub: Stubber) -> None:
    stub.add_response("put_log_events", {}, PUT)
    with pytest.raises(Ambiguous, match="not CloudWatch's"):
        send(client)


@pytest.mark.parametrize("index", ["tooNewLogEventStartIndex", "tooOldLogEventEndIndex", "expiredLogEventEndIndex"])
def test_a_success_that_dropped_the_events_is_none(client: Any, stub: Stubber, index: str) -> None:
    stub.add_response("put_log_events", {**TAKEN, "rejectedLogEventsInfo": {index: 0}}, PUT)
    with pytest.raises(Broken, match="dropped"):
        send(client)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", Broken),
        ("UnrecognizedClientException", Broken),
        ("ExpiredTokenException", Broken),
        ("ThrottlingException", RateLimited),
        ("ServiceUnavailableException", Ambiguous),
    ],
)
def test_what_a_refusal_means(client: Any, stub: Stubber, code: str, kind: type[DeliveryError]) -> None:
    stub.add_client_error("put_log_events", code, "canary in the text")
    with pytest.raises(DeliveryError) as failure:
        send(client)
    assert type(failure.value) is kind
    assert "canary" not in str(failure.value)


class Failing:
    """A client whose every call fails like that."""

    class exceptions:
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, error: Exception) -> None:
        self._error = error

    def put_log_events(self, **_: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoCredentialsError(), Broken),
        (EndpointConnectionError(endpoint_url="https://canary"), NotSent),
        (RuntimeError("canary"), Ambiguous),
    ],
)
def test_what_a_failure_before_any_answer_means(error: Exception, kind: type[DeliveryError]) -> None:
    with pytest.raises(DeliveryError) as failure:
        send(Failing(error))
    assert type(failure.value) is kind
    assert "canary" not in str(failure.value)


def test_a_stream_is_named_without_what_aws_forbids(client: Any, stub: Stubber) -> None:
    stub.add_response("put_log_events", TAKEN, PUT | {"logStreamName": "mon-1-a"})
    CloudWatch("bakers", "mon:1*a", "eu-west-1", client=client, clock=lambda: float(NOW)).send(MESSAGE, 2.0)
