"""Blocks with what is wanted in them, and what is told once of what they hold."""

from __future__ import annotations

from typing import Any

from monitor.bittensor.block import BlockFacts, ChainCall, ChainEvent
from monitor.model import Occurrence, Verdict
from monitor.rules.bittensor.notices import NOTICES
from tests.monitor.rules.bittensor.states import BLOCK, NOW


def block(*events: ChainEvent, calls: tuple[ChainCall, ...] = (), at: int = BLOCK) -> BlockFacts:
    return BlockFacts(at, "0x00", NOW, 473, events, calls)


def event(name: str, *fields: Any, **named: Any) -> ChainEvent:
    return ChainEvent(name, {str(place): value for place, value in enumerate(fields)} | named)


def told(one: Occurrence, **own: float) -> Verdict | None:
    """What the one notice rule that knows its kind says."""
    (rule,) = (rule for rule in NOTICES if one.kind in rule.kinds)
    return rule.judge(one, own)
