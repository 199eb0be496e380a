"""As much of CloudWatch Logs as a sender of events asks, on loopback: one group, one stream, and the limits of a batch.

with CloudWatchLogs() as logs:
    ...                                  # AWS_ENDPOINT_URL=logs.url
    logs.batches[-1]                     # the messages of the newest PutLogEvents, as they were written

Group and stream are missing until they are made. Limits: botocore's service model of PutLogEvents.
"""

from __future__ import annotations

import json

from simulator.receiver import Arrived, Receiver, Reply

LARGEST_BATCH = 1_048_576
"""Bytes of UTF-8, and 26 for each event."""
MOST_EVENTS = 10_000


class CloudWatchLogs(Receiver):
    def __init__(self, port: int = 0) -> None:
        self.batches: list[list[str]] = []
        self._made: set[str] = set()
        super().__init__(port)

    def answer(self, request: Arrived) -> Reply:
        operation, body = request.headers.get("x-amz-target", "").rpartition(".")[2], json.loads(request.body)
        if operation in ("CreateLogGroup", "CreateLogStream"):
            self._made.add(operation)
        if operation != "PutLogEvents":
            return Reply()
        if len(self._made) < 2:
            return _refused("ResourceNotFoundException")
        messages = [event["message"] for event in body["logEvents"]]
        times = [event["timestamp"] for event in body["logEvents"]]
        size = sum(len(message.encode()) + 26 for message in messages)
        if size > LARGEST_BATCH or len(messages) > MOST_EVENTS or times != sorted(times):
            return _refused("InvalidParameterException")
        self.batches.append(messages)
        return Reply(200, b'{"nextSequenceToken": "1"}')


def _refused(name: str) -> Reply:
    return Reply(400, json.dumps({"__type": name, "message": name}).encode())
