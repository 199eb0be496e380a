"""A node that tells recorded blocks of a live network, with made-up neighbours so that they can be judged.

    block = json.load(...)                      # one recorded block, or several consecutive ones
    answers = RecordedAnswers([block], baking_rights=json.load(...), absent={93415: {"tz1…"}})
    with Node(answers, clock=Clock(answers.head_timestamp)) as node: ...

The blocks before and after the recorded ones are synthetic and in the same shapes: hashes chain on, round 0, nobody
has a right but those in `attestation_rights`. The block after level L attests everybody who has a right at L, except
`absent[L]`. The recorded blocks themselves are served as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from simulator import address, answers
from simulator.alteration import Refusal, altered
from simulator.answers import Answer, Request, rendered
from simulator.chain import Chain, Fact
from simulator.constants import constants
from simulator.delegates import delegate
from simulator.faults import Fault
from simulator.header import instant
from simulator.participation import Participation
from simulator.plan import small_plan

Json = Any

_ATTESTATIONS = ("attestation", "endorsement")


class RecordedAnswers:
    """`before` and `after`: how many synthetic levels to serve on either side; the last one is the head.

    `delegates` answers `/context/delegates/<pkh>`; one that is not in it is healthy. `numbers` replaces values of the
    constants.
    """

    def __init__(
        self,
        blocks: Sequence[Json],
        *,
        baking_rights: Sequence[Json] = (),
        attestation_rights: Sequence[Json] = (),
        absent: Mapping[int, Collection[str]] | None = None,
        delegates: Mapping[str, Json] | None = None,
        numbers: Mapping[str, Json] | None = None,
        before: int = 150,
        after: int = 3,
    ) -> None:
        self.blocks = {block["header"]["level"]: block for block in blocks}
        self.first: int = min(self.blocks)
        self.last: int = max(self.blocks)
        self.lowest: int = self.first - before
        self.highest: int = self.last + after
        self.baking_rights = list(baking_rights)
        self.attestation_rights = {entry["level"]: entry for entry in attestation_rights}
        self.absent = absent or {}
        self.delegates = delegates or {}
        chain = Chain(small_plan())
        self.constants = constants(chain, chain.plan.first_level) | dict(numbers or {})
        self._healthy = delegate(Participation(chain), chain.plan.bakers[0], chain.plan.first_level)
        self.block = lru_cache(maxsize=512)(self._block)

    @property
    def head_timestamp(self) -> int:
        return _seconds(self.block(self.highest))

    def hash(self, level: int) -> str:
        if level in self.blocks:
            return str(self.blocks[level]["hash"])
        if level + 1 in self.blocks:
            return str(self.blocks[level + 1]["header"]["predecessor"])
        return address.block_hash(level, "beside", self.blocks[self.first]["hash"])

    def head(self, now: float) -> int:
        return self.highest

    def truth(self, delegate: str, from_level: int, to_level: int) -> Sequence[Fact]:
        raise ValueError("nobody knows the truth about a recorded chain")

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        parts = request.path.strip("/").split("/")
        if len(parts) > 3 and parts[2] == "blocks":
            found = self._find(parts[3])
            return None if isinstance(found, Refusal) else found
        return None

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        what, value = self._value(request.path.strip("/").split("/"), request)
        for fault in content:
            if not isinstance(value, Refusal):
                value = altered(value, what, fault)
        return rendered(value)

    def _find(self, block_id: str) -> int | Refusal:
        name, _, back = block_id.replace("-", "~").partition("~")
        if name == "head":
            level: int | None = self.highest
        elif name.isdigit():
            level = int(name)
        else:
            level = next((one for one in range(self.lowest, self.highest + 1) if self.hash(one) == name), None)
        if level is None or not self.lowest <= level - int(back or 0) <= self.highest:
            return Refusal(404)
        return level - int(back or 0)

    def _value(self, parts: list[str], request: Request) -> tuple[str, Json | Refusal]:
        match parts:
            case ["chains", _, "blocks", block_id, *rest]:
                level = self._find(block_id)
                return ("", level) if isinstance(level, Refusal) else self._about(rest, level, request.query)
            case ["chains", _, "chain_id"]:
                return "chain_id", self.blocks[self.first]["chain_id"]
            case ["chains", _, "is_bootstrapped"]:
                return "bootstrapped", {"bootstrapped": True, "sync_state": "synced"}
            case ["version"]:
                return "", answers.version()
            case ["network", "connections"]:
                return "connections", answers.connections(0)
        return "", Refusal(404)

    def _about(self, rest: list[str], level: int, query: dict[str, list[str]]) -> tuple[str, Json | Refusal]:
        block = self.block(level)
        match rest:
            case []:
                return "block", block
            case ["hash"]:
                return "", block["hash"]
            case ["header"]:
                own = {key: block[key] for key in ("protocol", "chain_id", "hash")}
                return "header", own | block["header"]
            case ["metadata"]:
                return "metadata", block["metadata"]
            case ["operations"]:
                return "operations", block["operations"]
            case ["operations", place]:
                return "operation_list", block["operations"][int(place)]
            case ["helpers", "baking_rights"]:
                return "rights", self._baking_rights(level, query)
            case ["helpers", "attestation_rights" | "endorsing_rights"]:
                return "rights", self._attestation_rights(level, query)
            case ["context", "constants"]:
                return "", self.constants
            case ["context", "delegates", who]:
                healthy = {**self._healthy, "consensus_key": {"active": {"pkh": who, "pk": address.public_key(who)}}}
                return "delegate", self.delegates.get(who, healthy)
        return "", Refusal(404)

    def _baking_rights(self, level: int, query: dict[str, list[str]]) -> Json:
        levels = _asked(query, level + 1)
        max_round, delegates = int(query.get("max_round", ["64"])[0]), query.get("delegate", [])
        every, seen, result = "all" in query, set(), []
        for right in sorted(self.baking_rights, key=lambda one: (one["level"], one["round"])):
            who = (right["level"], right["delegate"])
            wanted = (right["level"] in levels or "cycle" in query) and right["round"] <= max_round
            if wanted and (not delegates or right["delegate"] in delegates) and (every or who not in seen):
                seen.add(who)
                result.append(right)
        return result

    def _attestation_rights(self, level: int, query: dict[str, list[str]]) -> Json:
        levels, delegates = _asked(query, level), query.get("delegate", [])
        result = []
        for one, entry in sorted(self.attestation_rights.items()):
            kept = [right for right in entry["delegates"] if not delegates or right["delegate"] in delegates]
            if kept and (one in levels or "cycle" in query):
                result.append({**entry, "delegates": kept})
        return result

    def _block(self, level: int) -> Json:
        if level in self.blocks:
            return self.blocks[level]
        model = self.blocks[self.first if level < self.first else self.last]
        away = level - model["header"]["level"]
        delay = int(self.constants["minimal_block_delay"])
        header = model["header"] | {
            "level": level,
            "predecessor": self.hash(level - 1),
            "timestamp": instant(_seconds(model) + away * delay),
            "fitness": ["02", f"{level:08x}", "", "ffffffff", "00000000"],
            "payload_round": 0,
            "payload_hash": address.made("vh", "beside", level),
        }
        metadata = model["metadata"] | {"deactivated": [], "balance_updates": []}
        info = metadata["level_info"]
        metadata["level_info"] = info | {
            "level": level,
            "level_position": info["level_position"] + away,
            "cycle_position": max(0, info["cycle_position"] + away),
        }
        return {
            **model,
            "hash": self.hash(level),
            "header": header,
            "metadata": metadata,
            "operations": [self._attestations(level, model), [], [], []],
        }

    def _attestations(self, level: int, model: Json) -> list[Json]:
        """What block `level` carries for the level before, in the shape of the model's own."""
        entry = self.attestation_rights.get(level - 1)
        pattern = next((one for one in model["operations"][0] if one["contents"][0]["kind"] in _ATTESTATIONS), None)
        if entry is None or pattern is None:
            return []
        operations = []
        for place, right in enumerate(entry["delegates"]):
            if right["delegate"] in self.absent.get(level - 1, ()):
                continue
            content = pattern["contents"][0]
            told = content["metadata"] | {"delegate": right["delegate"]}
            if "consensus_key" in told:
                told["consensus_key"] = right.get("consensus_key", right["delegate"])
            changed = {"slot": right["first_slot"], "level": level - 1, "metadata": told}
            own = {"hash": address.made("o", level, place), "branch": self.hash(level - 2)}
            operations.append(pattern | own | {"contents": [content | changed]})
        return operations


def _asked(query: dict[str, list[str]], default: int) -> set[int]:
    return {int(level) for level in query.get("level", ())} or ({default} if "cycle" not in query else set())


def _seconds(block: Json) -> int:
    stamp: str = block["header"]["timestamp"]
    return int(datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp())
