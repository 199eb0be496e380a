"""Attestations: the consensus operations of block L, which attest level L - 1.

Kinds and fields by protocol (recorded answers and the nodes' OpenAPI files): `endorsement` with `endorsement_power`
to Nairobi, both spellings in Oxford, `attestation` and `attestation_with_dal` since; `attestations_aggregate`, at most
one in a block, since Rio (bare slots and one power for all), with a power for each member since Seoul. Powers are
numbers to Seoul and `{slots, baking_power}` since Tallinn, where the metadata also tells the sum of the whole block.
"""

from __future__ import annotations

from typing import Any, Final

from collectors.tezos.facts import Attestations
from collectors.tezos.fields import level, natural, text

SINGLE: Final[dict[str, bool | None]] = {
    "attestation": False,
    "attestation_with_dal": True,
    "endorsement": None,
    "endorsement_with_dal": True,
}
"""Operations of one delegate -> whether they carry DAL content (None: from before there was any)."""
AGGREGATE: Final = "attestations_aggregate"
OTHER: Final = frozenset(
    {
        "preattestation",
        "preattestations_aggregate",
        "preendorsement",
        "dal_attestation",
        "dal_slot_availability",
    }
)
"""Consensus operations that are no attestation of the level before."""
ABSENT: Final = object()
"""Stands for the `attestations` field of a metadata that has none (before Tallinn, where null means something else)."""


def read_attestations(
    operations: object, attested_level: int, summary: object = ABSENT
) -> tuple[Attestations, int | None]:
    """Who attested `attested_level`, and the power of that level's whole committee where the block tells it.

    operations: the consensus pass of the next block. summary: that block's `metadata.attestations`, an object with
    `total_committee_power` and `recorded_power`, null where the protocol asks for no attestations (level 2, the
    first block of a new protocol), or ABSENT. Never raises: what cannot be read is told by `Attestations.unreadable`.

    The sum that the block records is used as a check: what was read and falls short of it is not whole, whatever the
    reason; and what reaches it is whole, even beside operations of an unknown kind.
    """
    tally = _Tally(attested_level)
    tally.read(operations)
    recorded, committee = _summary(summary)
    unreadable = tally.unreadable
    due = True
    if recorded is not None:
        counted = tally.counted(all_bakers=tally.stakes > 0)
        if counted == recorded:
            unreadable = None
        elif unreadable is None and counted is not None and counted < recorded:
            unreadable = f"the block records {recorded} of attesting power, {counted} could be read"
    elif not tally.by_delegate and unreadable is None:
        # A block needs a quorum of attestations, except where the protocol asks for none.
        due = summary is not None and attested_level > 1
        if due:
            unreadable = "the block holds no attestation of the level before"
    power = recorded
    if power is None or committee is None:
        power, committee = (tally.slots if tally.slots_known and unreadable is None else None), None
    in_stake = committee is not None and tally.stakes > 0
    return Attestations(attested_level, tally.by_delegate, power, unreadable, due, in_stake), committee


def _summary(summary: object) -> tuple[int | None, int | None]:
    if not isinstance(summary, dict):
        return None, None
    return natural(summary.get("recorded_power")), natural(summary.get("total_committee_power"))


