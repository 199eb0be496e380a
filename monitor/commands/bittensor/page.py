"""How a look is printed: a line that says of which block, then columns; or an array for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alerting.render.bittensor.facts import blocks_last
from alerting.render.figures import number, short
from monitor.bittensor.units import RAO
from monitor.commands.bittensor.looking import Look
from monitor.commands.table import columns, moment

NONE = "-"


def print_rows(
    look: Look,
    rows: Sequence[Mapping[str, Any]],
    header: Sequence[str],
    cells: Iterable[Sequence[object]],
    *,
    netuid: int | None = None,
    notes: Sequence[str] = (),
    empty: str = "Nothing.",
) -> None:
    """`rows` as JSON, each with the block it is of; else `cells` below `header`, and `notes` at the end."""
    if look.as_json:
        print_json(look, rows, netuid)
        return
    print(heading(look, netuid))
    print()
    told = [list(row) for row in cells]
    print("\n".join(columns(header, told)) if told else empty)
    if notes:
        print()
        print("\n".join(notes))


def print_json(look: Look, rows: Sequence[Mapping[str, Any]], netuid: int | None = None) -> None:
    """A row a line."""
    block = look.block
    of = {"network": block.network, "block": block.number, "hash": block.hash}
    where = of if netuid is None else {**of, "netuid": netuid}
    told = ",\n ".join(json.dumps({**where, **row}, ensure_ascii=False) for row in rows)
    print(f"[{told}]")


def heading(look: Look, netuid: int | None = None) -> str:
    """As "bittensor:finney subnet 18, block 6,852,690 (2026-11-21 03:04), runtime 461" and the hash below it."""
    block = look.block
    subnet = "" if netuid is None else f" subnet {netuid}"
    at = moment(block.timestamp, look.zone)
    spec = block.runtime.spec_version
    return f"{block.network}{subnet}, block {number(block.number)} ({at}), runtime {spec}\n{block.hash}"


def address(value: str | None) -> str:
    """Whole for a script, short on a terminal, where a row has to fit."""
    if not value:
        return NONE
    return short(value) if sys.stdout.isatty() else value


def share(value: float | None) -> str:
    """As "4.21 %"."""
    return NONE if value is None else f"{value * 100:.2f} %"


def coins(rao: int | None, unit: str = "") -> str:
    """In whole coins, with nine decimals at most: "3.330312594 α"."""
    if rao is None:
        return NONE
    text = f"{rao // RAO:,}.{rao % RAO:09}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def flag(value: bool | None) -> str:
    return NONE if value is None else "yes" if value else "no"


def ago(since: int | None, block: int) -> str:
    """Blocks, and how long they last."""
    if since is None:
        return NONE
    blocks = block - since
    return f"{number(blocks)} ({blocks_last(blocks)})"


def count(value: int | None) -> str:
    return NONE if value is None else number(value)
