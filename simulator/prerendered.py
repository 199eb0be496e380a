"""Answers for benchmarks: bodies of mainnet's size made once, so that serving one costs next to nothing.

A few dozen consecutive levels of a mainnet-sized chain become templates. Level L is served from template L mod n with
its own level, hashes and times filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from simulator import address
from simulator.alteration import Refusal
from simulator.answers import Answer, ChainAnswers, Request, rendered
from simulator.block import block
from simulator.chain import Chain, Fact
from simulator.faults import Fault
from simulator.header import instant

Json = Any

_SLOT = re.compile(rb'"@(\w+)@"')


class Prerendered:
    """Levels first..first+levels-1 exist at `now`; one more every block delay, as the clock says.

    `chain` gives the templates. Its first block is none of them: it attests nothing. Of the faults only those of the
    transport and "stale_head" are known here; content faults are the business of `ChainAnswers`.
    """

    def __init__(self, chain: Chain, *, levels: int, now: float, templates: int = 32) -> None:
        self.chain = chain
        self.first = chain.plan.first_level
        self.genesis = int(now) - (levels - 1) * chain.plan.block_delay
        self._levels = range(self.first + 1, self.first + 1 + templates)
        self._blocks = [_SLOT.split(json.dumps(_marked(chain, level)).encode()) for level in self._levels]
        self._attesters = [self._fragments(level - 1) for level in self._levels]
        self._others = ChainAnswers(chain)

    def head(self, now: float) -> int:
        return self.first + max(0, int(now) - self.genesis) // self.chain.plan.block_delay

    def hash(self, level: int) -> str:
        return address.block_hash(level, self.chain.plan.seed, "prerendered")

    def truth(self, delegate: str, from_level: int, to_level: int) -> Sequence[Fact]:
        """As `Chain.truth`. The block after a level carries its attestations, so that block's template decides."""
        facts = []
        for level in range(from_level, to_level + 1):
            baked, attested = self._like(level), self._like(level + 1) - 1
            for like, duty in ((baked, "baking"), (attested, "attestation")):
                facts += [
                    fact._replace(level=level) for fact in self.chain.truth(delegate, like, like) if fact.duty == duty
                ]
        return facts

    def level(self, request: Request, now: float, view: Sequence[Fault]) -> int | None:
        parts = request.path.strip("/").split("/")
        return self._find(parts[3], self._head(now, view)) if len(parts) > 3 and parts[2] == "blocks" else None

    def answer(self, request: Request, now: float, view: Sequence[Fault], content: Sequence[Fault]) -> Answer:
        parts = request.path.strip("/").split("/")
        if len(parts) < 4 or parts[2] != "blocks":
            return self._others.answer(request, self.chain.timestamp(self.first + 40), (), content)
        level = self._find(parts[3], self._head(now, view))
        if level is None:
            return rendered(Refusal(404))
        match parts[4:]:
            case []:
                return Answer(200, self._body(level))
            case ["hash"]:
                return rendered(self.hash(level))
            case ["header"]:
                whole = json.loads(self._body(level))
                return rendered({key: whole[key] for key in ("protocol", "chain_id", "hash")} | whole["header"])
            case ["metadata" | "operations" as key]:
                return rendered(json.loads(self._body(level))[key])
            case ["operations", place] if place.isdigit():
                return rendered(json.loads(self._body(level))["operations"][int(place)])
            case ["helpers", "baking_rights"]:
                return Answer(200, self._baking_rights(level, request.query))
            case ["helpers", "attestation_rights"]:
                return Answer(200, self._attestation_rights(level, request.query))
        like = "/".join([*parts[:3], str(self._like(level)), *parts[4:]])
        return self._others.answer(request._replace(path=like), self.chain.timestamp(self._levels[-1]), (), content)

    def _head(self, now: float, view: Sequence[Fault]) -> int:
        return min([self.head(now), *(fault.level for fault in view if fault.kind == "stale_head")])

    def _find(self, block_id: str, head: int) -> int | None:
        name, _, back = block_id.replace("-", "~").partition("~")
        level = head if name == "head" else int(name) if name.isdigit() else address.level_of_block_hash(name)
        if level is None or (name.startswith("B") and self.hash(level) != name):
            return None
        level -= int(back or 0)
        return level if self.first <= level <= head else None

    def _like(self, level: int) -> int:
        """The level of the chain that is the template of this one."""
        return self._levels[level % len(self._levels)]

    def _body(self, level: int) -> bytes:
        per_cycle = self.chain.plan.blocks_per_cycle
        filled = {
            b"level": str(level),
            b"before": str(level - 1),
            b"cycle": str((level - 1) // per_cycle),
            b"cycle_position": str((level - 1) % per_cycle),
            b"hash": f'"{self.hash(level)}"',
            b"predecessor": f'"{self.hash(level - 1)}"',
            b"branch": f'"{self.hash(level - 2)}"',
            b"hex": f'"{level:08x}"',
            b"timestamp": f'"{self._instant(level)}"',
        }
        values = {slot: value.encode() for slot, value in filled.items()}
        parts = self._blocks[level % len(self._blocks)][:]
        parts[1::2] = [values[slot] for slot in parts[1::2]]
        return b"".join(parts)

    def _instant(self, level: int) -> str:
        return instant(self.genesis + (level - self.first) * self.chain.plan.block_delay)

    def _fragments(self, level: int) -> dict[str, str]:
        """By delegate: its entry in the attestation rights of the level, which does not tell the level."""
        field = self.chain.protocol(level).power_field
        return {
            right.baker.address: json.dumps(
                {
                    "delegate": right.baker.address,
                    "first_slot": right.first_slot,
                    field: right.slots,
                    "consensus_key": self.chain.consensus_key(right.baker, level),
                }
            )
            for right in reversed(self.chain.rights.attestation(level))
        }

    def _attestation_rights(self, at: int, query: dict[str, list[str]]) -> bytes:
        delegates, entries = query.get("delegate"), []
        for level in self._asked(query, at):
            held = self._attesters[(level + 1) % len(self._attesters)]
            chosen = held.values() if delegates is None else [held[who] for who in delegates if who in held]
            if chosen:
                entries.append(f'{{"level": {level}, "delegates": [{", ".join(chosen)}]}}')
        return f"[{', '.join(entries)}]".encode()

    def _baking_rights(self, at: int, query: dict[str, list[str]]) -> bytes:
        delegates, every = set(query.get("delegate", ())), "all" in query
        max_round, entries = int(query.get("max_round", ["64"])[0]), []
        for level in self._asked(query, at + 1):
            seen = set()
            for round_, baker in enumerate(self.chain.rights.bakers(self._like(level), max_round)):
                who = baker.address
                if (not delegates or who in delegates) and (every or who not in seen):
                    seen.add(who)
                    # A block delay per round is near enough; only what is to come has a time.
                    time = f'"estimated_time": "{self._instant(level + round_)}", ' if level > at else ""
                    entries.append(
                        f'{{"level": {level}, "delegate": "{who}", "round": {round_}, '
                        f'{time}"consensus_key": "{baker.consensus_key}"}}'
                    )
        return f"[{', '.join(entries)}]".encode()

    def _asked(self, query: dict[str, list[str]], default: int) -> list[int]:
        levels = {int(level) for level in query.get("level", ())}
        for cycle in query.get("cycle", ()):
            start = self.chain.rights.first_level_of(int(cycle))
            levels.update(range(start, start + self.chain.plan.blocks_per_cycle))
        return sorted(levels) or [default]


def _marked(chain: Chain, level: int) -> Json:
    """The block with "@name@" wherever something changes with the level."""
    marks: dict[Json, str] = {
        level: "@level@",
        level - 1: "@before@",
        chain.hash(level): "@hash@",
        chain.hash(level - 1): "@predecessor@",
        chain.hash(level - 2): "@branch@",
        f"{level:08x}": "@hex@",
        instant(chain.timestamp(level)): "@timestamp@",
    }

    def mark(value: Json, key: str = "") -> Json:
        if isinstance(value, dict):
            return {name: mark(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [mark(part) for part in value]
        if key in ("cycle", "cycle_position"):
            return f"@{key}@"
        return marks.get(value, value) if isinstance(value, str | int) else value

    return mark(block(chain, level))
