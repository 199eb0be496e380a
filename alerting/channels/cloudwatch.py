"""A stream of AWS CloudWatch Logs: one JSON object per event, for metric filters and Insights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent, RateLimited, TooLong
from monitor.model import Format, Message

# PutLogEvents, botocore 1.44.5: a batch is at most 1,048,576 bytes, counting 26 for each event beside its text.
_RETRY_AFTER = 30
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"})
_REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "ExpiredTokenException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestTimeTooSkewed",
    }
)
_DROPPED = {
    "tooNewLogEventStartIndex": "too new for its clock",
    "tooOldLogEventEndIndex": "too old",
    "expiredLogEventEndIndex": "older than the retention",
}


class CloudWatch(Channel):
    """Credentials and AWS_ENDPOINT_URL are found by botocore's own rules. `client` and `clock` are for tests."""

    limits: ClassVar[Limits] = Limits(units=200_000, events=500)

    def __init__(
        self,
        group: str,
        stream: str,
        region: str,
        *,
        retention_days: int | None = None,
        name: str = "cloudwatch",
        clock: Callable[[], float] = time.time,
        client: Any = None,
    ) -> None:
        self._group = group
        self._stream = stream.replace(":", "-").replace("*", "-")[:512]
        self._region = region
        self._retention_days = retention_days
        self._name = name
        self._clock = clock
        self._client = client

    @property
    def name(self) -> str:
        return self._name

    @property
    def format(self) -> Format:
        return Format.JSON

    def send(self, message: Message, timeout: float) -> Receipt:
        # A call's own time stamp: late news would be dropped as too old. When it happened stands in the event.
        now = int(self._clock() * 1000)
        events = [
            {"timestamp": now, "message": json.dumps(fact, ensure_ascii=False, separators=(",", ":"))}
            for fact in message.events
        ]
        try:
            client = self._connected(timeout)
            try:
                answer = self._put(client, events)
            except client.exceptions.ResourceNotFoundException:
                self._create(client)
                answer = self._put(client, events)
        except DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001 - botocore's tree is not to be imported before it is needed
            raise _translated(error) from None
        for index, what in _DROPPED.items():
            if index in answer.get("rejectedLogEventsInfo", {}):
                raise Broken(f"events dropped as {what}")
        return Receipt()

    def _put(self, client: Any, events: list[dict[str, Any]]) -> dict[str, Any]:
        answer: dict[str, Any] = client.put_log_events(
            logGroupName=self._group, logStreamName=self._stream, logEvents=events
        )
        return answer

    def _create(self, client: Any) -> None:
        """The group and the stream, whichever is missing. Raises Broken where that is not allowed."""
        exists = client.exceptions.ResourceAlreadyExistsException
        try:
            with suppress(exists):
                client.create_log_group(logGroupName=self._group)
                if self._retention_days is not None:
                    client.put_retention_policy(logGroupName=self._group, retentionInDays=self._retention_days)
            with suppress(exists):
                client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        except Exception as error:
            if _code(error) in _REFUSED:
                raise Broken(f"create log group {self._group} and its stream: not allowed to do it here") from None
            raise

    def _connected(self, timeout: float) -> Any:
        if self._client is None:
            # Hundreds of milliseconds: only a run that has something to say pays them.
            import boto3
            from botocore.config import Config

            config = Config(
                connect_timeout=min(3.0, timeout),
                read_timeout=min(5.0, timeout),
                retries={"total_max_attempts": 1, "mode": "standard"},  # the outbox retries
            )
            self._client = boto3.session.Session().client("logs", region_name=self._region, config=config)
        return self._client


def _code(error: Exception) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _translated(error: Exception) -> DeliveryError:
    """botocore's exceptions by name and code; their texts may hold keys and URLs."""
    name, code = type(error).__name__, _code(error)
    if name in ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "TokenRetrievalError"):
        return Broken("no usable AWS credentials")
    if name in ("NoRegionError", "InvalidRegionError", "InvalidEndpointError"):
        return Broken("AWS_REGION or AWS_ENDPOINT_URL is not usable")
    if name in ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"):
        return NotSent("no connection")
    if code in _REFUSED:
        return Broken(f"refused: {code}")
    if code in _THROTTLED:
        return RateLimited(f"throttled: {code}", _RETRY_AFTER)
    if code == "InvalidParameterException":
        return TooLong(f"refused: {code}")
    if code == "ResourceNotFoundException":
        return Broken("no such log group or stream")
    return Ambiguous(code or name)
