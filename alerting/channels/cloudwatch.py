"""A stream of AWS CloudWatch Logs: one JSON object per event, for metric filters and Insights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from alerting.channels.aws import client_of, code_of, is_refused, translated
from alerting.channels.interface import Channel, Limits, Receipt
from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent
from monitor.model import Format, Message

_DROPPED = {
    "tooNewLogEventStartIndex": "too new for its clock",
    "tooOldLogEventEndIndex": "too old",
    "expiredLogEventEndIndex": "older than the retention",
}


class CloudWatch(Channel):
    """Credentials and AWS_ENDPOINT_URL are found by botocore's own rules. `client` and `clock` are for tests."""

    # PutLogEvents, botocore 1.44.5: a batch is at most 1,048,576 bytes, counting 26 for each event beside its text.
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
                answer = self._put_again(client, events)
        except DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001 - botocore's tree is not to be imported before it is needed
            raise translated(error) from None
        if not (answer.get("nextSequenceToken") or answer.get("ResponseMetadata", {}).get("RequestId")):
            raise Ambiguous("an answer that is not CloudWatch's")
        for index, what in _DROPPED.items():
            if index in answer.get("rejectedLogEventsInfo", {}):
                raise Broken(f"events dropped as {what}")
        return Receipt()

    def _put(self, client: Any, events: list[dict[str, Any]]) -> dict[str, Any]:
        answer: dict[str, Any] = client.put_log_events(
            logGroupName=self._group, logStreamName=self._stream, logEvents=events
        )
        return answer

    def _put_again(self, client: Any, events: list[dict[str, Any]]) -> dict[str, Any]:
        try:
            return self._put(client, events)
        except client.exceptions.ResourceNotFoundException:
            raise NotSent("the log group and its stream were only just made") from None

    def _create(self, client: Any) -> None:
        """The group and the stream, whichever is missing. Raises Broken where that is not allowed."""
        exists = client.exceptions.ResourceAlreadyExistsException
        try:
            with suppress(exists):
                client.create_log_group(logGroupName=self._group)
                self._set_retention(client)
            with suppress(exists):
                client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        except Exception as error:
            if is_refused(error):
                raise Broken(f"create log group {self._group} and its stream: not allowed to do it here") from None
            raise

    def _set_retention(self, client: Any) -> None:
        if self._retention_days is None:
            return
        try:
            client.put_retention_policy(logGroupName=self._group, retentionInDays=self._retention_days)
        except Exception as error:
            # An alert matters more than for how long it is kept.
            if code_of(error) == "":
                raise

    def _connected(self, timeout: float) -> Any:
        if self._client is None:
            self._client = client_of("logs", self._region, timeout)
        return self._client
