"""`main.py bittensor dividends`."""

from __future__ import annotations

from collectors.bittensor.views.dividends import ROOT_ALPHA, TAO, Dividend, read_dividends
from monitor.bittensor.units import RAO
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import NONE, Page, address, coins, count, print_page


def show_dividends(look: Look, netuid: int) -> None:
    """What each hotkey's stakers got in the last epoch, the largest first."""
    print_page(look, dividends(look, netuid), netuid)


def dividends(look: Look, netuid: int) -> Page:
    found = read_dividends(look.block, netuid)
    root_unit = "τ" if TAO in found.maps else "α"
    has_root = ROOT_ALPHA in found.maps or TAO in found.maps
    rows = [
        {
            "hotkey": one.hotkey,
            "uid": one.uid,
            "alpha_rao": one.alpha,
            "root_alpha_rao": one.root_alpha,
            "root_tao_rao": one.root_tao,
            "tao_value_rao": one.value,
            "alpha_price_rao": found.price,
            "epoch_block": found.last_epoch,
            "maps": list(found.maps),
        }
        for one in found.paid
    ]
    header = ["hotkey", "uid", "to stakers here (α)", *([f"to root ({root_unit})"] if has_root else []), "worth (τ)"]
    price = NONE if found.price is None else coins(found.price, "τ")
    notes = [
        f"{len(found.paid)} of the epoch at block {count(found.last_epoch)}; 1 α = {price} at this block.",
        f"Read from {', '.join(found.maps)}: after the validators' take.",
    ]
    cells = (_cells(one, has_root) for one in found.paid)
    return Page(rows, header, cells, notes, empty="No dividends.")


def _cells(one: Dividend, has_root: bool) -> list[str]:
    root = one.root_tao if one.root_alpha is None else one.root_alpha
    worth = NONE if one.value is None else f"{one.value / RAO:,.6f}"
    return [address(one.hotkey), count(one.uid), coins(one.alpha), *([coins(root)] if has_root else []), worth]
