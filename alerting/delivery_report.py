"""How the deliveries stand, and what a pass over them did. Needs nothing of what sends: most runs have nothing to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from alerting.channel_states import read_states
from alerting.deliveries import undelivered


class DeliveryReport(NamedTuple):
    """Deliveries (one event on one channel) of one pass."""

    sent: int = 0
    retried: int = 0
    """Failed, and due again later."""
    dead: int = 0
    """Given up in this pass."""
    broken: tuple[str, ...] = ()
    """Channels that take nothing until a person mends them."""
    undelivered: int = 0
    """Still to be sent, on any channel, when the pass ended."""


def report_of(
    connection: Connection, channels: Iterable[str], sent: int = 0, retried: int = 0, dead: int = 0
) -> DeliveryReport:
    states = read_states(connection)
    broken = tuple(name for name in channels if name in states and states[name].broken_since is not None)
    return DeliveryReport(sent, retried, dead, broken, undelivered(connection))
