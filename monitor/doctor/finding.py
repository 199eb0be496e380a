"""What an examination says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    area: str
    """What was looked at: "database", "node bkr1#1", "telegram"."""
    level: Level
    text: str
    """One line without secrets."""
    fix: str | None = None
    """What to do about it; None where it is well."""


def well(area: str, text: str) -> Finding:
    return Finding(area, "ok", text)


def warning(area: str, text: str, fix: str) -> Finding:
    return Finding(area, "warning", text, fix)


def failed(area: str, text: str, fix: str) -> Finding:
    return Finding(area, "failed", text, fix)
