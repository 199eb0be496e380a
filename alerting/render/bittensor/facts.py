"""What a verdict found, out of the payload; and its quantities as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerting.render.figures import duration, number, percent

if TYPE_CHECKING:
    from alerting.render.item import Item

BLOCK_SECONDS = 12
_RAO = 1_000_000_000


def whole(item: Item, name: str) -> int | None:
    value = _fact(item, name)
    return round(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def real(item: Item, name: str) -> float | None:
    value = _fact(item, name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def flag(item: Item, name: str) -> bool | None:
    value = _fact(item, name)
    return value if isinstance(value, bool) else None


def text(item: Item, name: str) -> str | None:
    value = _fact(item, name)
    return value if isinstance(value, str) and value else None


def texts(item: Item, name: str) -> tuple[str, ...]:
    value = _fact(item, name)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def share(item: Item, name: str) -> str | None:
    """As "38 %"."""
    value = real(item, name)
    return None if value is None else percent(value)


def lasting(item: Item, name: str) -> str | None:
    """A count of blocks as the time they take: "2 h 10 min"."""
    blocks = whole(item, name)
    return None if blocks is None else blocks_last(blocks)


def blocks_last(blocks: float) -> str:
    return duration(round(blocks * BLOCK_SECONDS))


def tao(item: Item, name: str) -> str | None:
    """An amount in rao as "0.41 τ"."""
    value = whole(item, name)
    return None if value is None else amount(value, "τ")


def amount(rao: float, unit: str = "τ") -> str:
    """As "1,240 τ", "12.3 τ", "0.41 τ", "0.0213 τ"; nothing that is there is rounded to nothing."""
    value = rao / _RAO
    size = abs(value)
    if size >= 100 or size == 0:
        return f"{round(value):,} {unit}"
    if size >= 10:
        return f"{value:.1f} {unit}".replace(".0 ", " ")
    return f"{value:.3g} {unit}" if size >= 0.0001 else f"{number(round(rao))} rao"


def _fact(item: Item, name: str) -> object:
    return None if item.payload.facts is None else item.payload.facts.get(name)
