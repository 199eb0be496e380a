"""What a benchmark finds: a number, and where it has to stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

AT_MOST: Literal["at most"] = "at most"
AT_LEAST: Literal["at least"] = "at least"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. Without a bound it is there to explain another one."""

    name: str
    measured: float
    unit: str = ""
    sense: Literal["at most", "at least"] | None = None
    bound: float | None = None

    @property
    def ok(self) -> bool:
        if self.sense is None or self.bound is None:
            return True
        return self.measured <= self.bound if self.sense == AT_MOST else self.measured >= self.bound

    @property
    def verdict(self) -> str:
        """ok, FAILED, or nothing where there is no bound."""
        if self.bound is None:
            return ""
        return "ok" if self.ok else "FAILED"

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "ok": self.ok}


class NotMeasured(Exception):
    """A benchmark needs what cannot be had here; one line. Nothing is put in a figure's place."""


def at_most(name: str, measured: float, bound: float, unit: str = "") -> Figure:
    return Figure(name, measured, unit, AT_MOST, bound)


def at_least(name: str, measured: float, bound: float, unit: str = "") -> Figure:
    return Figure(name, measured, unit, AT_LEAST, bound)


Benchmark = Callable[["Size"], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. The bounds are meant for the sizes below; smaller ones only show that it runs."""

    scale: float = 1.0

    def of(self, whole: int, least: int = 1) -> int:
        """`whole`, scaled."""
        return max(least, round(whole * self.scale))


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns: what, measured, bound, verdict."""
    rows = [("figure", "measured", "bound", "")]
    for figure in figures:
        bound = "" if figure.bound is None else f"{'<=' if figure.sense == AT_MOST else '>='} {_number(figure.bound)}"
        measured = f"{_number(figure.measured)} {figure.unit}".strip()
        rows.append((figure.name, measured, bound, figure.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {measured:>{widths[1]}}  {bound:>{widths[2]}}  {verdict}".rstrip()
        for name, measured, bound, verdict in rows
    ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.2f}"


def delegates(number: int) -> str:
    return f"{number} delegate{'s' if number > 1 else ''}"
