"""What a node answers: which block a path means, and what is said about it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from simulator import address
from simulator.alteration import Refusal, altered
from simulator.block import activation_level, block, level_info, metadata, operations
from simulator.chain import Chain, Fact
from simulator.constants import constants
from simulator.delegates import delegate
from simulator.faults import Fault
from simulator.header import header
from simulator.nonces import commits, nonce, nonce_hash, revelation_level
from simulator.participation import Participation
from simulator.rights_answer import attestation_rights, baking_rights

Json = Any

_BLOCK_ID = re.compile(r"(head|checkpoint|\d{1,10}|B[1-9A-HJ-NP-Za-km-z]{50})(?:[~-](\d{1,10}))?")


class Request(NamedTuple):
    """What was asked. `ordinal` counts the node's requests from 0."""

    path: str
    query: dict[str, list[str]]
    ordinal: int
    body: bytes = b""


class Answer(NamedTuple):
    status: int
    body: bytes
    content_type: str = "application/json"


class Answers(Protocol):
    """What a node needs of whoever knows the chain."""

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        """The level of the block the request is about, None when it is about none or an unknown one."""

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        """`view`: faults that change chain and head; `content`: faults to apply to the answer, in order."""

    def head(self, now: float) -> int:
        """The level of the head, faults aside."""

    def truth(self, delegate: str, from_level: int, to_level: int) -> Sequence[tuple[Any, ...]]:
        """What became of every right of the delegate, faults aside."""


def rendered(value: Json | Refusal) -> Answer:
    """JSON, or a refusal, as it goes over the wire."""
    if not isinstance(value, Refusal):
        return Answer(200, json.dumps(value).encode())
    if value.value is None or isinstance(value.value, str):
        return Answer(value.status, (value.value or "").encode(), "text/plain")
    return Answer(value.status, json.dumps(value.value).encode())


