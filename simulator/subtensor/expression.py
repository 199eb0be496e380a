"""Types as they are written in the schema: "Vec<(u64, AccountId32)>", taken apart."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|\d+|[<>()\[\],;])")


class Expression(NamedTuple):
    """`head` is a name, "tuple" or "array". "Vec<u8>" is ("Vec", (u8,)), "[u8; 32]" is ("array", (u8,), 32)."""

    head: str
    parts: tuple[Expression, ...] = ()
    length: int = 0


@cache
def parsed(text: str) -> Expression:
    """Raises ValueError for what is no type."""
    tokens = _TOKEN.findall(text)
    found, rest = _one(tokens)
    if rest or "".join(tokens) != text.replace(" ", ""):
        raise ValueError(f"no type: {text!r}")
    return found


def _one(tokens: list[str]) -> tuple[Expression, list[str]]:
    if not tokens:
        raise ValueError("no type: it ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        parts, rest = _until(")", rest)
        return Expression("tuple", parts), rest
    if head == "[":
        inner, rest = _one(rest)
        return Expression("array", (inner,), int(rest[1])), rest[3:]
    if rest[:1] == ["<"]:
        parts, rest = _until(">", rest[1:])
        return Expression(head, parts), rest
    return Expression(head), rest


def _until(closing: str, tokens: list[str]) -> tuple[tuple[Expression, ...], list[str]]:
    parts: list[Expression] = []
    while tokens[0] != closing:
        part, tokens = _one(tokens)
        parts.append(part)
        tokens = tokens[1:] if tokens[0] == "," else tokens
    return tuple(parts), tokens[1:]
