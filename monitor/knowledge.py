"""What the database knows of a network's delegates beside their duties, gathered once per transaction that asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.checks import ATTESTATION_RULE, Checks
from monitor.cursor import load_cursor
from monitor.model import Occurrence, Reading
from monitor.nonces import unrevealed_commitments
from monitor.observations import newest_occurrences
from monitor.readings import load_readings
from monitor.rules.attestation import AttestationWindow, recent
from monitor.rules.delegate_context import DalAttestations, DelegateContext
from monitor.schema import block
from monitor.state import newest_gap
from monitor.targets import targets
from monitor.tezos_model import Constants, CycleRights, DelegateState

PACE_LEVELS = 100
"""Blocks over which the time between blocks is measured."""
NAMED_KINDS = ("denounced", "deactivated")


@dataclass
class Knowledge:
    """Lazy: a run in which nothing has to be told loads nothing. Valid while its transaction lasts."""

    connection: Connection
    network: str
    now: int

    @cached_property
    def readings(self) -> Mapping[tuple[str, str], Reading]:
        return load_readings(self.connection, self.network)

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, Occurrence]]:
        return newest_occurrences(self.connection, self.network, NAMED_KINDS)

    @cached_property
    def _head(self) -> Row[Any] | None:
        """The newest block read: the cursor's own level may have been passed unread."""
        query = select(block).where(block.c.network == self.network).order_by(block.c.level.desc()).limit(1)
        return self.connection.execute(query).first()

    @cached_property
    def next_level(self) -> int | None:
        """The first level that was not read; None before a first contact."""
        cursor = load_cursor(self.connection, self.network)
        return None if cursor is None else cursor.level + 1

    @cached_property
    def constants(self) -> Constants | None:
        """Of the newest protocol read."""
        found = [reading for (_, kind), reading in self.readings.items() if kind == "constants"]
        newest = max(found, key=lambda reading: reading.level, default=None)
        return None if newest is None else Constants.from_value(newest.value)

    @cached_property
    def block_seconds(self) -> float | None:
        """Mean time between the newest blocks; what the protocol aims for where that is not known."""
        newest = self._head
        if newest is not None:
            query = select(block.c.level, block.c.timestamp).where(
                block.c.network == self.network, block.c.level == newest.level - PACE_LEVELS
            )
            before = self.connection.execute(query).first()
            if before is not None and before.timestamp and newest.timestamp > before.timestamp:
                return float((newest.timestamp - before.timestamp) / (newest.level - before.level))
        return float(self.constants.minimal_block_delay) if self.constants is not None else None

    def context(self, target: str, checks: Checks) -> DelegateContext | None:
        """None before a first block was read."""
        head = self._head
        if head is None:
            return None
        read = self.readings.get((target, "delegate"))
        dal = self.readings.get((target, "dal_attestation"))
        window = checks.get(target, ATTESTATION_RULE).window
        rights_now, rights_next = self._rights(target, head.cycle)
        return DelegateContext(
            level=head.level,
            cycle=head.cycle,
            cycle_position=head.cycle_position,
            now=self.now,
            constants=self.constants,
            state=None if read is None else DelegateState.from_value(read.value),
            read_level=None if read is None else read.level,
            recent=recent(window) if isinstance(window, AttestationWindow) else None,
            rights_now=rights_now,
            rights_next=rights_next,
            commitments=self._commitments(target, head),
            dal=None if dal is None else DalAttestations(dal.value["plain_streak"], dal.value["others_with_dal"]),
            named=self._named.get(target, {}),
            measured_block_seconds=self.block_seconds,
        )

    def next_bake_at(self, target: str) -> int | None:
        """When the delegate's next round-0 right comes due, UTC seconds; None where its rights were not read."""
        reading, newest = self.readings.get((target, "cycle_bakes")), self._head
        if reading is None or newest is None or self.block_seconds is None:
            return None
        ahead = (level - newest.level for level in reading.value["levels"] if level > newest.level)
        times = (round(newest.timestamp + blocks * self.block_seconds) for blocks in ahead)
        return min((at for at in times if at > self.now), default=None)

    def _rights(self, target: str, cycle: int | None) -> tuple[CycleRights | None, CycleRights | None]:
        reading = self.readings.get((target, "cycle_power"))
        if reading is None or cycle is None:
            return None, None
        first = reading.value["cycle"]
        powers = {first: reading.value["power"], first + 1: reading.value["next_power"]}
        now, coming = (
            CycleRights(target, number, powers[number]) if powers.get(number) is not None else None
            for number in (cycle, cycle + 1)
        )
        return now, coming

    @cached_property
    def _unrevealed(self) -> Mapping[int, str]:
        return unrevealed_commitments(self.connection, self.network)

    @cached_property
    def _since(self) -> Mapping[str, int]:
        return {name: row.since_level for name, row in targets(self.connection, self.network).items()}

    @cached_property
    def _newest_gap(self) -> int:
        return newest_gap(self.connection, self.network)

    def _commitments(self, target: str, head: Row[Any]) -> tuple[int, ...] | None:
        """Unrevealed commitments of the previous cycle; None where blocks that would tell were not read."""
        if head.cycle_position is None or self.constants is None:
            return None
        start = head.level - head.cycle_position
        first = start - self.constants.blocks_per_cycle
        found = tuple(level for level, baker in self._unrevealed.items() if baker == target and first <= level < start)
        if found:
            return found if self._newest_gap < found[0] else None
        return () if self._since.get(target, head.level) <= first and self._newest_gap < first else None