class ChainAnswers:
    """Answers from a simulated chain. `chain` may be replaced at any time."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._fork = lru_cache(maxsize=64)(Chain.forked)
        self._forks: list[Chain] = []
        self._participation = lru_cache(maxsize=8)(Participation)
        self._block_body = lru_cache(maxsize=256)(lambda chain, level: rendered(block(chain, level)))

    def head(self, now: float) -> int:
        return self.chain.head_at(now)

    def truth(self, delegate: str, from_level: int, to_level: int) -> Sequence[Fact]:
        return self.chain.truth(delegate, from_level, to_level)

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        match request.path.strip("/").split("/"):
            case ["chains", _, "blocks", block_id, *_]:
                found = self._find(block_id, *self._seen(request, now, view))
                return None if isinstance(found, Refusal) else found[1]
        return None

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        chain, head = self._seen(request, now, view)
        what, parts = "", request.path.strip("/").split("/")
        if len(parts) == 4 and parts[0] == "chains" and parts[2] == "blocks" and not content:
            found = self._find(parts[3], chain, head)
            return rendered(found) if isinstance(found, Refusal) else self._block_body(*found)
        what, value = self._value(parts, request, chain, head)
        for fault in content:
            if isinstance(value, Refusal):
                break
            value = altered(value, what, fault)
        return rendered(value)

    def _seen(self, request: Request, now: float, view: Sequence[Fault]) -> tuple[Chain, int]:
        """The chain and the head as this node sees them."""
        chain = self.chain
        head = chain.head_at(now)
        for fault in view:
            match fault.kind:
                case "stale_head":
                    head = min(head, fault.level)
                case "behind":
                    head = max(chain.plan.first_level, head - fault.number)
                case "fork":
                    chain = self._forked(chain, fault.level, fault.text)
        for fault in view:
            if fault.kind == "head_reorganisation":
                chain = self._forked(chain, head - 1, f"head{request.ordinal}")
        return chain, head

    def _forked(self, chain: Chain, level: int, salt: str) -> Chain:
        fork = self._fork(chain, level, salt)
        if fork not in self._forks:
            self._forks = [*self._forks[-63:], fork]
        return fork

    def _find(self, block_id: str, chain: Chain, head: int) -> tuple[Chain, int] | Refusal:
        """The block meant, and the history it belongs to: a hash of a fork seen before is still known."""
        match = _BLOCK_ID.fullmatch(block_id)
        if match is None:
            return Refusal(400, f"Failed to parse argument 'block_id' ({block_id!r})")
        name, back = match[1], int(match[2] or 0)
        if name.startswith("B"):
            for one in (chain, self.chain, *reversed(self._forks)):
                level = one.level_of_hash(name)
                if level is not None and level <= head and level - back >= one.plan.first_level:
                    return one.history(level - back), level - back
            return Refusal(404)
        start = {"head": head, "checkpoint": head - 2}.get(name)
        level = (int(name) if start is None else start) - back
        return (chain.history(level), level) if chain.plan.first_level <= level <= head else Refusal(404)

    def _value(self, parts: list[str], request: Request, chain: Chain, head: int) -> tuple[str, Json | Refusal]:
        match parts:
            case ["chains", _, "blocks", block_id, *rest]:
                found = self._find(block_id, chain, head)
                return ("", found) if isinstance(found, Refusal) else self._about(rest, request, *found)
            case ["chains", _, "chain_id"]:
                return "chain_id", chain.plan.chain_id
            case ["chains", _, "is_bootstrapped"]:
                return "bootstrapped", {"bootstrapped": True, "sync_state": "synced"}
            case ["chains", _, "levels", "checkpoint" | "savepoint" | "caboose" as which]:
                level = max(chain.plan.first_level, head - 2) if which == "checkpoint" else chain.plan.first_level
                return "", {"block_hash": chain.hash(level), "level": level}
            case ["version"]:
                return "", version()
            case ["network", "connections"]:
                return "connections", connections(chain.plan.seed)
        return "", Refusal(404)

    def _about(self, rest: list[str], request: Request, chain: Chain, level: int) -> tuple[str, Json | Refusal]:
        match rest:
            case []:
                return "block", block(chain, level)
            case ["hash"]:
                return "", chain.hash(level)
            case ["header"]:
                return "header", header(chain, level)
            case ["metadata"]:
                return "metadata", metadata(chain, level)
            case ["operations"]:
                return "operations", operations(chain, level)
            case ["operations", "0" | "1" | "2" | "3" as place]:
                return "operation_list", operations(chain, level)[int(place)]
            case ["helpers", "baking_rights"]:
                return "rights", baking_rights(chain, level, request.query)
            case ["helpers", "attestation_rights"]:
                return "rights", attestation_rights(chain, level, request.query)
            case ["helpers", "current_level"]:
                return "", level_info(chain, level + int(request.query.get("offset", ["0"])[0]))
            case ["helpers", "levels_in_current_cycle"]:
                start = chain.rights.first_level_of(chain.cycle(level))
                return "", {"first": start, "last": start + chain.plan.blocks_per_cycle - 1}
            case ["helpers", "all_bakers_attest_activation_level"]:
                return "", activation_level(chain, level)
            case ["context", "constants"]:
                return "", constants(chain, level)
            case ["context", "delegates"]:
                return "", [one.address for one in chain.plan.bakers if chain.rights.registered(one, level)]
            case ["context", "delegates", who, *keys]:
                return "delegate", self._delegate(who, keys, chain, level)
            case ["context", "nonces", committed] if committed.isdigit():
                return "", _nonce(chain, level, int(committed))
        return "", Refusal(404)

    def _delegate(self, who: str, keys: list[str], chain: Chain, level: int) -> Json | Refusal:
        if len(who) != 36 or address.payload_of(who, who[:3] if who[:2] == "tz" and who[2] in "1234" else "o") is None:
            return Refusal(400, f"Failed to parse argument 'pkh' ({who!r})")
        baker = chain.by_address.get(who)
        if baker is None or not chain.rights.registered(baker, level):
            error_id = f"proto.{chain.protocol(level + 1).prefix}.delegate.not_registered"
            return Refusal(500, [{"kind": "temporary", "id": error_id, "pkh": who}])
        value: Json = delegate(self._participation(chain), baker, level)
        for key in keys:
            value = value.get(key, Refusal(404)) if isinstance(value, dict) else Refusal(404)
        return value


def _nonce(chain: Chain, at: int, committed: int) -> Json:
    """{} when nothing was committed there, when it is too old or yet to come."""
    known = chain.plan.first_level <= committed <= at and chain.cycle(at) <= chain.cycle(committed) + 1
    if not known or not commits(chain, committed):
        return {}
    revealed = revelation_level(chain, committed)
    if revealed is not None and revealed <= at:
        return {"nonce": nonce(chain, committed)}
    return {"hash": nonce_hash(chain, committed)}


def version() -> Json:
    return {
        "version": {"major": 25, "minor": 1, "build": 0, "additional_info": "release"},
        "network_version": {"chain_name": "TEZOS_MAINNET", "distributed_db_version": 2, "p2p_version": 1},
        "commit_info": {"commit_hash": "d26a8bef", "commit_date": "2026-08-21 12:00:00 +0000"},
    }


def connections(seed: int, number: int = 30) -> Json:
    return [
        {
            "incoming": bool(place % 2),
            "peer_id": address.made("id", seed, place),
            "id_point": {"addr": f"::ffff:192.0.2.{place + 1}", "port": 9732},
            "remote_socket_port": 9732,
            "announced_version": {"chain_name": "TEZOS_MAINNET", "distributed_db_version": 2, "p2p_version": 1},
            "private": False,
            "local_metadata": {"disable_mempool": False, "private_node": False},
            "remote_metadata": {"disable_mempool": False, "private_node": False},
        }
        for place in range(number)
    ]
