"""`main.py bittensor subnet`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collectors.bittensor.views.errors import Untold
from monitor.commands.bittensor.dividends import dividends
from monitor.commands.bittensor.hyperparameters import hyperparameters
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.metagraph import metagraph
from monitor.commands.bittensor.page import Page, heading, print_json

_PARTS: Mapping[str, Callable[[Look, int], Page]] = {
    "hyperparameters": hyperparameters,
    "metagraph": metagraph,
    "dividends": dividends,
}


def show_subnet(look: Look, netuid: int) -> None:
    """Hyperparameters, everybody by uid, and the last epoch's dividends: all at one block, read once."""
    pages = {name: _page(part, look, netuid) for name, part in _PARTS.items()}
    if look.as_json:
        row = {name: page.rows if isinstance(page, Page) else None for name, page in pages.items()}
        print_json(look, [row], netuid)
    else:
        told = (page.text() if isinstance(page, Page) else page for page in pages.values())
        print("\n\n".join([heading(look, netuid), *told]))


def _page(part: Callable[[Look, int], Page], look: Look, netuid: int) -> Page | str:
    """Why there is none, where the block's runtime has no such thing to tell."""
    try:
        return part(look, netuid)
    except Untold as error:
        return f"Not told: {error}."
