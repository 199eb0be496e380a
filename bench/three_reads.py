"""python -m bench.three_reads ENV_FILE NETUID: `main.py bittensor metagraph`, `hyperparameters` and `dividends` in one
process, at one block, with all that a command does: settings, limits, caches, what it prints, and how it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from monitor.loading import loading_code

with loading_code():
    from monitor.commands.bittensor.dividends import show_dividends
    from monitor.commands.bittensor.hyperparameters import show_hyperparameters
    from monitor.commands.bittensor.looking import Look, look
    from monitor.commands.bittensor.metagraph import show_metagraph
    from monitor.commands.cli import HOME, leave
    from monitor.config.chain_settings import load_chain_settings


def main(env_file: Path, netuid: int) -> int:
    """The exit code."""

    def show(seen: Look) -> None:
        for one in (show_metagraph, show_hyperparameters, show_dividends):
            one(seen, netuid)

    settings, _ = load_chain_settings(env_file, os.environ, HOME)
    return look(settings, None, None, True, show)


if __name__ == "__main__":
    leave(SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]))))
