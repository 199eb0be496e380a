"""`main.py bittensor runtime`."""

from __future__ import annotations

from collectors.bittensor.items import vanished
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import NONE, print_rows


def show_runtime(look: Look) -> None:
    """Which runtime wrote the block, and what of the watched storage it does not have."""
    block = look.block
    missing = vanished(block.runtime)
    row = {
        "spec_version": block.runtime.spec_version,
        "metadata_version": block.runtime.metadata_version,
        "next_spec_version": block.holds,
        "missing": [{"item": str(item), "rules": list(item.rules), "instead": item.instead} for item in missing],
    }
    cells = [
        (item, ", ".join(item.rules) if item.rules and item.instead is None else NONE, item.instead or NONE)
        for item in missing
    ]
    notes = [f"Metadata of version {block.runtime.metadata_version}, read from {block.endpoint}."]
    if block.upgrades:
        notes.append(f"An upgrade: the next block is written by runtime {block.holds}.")
    header = ("missing", "rules that are unknown without it", "read instead")
    print_rows(look, [row], header, cells, notes=notes, empty="Everything that is watched is there.")
