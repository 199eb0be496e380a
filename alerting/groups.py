"""Patterns that mean a group of delegates.json: `group:night`, and `group:night/missed_baking` for one rule of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from monitor.schema import watch_list

PREFIX = "group:"


def spelled_out(connection: Connection, pattern: str) -> tuple[str, ...]:
    """The pattern, and where it means a group one for each of its members in the list that is in force."""
    if not pattern.startswith(PREFIX):
        return (pattern,)
    group, slash, rule = pattern.removeprefix(PREFIX).partition("/")
    content = connection.execute(select(watch_list.c.content)).scalar()
    members = _members(json.loads(content), group) if content else ()
    return (pattern, *(f"{member}{slash}{rule}" for member in members))


def _members(document: dict[str, Any], group: str) -> Iterator[str]:
    """How the targets of the members are spelled; a hotkey is one by itself and one on each subnet."""
    section = document.get("bittensor", {})
    for key, entries in (
        ("address", document.get("tezos", ())),
        ("hotkey", section.get("hotkeys", ())),
        ("netuid", section.get("subnets", ())),
        ("coldkey", section.get("coldkeys", ())),
    ):
        for entry in entries:
            if entry.get("group") == group:
                yield str(entry[key])
                if key == "hotkey":
                    yield f"*/{entry[key]}"
