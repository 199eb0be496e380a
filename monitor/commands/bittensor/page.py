"""How a look is printed: a line that says of which block, then columns; or an array for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from alerting.render.bittensor.facts import blocks_last
from alerting.render.figures import number, short
from monitor.bittensor.units import RAO
from monitor.commands.bittensor.looking import Look
from monitor.commands.table import columns, moment

NONE = "-"


class Page(NamedTuple):
    """`rows` for a script; for people `cells` below `header`, and `notes` at the end."""

    rows: Sequence[Mapping[str, Any]]
    header: Sequence[str]
    cells: Iterable[Sequence[object]]
    notes: Sequence[str] = ()
    empty: str = "Nothing."

    def text(self) -> str:
        told = [list(row) for row in self.cells]
        table = "\n".join(columns(self.header, told)) if told else self.empty
        return "\n".join([table, "", *self.notes]) if self.notes else table


def print_page(look: Look, page: Page, netuid: int | None = None) -> None:
    """As JSON, each row with the block it is of; else as a table below the block."""
    if look.as_json:
        print_json(look, page.rows, netuid)
    else:
        print(f"{heading(look, netuid)}\n\n{page.text()}")


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
    print_page(look, Page(rows, header, cells, notes, empty), netuid)


def print_json(look: Look, rows: Sequence[Mapping[str, Any]], netuid: int | None = None) -> None:
    """A row a line."""
    block = look.block
    of = {"network": block.network, "block": block.number, "hash": block.hash}
    where = of if netuid is None else {**of, "netuid": netuid}
    ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
    told = ",\n ".join(json.dumps({**where, **row}, ensure_ascii=ascii_only) for row in rows)
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
