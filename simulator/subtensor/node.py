"""A subtensor node: JSON-RPC 2.0 over HTTP POST, single calls and batches, with faults on demand.

chain = Chain(small_plan())
with SubtensorNode(chain, clock=Clock(chain.timestamp(chain.plan.block_at(400)))) as node:
    requests.post(node.url, json={"jsonrpc": "2.0", "id": 1, "method": "chain_getFinalizedHead", "params": []})

Requests are counted by the methods they hold: `node.requests.matching("state_call")`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from simulator.answers import Answer, Request
from simulator.faults import Fault, Faults
from simulator.node import Node
from simulator.subtensor.chain import Chain
from simulator.subtensor.methods import RpcError, View, answer
from simulator.subtensor.runtime_calls import RuntimeCalls
from simulator.subtensor.truth import truth

Json = Any

BATCH_LIMIT: Final = 50
STATE_BLOCKS: Final = 256
"""How many blocks of state a lite node keeps."""


class SubtensorNode(Node):
    """`archive`: keeps the state of every block, and knows those before the chain's first."""

    method = "POST"

    def __init__(
        self,
        chain: Chain,
        *,
        faults: Faults | None = None,
        clock: Callable[[], float] = time.time,
        latency: float = 0.0,
        port: int = 0,
        archive: bool = False,
        state_blocks: int = STATE_BLOCKS,
        batch_limit: int = BATCH_LIMIT,
    ) -> None:
        answers = ChainRpc(chain, archive=archive, state_blocks=state_blocks, batch_limit=batch_limit)
        super().__init__(answers, faults=faults, clock=clock, latency=latency, port=port)

    def named(self, target: str, body: bytes) -> str:
        """ "/ chain_getHeader state_call": the path and the methods, each once."""
        return f"{target} {' '.join(_methods_of(body))}"


class ChainRpc:
    """Answers for a chain, whatever carries the requests."""

    def __init__(
        self,
        chain: Chain,
        *,
        archive: bool = False,
        state_blocks: int = STATE_BLOCKS,
        batch_limit: int = BATCH_LIMIT,
    ) -> None:
        self.chain = chain
        self.calls = RuntimeCalls(chain)
        self.archive, self.state_blocks, self.batch_limit = archive, state_blocks, batch_limit

    def head(self, now: float) -> int:
        return self.chain.head_at(now)

    def truth(self, delegate: str, from_level: int, to_level: int) -> Sequence[tuple[Any, ...]]:
        """What should be wrong with a target; see `simulator.subtensor.truth`."""
        return [
            (one.rule, one.target, one.first, one.last)
            for one in truth(self.chain, to_level, [delegate])
            if one.last is None or one.last >= from_level
        ]

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        """The highest block that is named by a hash."""
        asked = _parsed(request.body)
        calls = asked if isinstance(asked, list) else [asked]
        params = [one for call in calls if isinstance(call, dict) for one in call.get("params") or () if one]
        hashes = [one for one in params if isinstance(one, str) and len(one) == 66]
        blocks = [self.chain.block_of(bytes.fromhex(one[2:])) for one in hashes]
        return max((block for block in blocks if block is not None), default=None)

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        for fault in content:
            if fault.kind == "json":
                return _answer(fault.value)
        asked = _parsed(request.body)
        if asked is None:
            return _answer(_error(None, RpcError(-32700, "Parse error")))
        seen = self._view(now, view, content)
        if not isinstance(asked, list):
            return _answer(self._answered(seen, asked, content))
        return _answer(self._batch(seen, asked, content))

    def _view(self, now: float, faults: Sequence[Fault], content: Sequence[Fault]) -> View:
        first, head = self.chain.plan.first_block, self.chain.head_at(now)
        for fault in faults:
            if fault.kind == "stale_head":
                head = min(head, fault.level)
            elif fault.kind == "behind":
                head = max(first, head - fault.number)
        final = self.chain.finalized_of(head)
        final = min([final, *(fault.level for fault in faults if fault.kind == "stale_final")])
        kinds = {fault.kind: fault for fault in content}
        oldest = first if self.archive else head - self.state_blocks
        peers = kinds["syncing"].number if "syncing" in kinds else 30
        return View(
            self.chain, self.calls, head, final, oldest, self.archive, "no_state" in kinds, peers, "syncing" in kinds
        )

    def _batch(self, view: View, asked: list[Json], content: Sequence[Fault]) -> Json:
        limits = [fault.number for fault in content if fault.kind == "batch_limit"]
        limit = min([self.batch_limit, *limits])
        if len(asked) > limit:
            error = RpcError(-32010, "The batch request was too large", f"Exceeded max limit of {limit}")
            return _error(None, error)
        for fault in content:
            if fault.kind == "batch_error":
                return _error(None, RpcError(fault.number, fault.text))
        if not asked:
            return _error(None, RpcError(-32600, "Invalid request"))
        answers = [self._answered(view, call, content) for call in asked]
        for fault in content:
            if fault.kind == "shuffled":
                answers = answers[1::2] + answers[::2]
            elif fault.kind == "unanswered":
                answers = _without_last(asked, answers, fault.text)
        return answers

    def _answered(self, view: View, call: Json, content: Sequence[Fault]) -> Json:
        if not isinstance(call, dict) or not isinstance(call.get("method"), str):
            return _error(None, RpcError(-32600, "Invalid request"))
        method, params = call["method"], call.get("params") or []
        try:
            for fault in content:
                if fault.kind == "rpc_error" and method.startswith(fault.text):
                    raise RpcError(fault.number, fault.value["message"], fault.value["data"])
            result = answer(view, method, params)
        except RpcError as error:
            return _error(_id(call, content), error)
        for fault in content:
            result = _altered(result, method, params, fault)
        return {"jsonrpc": "2.0", "id": _id(call, content), "result": result}


