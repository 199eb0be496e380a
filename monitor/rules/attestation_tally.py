"""What is remembered of missed attestations: which levels, since when, and whether the others attested them."""

from __future__ import annotations

from typing import Any, NamedTuple

from monitor.model import Evidence

REMEMBERED = 20
"""Misses kept with their particulars; older ones only count."""


class Miss(NamedTuple):
    level: int
    at: int
    """Block time."""
    others: int | None
    """Permille of the committee beside the delegate that did attest the level; None where the block does not tell."""
    late: bool
    """The block that should have carried the attestation came at a round above 0: late for everyone."""


class Tally(NamedTuple):
    """Misses since the last resolution. Changes only with a miss, the met right after one, and while open."""

    streak: int = 0
    """Missed in a row, up to the newest right."""
    last_level: int = 0
    """The newest missed level; 0 before the first."""
    blocks: int = 0
    """Bit i: level `last_level - i` was missed."""
    latest: tuple[Miss, ...] = ()
    missed: int = 0
    """Misses of the incident if one is open, else those its opening would count."""
    of: int = 0
    """Rights among which `missed` were counted; blocks, as far as a window set in blocks counted them."""
    first_level: int | None = None
    first_at: int | None = None
    """None where the first miss is too long ago to be remembered."""

    def missed_at(self, level: int, at: int, evidence: Evidence, retained: int) -> Tally:
        """With one more miss; levels more than `retained` blocks back are forgotten."""
        miss = Miss(level, at, _others(evidence), bool(evidence.get("block_round")))
        step = level - self.last_level
        if step > 0:  # a gap wider than what is kept is not worth shifting through
            blocks = ((self.blocks << step) | 1) & ((1 << retained) - 1) if self.blocks and step < retained else 1
        else:  # judged again after a reorganisation
            blocks = self.blocks | 1 << -step
        return self._replace(
            streak=self.streak + 1,
            last_level=max(level, self.last_level),
            blocks=blocks,
            latest=(*self.latest, miss)[-REMEMBERED:],
        )

    def counted(self, missed: int, of: int, first_level: int) -> Tally:
        """Before an incident is open: what its opening would count."""
        first_at = next((miss.at for miss in self.latest if miss.level == first_level), None)
        return self._replace(missed=missed, of=of, first_level=first_level, first_at=first_at)

    def one_more_while_open(self, level: int, at: int) -> Tally:
        first = (level, at) if self.first_level is None else (self.first_level, self.first_at)
        return self._replace(missed=self.missed + 1, of=self.of + 1, first_level=first[0], first_at=first[1])

    def met(self) -> Tally:
        return self._replace(streak=0)

    def met_while_open(self) -> Tally:
        return self._replace(streak=0, of=self.of + 1)

    def within(self, window: int) -> int:
        """Missed levels in the `window` blocks up to and with the newest missed one."""
        return (self.blocks & ((1 << window) - 1)).bit_count()

    def oldest_within(self, window: int) -> int:
        """The first missed level in those blocks."""
        return self.last_level - (self.blocks & ((1 << window) - 1)).bit_length() + 1

    def nth_newest(self, count: int) -> int:
        """The level of the miss that lies `count` misses back (1 is the newest), or the oldest remembered."""
        return self.latest[-count if count <= len(self.latest) else 0].level

    def evidence(self) -> dict[str, Any]:
        """`share_others`: mean share (0 to 1) of the others' power that attested the levels in `missed_levels`.
        `blocks_late`: how many of those came late for everyone."""
        shares = [miss.others for miss in self.latest if miss.others is not None]
        return {
            "streak": self.streak,
            "first_level": self.first_level,
            "first_at": self.first_at,
            "last_level": self.last_level or None,
            "last_at": self.latest[-1].at if self.latest else None,
            "missed_levels": [miss.level for miss in self.latest],
            "share_others": round(sum(shares) / len(shares) / 1000, 3) if shares else None,
            "blocks_late": sum(miss.late for miss in self.latest),
        }

    def to_value(self) -> dict[str, Any]:
        """Short: the latest misses as distances from the newest."""
        value: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("streak", "last_level", "missed", "of", "first_level", "first_at")
            if getattr(self, name)
        }
        if self.blocks:
            value["blocks"] = f"{self.blocks:x}"
        if self.latest:
            newest = self.latest[-1]
            value["newest_at"] = newest.at
            value["latest"] = [
                [newest.level - miss.level, newest.at - miss.at, miss.others, int(miss.late)] for miss in self.latest
            ]
            value["newest_level"] = newest.level
        return value

    @classmethod
    def from_value(cls, value: Evidence) -> Tally:
        """Tolerates missing keys."""
        level, at = value.get("newest_level", 0), value.get("newest_at", 0)
        return cls(
            streak=value.get("streak", 0),
            last_level=value.get("last_level", 0),
            blocks=int(value.get("blocks", "0"), 16),
            latest=tuple(
                Miss(level - blocks, at - seconds, others, bool(late))
                for blocks, seconds, others, late in value.get("latest", ())
            ),
            missed=value.get("missed", 0),
            of=value.get("of", 0),
            first_level=value.get("first_level"),
            first_at=value.get("first_at"),
        )


NO_MISSES = Tally()


def _others(evidence: Evidence) -> int | None:
    """Permille of the rest of the committee; of all of it where the delegate's own part is not told."""
    attested, committee = evidence.get("attested_power"), evidence.get("committee_power")
    rest = (committee or 0) - (evidence.get("power") or 0)
    return None if attested is None or rest <= 0 else min(1000, round(1000 * attested / rest))
