"""Many JSON-RPC calls in few HTTP requests, over the project's one HTTP client.

Public endpoints count HTTP requests, not calls, and take 50 calls at once (measured by others in 2026): calls are put
into batches of that size. All batches of one `ask` go to the same endpoint, so that its answers are of one view of the
chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from collectors.bittensor.batch import RpcCall, RpcReply, read_batch, write_batch
from collectors.bittensor.rpc_error import BatchTooLarge, RateLimited
from collectors.errors import SourceError
from collectors.rpc import RpcClient

LARGEST_BATCH = 50


class RpcReplies(NamedTuple):
    endpoint: str
    """The label of the endpoint that gave them all."""
    replies: tuple[RpcReply, ...]
    """In the order of the calls."""


class RpcAnswer(NamedTuple):
    endpoint: str
    value: Any


class JsonRpc:
    """Not shared between threads. `client` does failover for what HTTP tells: no answer, 403, 429, …

    A rate limit ends the question at that endpoint, however it was told: public endpoints count each further request.
    """

    def __init__(self, client: RpcClient) -> None:
        self._client = client
        self._next_id = 1
        self._limits: dict[str, int] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """Every endpoint, in configured order."""
        return self._client.labels

    def ask(self, calls: Sequence[RpcCall], *, endpoint: str | None = None, timeout: float | None = None) -> RpcReplies:
        """A reply for each call; errors of single calls stand in the replies.

        endpoint: ask this one only. Without it the next endpoint is asked where one refuses a batch as a whole or tells
        of a rate limit inside of it. Raises the SourceError of the first that did.
        """
        failure: SourceError | None = None
        asked: set[str] = set()
        where = endpoint
        while True:
            try:
                outcome = self._all(calls, where, timeout)
            except SourceError:
                if failure is None:
                    raise  # the client has asked whom it may
                asked.add(where or "")
            else:
                if isinstance(outcome, RpcReplies):
                    return outcome
                failure = failure or outcome
                asked.add(outcome.endpoint or "")
            where = next((label for label in self._client.preferred() if label not in asked), None)
            if endpoint is not None or where is None:
                raise failure

    def one(self, method: str, *params: object, endpoint: str | None = None, timeout: float | None = None) -> RpcAnswer:
        """A single call. Raises its own error as well."""
        replies = self.ask([RpcCall(method, params)], endpoint=endpoint, timeout=timeout)
        return RpcAnswer(replies.endpoint, replies.replies[0].result())

    def _all(self, calls: Sequence[RpcCall], endpoint: str | None, timeout: float | None) -> RpcReplies | SourceError:
        """All replies of one endpoint, or why there are none. Raises what the client raises to the first batch."""
        found: list[RpcReply] = []
        while len(found) < len(calls):
            limit = LARGEST_BATCH if endpoint is None else self._limits.get(endpoint, LARGEST_BATCH)
            some = calls[len(found) : len(found) + limit]
            try:
                label, outcome = self._batch(some, endpoint, timeout)
            except SourceError as error:
                if not found:
                    raise
                return error
            if isinstance(outcome, BatchTooLarge) and len(some) > 1:
                told = outcome.limit or len(some)
                self._limits[label] = told if 0 < told < len(some) else len(some) // 2
            elif isinstance(outcome, SourceError):
                return outcome
            else:
                found += outcome
            endpoint = label
        return RpcReplies(endpoint or "", tuple(found))

    def _batch(
        self, calls: Sequence[RpcCall], endpoint: str | None, timeout: float | None
    ) -> tuple[str, tuple[RpcReply, ...] | SourceError]:
        """Who answered, and the replies, or what the answer as a whole is refused for."""
        first_id = self._next_id
        self._next_id += len(calls)
        answer = self._client.post("", write_batch(calls, first_id), endpoint=endpoint, timeout=timeout, patient=False)
        try:
            replies = read_batch(answer.value, first_id, len(calls))
        except SourceError as error:
            error.endpoint = answer.endpoint
            return answer.endpoint, error
        problems = [reply.problem for reply in replies if reply.problem is not None]
        for problem in problems:
            problem.endpoint = answer.endpoint
        limited = next((problem for problem in problems if isinstance(problem, RateLimited)), None)
        return answer.endpoint, replies if limited is None else limited
