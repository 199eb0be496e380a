"""The cards of all rules there are, whatever is configured. Not imported by a run: the rules of Bittensor cost time."""

from __future__ import annotations

from monitor.rules import registry
from monitor.rules.bittensor import registry as bittensor
from monitor.rules.interface import Card

CARDS: dict[str, Card] = registry.CARDS | bittensor.CARDS
