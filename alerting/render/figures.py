"""Times, numbers and names as people read them. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from monitor.model import CheckKey


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME_LENGTH = 24


class Times(NamedTuple):
    """Moments in the reader's zone, with the date only where it is not today's."""

    zone: tzinfo
    now: int

    def at(self, moment: int) -> str:
        """As "03:04", "20 Nov 03:04", "20 Nov 2025 03:04"."""
        local, today = datetime.fromtimestamp(moment, self.zone), datetime.fromtimestamp(self.now, self.zone)
        clock = f"{local.hour:02}:{local.minute:02}"
        if local.date() == today.date():
            return clock
        year = "" if local.year == today.year else f" {local.year}"
        return f"{local.day} {_MONTHS[local.month - 1]}{year} {clock}"

    def between(self, start: int, end: int) -> str:
        """As "12:03–12:41"; the day is told once where it is the same."""
        first, last = self.at(start), self.at(end)
        same_day = datetime.fromtimestamp(start, self.zone).date() == datetime.fromtimestamp(end, self.zone).date()
        return f"{first}–{last.rsplit(' ', 1)[-1] if same_day else last}"


def duration(seconds: int) -> str:
    """As "45 s", "22 min", "2 h 10 min", "3 d 4 h"."""
    seconds = max(0, seconds)
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def number(value: int) -> str:
    """As "15,267,110"."""
    return f"{value:,}"


def percent(share: float) -> str:
    """As "99 %"; below ten with a decimal: "4.5 %". Nothing short of the whole is rounded up to it."""
    value = share * 100
    if 0 < value < 10:
        return f"{value:.1f} %".replace(".0 ", " ")
    return f"{99 if 99 <= value < 100 else round(value)} %"


def tez(mutez: int) -> str:
    """As "6,180 ꜩ"; below ten with two decimals."""
    whole = mutez / 1_000_000
    return f"{whole:,.2f} ꜩ" if abs(whole) < 10 and mutez % 1_000_000 else f"{round(whole):,} ꜩ"


def plural(count: int, one: str, many: str | None = None) -> str:
    """As "1 bake", "2 bakes"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def short(address: str) -> str:
    """An address as `tz1abc…wxyz`; full ones are never shown."""
    return address if len(address) <= 14 else f"{address[:6]}…{address[-4:]}"


def named(name: str | None, target: str) -> str:
    """What to call a target: its name on one line and not too long, or its short address."""
    if not name or name.strip() == target:
        return short(target)
    text = one_line(name)
    if not text:
        return short(target)
    return text if len(text) <= _NAME_LENGTH else f"{text[: _NAME_LENGTH - 1]}…"


def called(key: CheckKey, name: str | None) -> str:
    """As `named`; on Bittensor with its subnet before it: "sn18 val-A", "sn18"."""
    if not key.network.startswith("bittensor"):
        return named(name, key.target)
    netuid, slash, hotkey = key.target.partition("/")
    if key.target == "source":
        return f"Bittensor {key.network.partition(':')[2]}"
    if not netuid.isdecimal():
        return named(name, key.target)
    subnet = f"sn{netuid}"
    if slash:
        return f"{subnet} {named(name, hotkey)}"
    return subnet if not name or name.strip().lower() in (netuid, subnet) else f"{subnet} {named(name, netuid)}"


def one_line(text: str) -> str:
    """Without line breaks and control characters, which would let a name write lines of its own."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())


def listed(names: tuple[str, ...], most: int = 8) -> str:
    """As "alice, bob and carol"; "alice, …, heidi and 4 more"."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {number(len(names) - most)} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def network_name(network: str) -> str:
    """The network `tezos:mainnet` as "Tezos mainnet"."""
    return capitalised(network.replace(":", " "))