def _id(call: Json, content: Sequence[Fault]) -> Json:
    other = any(fault.kind == "other_ids" for fault in content)
    return f"{call.get('id')}-other" if other else call.get("id")


def _error(call_id: Json, error: RpcError) -> Json:
    return {"jsonrpc": "2.0", "id": call_id, "error": error.value()}


def _altered(result: Json, method: str, params: Sequence[Json], fault: Fault) -> Json:
    """What a fault makes of stored values."""
    if fault.kind not in ("overwritten", "trailing"):
        return result
    if method in ("state_getStorage", "state_getStorageAt"):
        return _altered_value(params[0], result, fault)
    if method == "state_queryStorageAt":
        changes = [[key, _altered_value(key, value, fault)] for key, value in result[0]["changes"]]
        return [{**result[0], "changes": changes}]
    return f"{result}00" if method == "state_call" and fault.kind == "trailing" and fault.text == "0x" else result


def _altered_value(key: str, value: Json, fault: Fault) -> Json:
    if fault.kind == "overwritten":
        return fault.value if key == fault.text else value
    return f"{value}00" if value is not None and key.startswith(fault.text) else value


def _without_last(asked: Sequence[Json], answers: list[Json], method: str) -> list[Json]:
    places = [place for place, call in enumerate(asked) if method in call.get("method", "")]
    return [one for place, one in enumerate(answers) if place != places[-1]] if places else answers


def _answer(value: Json) -> Answer:
    return Answer(200, json.dumps(value, separators=(",", ":")).encode(), "application/json; charset=utf-8")


def _parsed(body: bytes) -> Json:
    """None for what is no JSON."""
    try:
        return json.loads(body)
    except ValueError:
        return None


@lru_cache(maxsize=8)
def _methods_of(body: bytes) -> tuple[str, ...]:
    asked = _parsed(body)
    calls = asked if isinstance(asked, list) else [asked]
    return tuple(dict.fromkeys(str(call.get("method")) for call in calls if isinstance(call, dict)))
