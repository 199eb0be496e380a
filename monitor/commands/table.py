"""Plain columns for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo


def columns(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Left-aligned text, two spaces between columns."""
    cells = [list(header), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[index]) for row in cells) for index in range(len(header))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def moment(at: int | None, zone: tzinfo) -> str:
    """As "2026-11-21 03:04"; "-" where there is none."""
    return "-" if at is None else datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")
