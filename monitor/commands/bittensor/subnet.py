"""`main.py bittensor subnet`."""

from __future__ import annotations

from monitor.commands.bittensor.dividends import dividends
from monitor.commands.bittensor.hyperparameters import hyperparameters
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.metagraph import metagraph
from monitor.commands.bittensor.page import heading, print_json


def show_subnet(look: Look, netuid: int) -> None:
    """Hyperparameters, everybody by uid, and the last epoch's dividends: all at one block, read once."""
    pages = {
        "hyperparameters": hyperparameters(look, netuid),
        "metagraph": metagraph(look, netuid),
        "dividends": dividends(look, netuid),
    }
    if look.as_json:
        print_json(look, [{name: page.rows for name, page in pages.items()}], netuid)
    else:
        print("\n\n".join([heading(look, netuid), *(page.text() for page in pages.values())]))
