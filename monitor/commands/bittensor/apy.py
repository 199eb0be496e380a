"""`main.py bittensor apy`."""

from __future__ import annotations

from typing import Any

from alerting.render.figures import duration, number, plural
from collectors.bittensor.views.epochs import Epochs, read_epochs
from monitor.bittensor.returns import annual
from monitor.bittensor.units import ROOT
from monitor.commands.bittensor.looking import Look, WrongWord
from monitor.commands.bittensor.page import address, coins, print_rows, share

AMOUNTS = ("stake_alpha_rao", "paid_alpha_rao")


def show_apy(look: Look, netuid: int, hotkey: str | None, epochs: int) -> None:
    """Yields of those who stake on the subnet, from what its epochs really paid, the best first."""
    if netuid == ROOT:
        raise WrongWord("the root network has no epochs of its own: look at the subnets that pay its stakers")
    found = read_epochs(look.opener, look.block, netuid, [hotkey] if hotkey else [], epochs)
    blocks = found.read[0].block - found.read[-1].before
    hotkeys = [hotkey] if hotkey else sorted(found.read[0].paid)
    rows = [_row(found, one) for one in hotkeys]
    rows.sort(key=lambda row: (row["apy"] is None, -(row["apy"] or 0)))
    cells = [
        (
            address(row["hotkey"]),
            coins(row["stake_alpha_rao"]),
            coins(row["paid_alpha_rao"]),
            row["epochs"],
            share(row["apy"]),
        )
        for row in rows
    ]
    first, last = number(found.read[-1].before), number(found.read[0].block)
    lasted = duration(round(blocks * found.block_seconds))
    notes = [f"{plural(len(found.read), 'epoch')} compounded, blocks {first} to {last} ({lasted})."]
    if found.stopped:
        notes.append(f"Not {epochs}: {found.stopped}.")
    header = ("hotkey", "staked (α)", "paid (α)", "epochs", "APY in α")
    print_rows(look, rows, header, cells, netuid=netuid, notes=notes, empty="Nobody was paid in the last epoch.")


def _row(found: Epochs, hotkey: str) -> dict[str, Any]:
    """Epochs in which the hotkey had no stake yielded nothing to compound, and are not counted as zero yields."""
    staked = [epoch for epoch in found.read if epoch.stake.get(hotkey)]
    returns = [epoch.paid.get(hotkey, 0) / epoch.stake[hotkey] for epoch in staked]
    window = sum(epoch.block - epoch.before for epoch in staked) * found.block_seconds
    return {
        "hotkey": hotkey,
        "apy": annual(returns, window),
        "epochs": len(staked),
        "window_seconds": round(window),
        "from_block": found.read[-1].before,
        "to_block": found.read[0].block,
        "paid_alpha_rao": sum(epoch.paid.get(hotkey, 0) for epoch in staked),
        "stake_alpha_rao": found.read[0].stake.get(hotkey, 0),
        "returns": returns,
    }