class _Tally:
    """What was read so far."""

    __slots__ = ("attested_level", "by_delegate", "slots", "slots_known", "stake", "stakes", "unreadable")

    def __init__(self, attested_level: int) -> None:
        self.attested_level = attested_level
        self.by_delegate: dict[str, bool | None] = {}
        self.slots = 0
        self.slots_known = True
        self.stake = 0
        self.stakes = 0
        """How many delegates told their stake: all of them under All Bakers Attest, none otherwise."""
        self.unreadable: str | None = None
        """The first reason found."""

    def counted(self, *, all_bakers: bool) -> int | None:
        """The power that was read, in the measure the block's own sum is in; None where a part has no power."""
        if all_bakers:
            return self.stake if self.stakes == len(self.by_delegate) else None
        return self.slots if self.slots_known else None

    def gap(self, reason: str) -> None:
        if self.unreadable is None:
            self.unreadable = reason

    def read(self, operations: object) -> None:
        if not isinstance(operations, list):
            self.gap("the block has no consensus operations")
            return
        for operation in operations:
            contents = operation.get("contents") if isinstance(operation, dict) else None
            if not isinstance(contents, list) or not contents:
                self.gap("a consensus operation of an unknown shape")
                continue
            for content in contents:
                kind = content.get("kind") if isinstance(content, dict) else None
                if not isinstance(kind, str):
                    self.gap("a consensus operation of an unknown shape")
                elif kind in SINGLE:
                    self._single(content, operation, SINGLE[kind])
                elif kind == AGGREGATE:
                    self._aggregate(content, operation)
                elif kind not in OTHER:
                    name = kind[:40] if kind.isidentifier() else "not a name"
                    self.gap(f"a consensus operation of an unknown kind: {name}")

    def _single(self, content: dict[str, Any], operation: dict[str, Any], with_dal: bool | None) -> None:
        metadata = self._metadata(content, content.get("level"), operation)
        if metadata is None:
            return
        delegate = text(metadata.get("delegate"))
        if delegate is None:
            self.gap("an attestation does not tell its delegate")
            return
        power = metadata.get("consensus_power")
        self._count(delegate, metadata.get("endorsement_power") if power is None else power, with_dal)

    def _aggregate(self, content: dict[str, Any], operation: dict[str, Any]) -> None:
        consensus = content.get("consensus_content")
        told_level = consensus.get("level") if isinstance(consensus, dict) else None
        metadata = self._metadata(content, told_level, operation)
        if metadata is None:
            return
        committee, slots = metadata.get("committee"), content.get("committee")
        if not isinstance(committee, list) or not committee:
            self.gap("an aggregate does not tell its delegates")
            return
        if not isinstance(slots, list) or len(slots) != len(committee):
            if isinstance(slots, list) and len(slots) > len(committee):
                self.gap("an aggregate tells fewer delegates than slots")
            # Without the slots it is not known who attested the DAL; who attested at all still is.
            slots = [None] * len(committee)
        slots_before, stake_before, own_power = self.slots, self.stake, False
        for member, slot in zip(committee, slots, strict=True):
            delegate = text(member.get("delegate")) if isinstance(member, dict) else None
            if delegate is None:
                self.gap("an aggregate does not tell all its delegates")
                continue
            with_dal = "dal_attestation" in slot if isinstance(slot, dict) else None
            if "consensus_power" in member:
                own_power = True
                self._count(delegate, member["consensus_power"], with_dal)
            else:
                self.by_delegate[delegate] = with_dal
        if own_power:
            slots_told, stake_told = _power(metadata.get("total_consensus_power"))
            if (slots_told or 0) > self.slots - slots_before or (stake_told or 0) > self.stake - stake_before:
                self.gap("an aggregate tells fewer delegates than its power")
        else:
            total = natural(metadata.get("consensus_power"))
            self.slots += total or 0
            self.slots_known = self.slots_known and total is not None

    def _metadata(
        self, content: dict[str, Any], told_level: object, operation: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The metadata of a content that attests the level, or None (and a gap where that is not by right)."""
        found = level(told_level)
        if found is None:
            self.gap("an attestation does not tell its level")
            return None
        if found != self.attested_level:
            return None
        metadata = content.get("metadata")
        if isinstance(metadata, dict):
            return metadata
        whole = operation.get("metadata") if metadata is None else metadata
        self.gap(
            "the metadata of an attestation is too large" if whole == "too large" else "an attestation has no metadata"
        )
        return None

    def _count(self, delegate: str, power: object, with_dal: bool | None) -> None:
        if delegate in self.by_delegate:
            return
        self.by_delegate[delegate] = with_dal
        slots, stake = _power(power)
        if stake is not None:
            self.stake += stake
            self.stakes += 1
        if slots is None:
            self.slots_known = False
        else:
            self.slots += slots


def _power(power: object) -> tuple[int | None, int | None]:
    """Slots, and the stake where it counts (All Bakers Attest)."""
    if isinstance(power, dict):
        return natural(power.get("slots")), natural(power.get("baking_power"))
    return natural(power), None
