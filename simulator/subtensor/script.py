"""What happens on a chain besides its routine: spells, which last, and acts, which happen once.

Made by the methods of `plan.Plan`; what each kind does stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Spell:
    """From block `first` to block `last`, both inclusive; forever where `last` is None."""

    kind: str
    first: int
    last: int | None = None
    netuid: int | None = None
    who: str | None = None
    """A neuron's name."""
    value: Any = None

    def covers(self, block: int) -> bool:
        return self.first <= block and (self.last is None or block <= self.last)


@dataclass(frozen=True, slots=True)
class Act:
    kind: str
    block: int
    netuid: int | None = None
    who: str | None = None
    """A name: of a neuron, a coldkey, or whoever does it."""
    details: Mapping[str, Any] = field(default_factory=dict)
