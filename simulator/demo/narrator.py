"""What the demo prints: the time, what happens on the chain, and main.py's own words with a bar beside them."""

from __future__ import annotations

import shlex
import sys
import time
from typing import TextIO

from simulator.demo.home import CHECKOUT

_COLOURS = {"🔴": "31", "🟡": "33", "✅": "32"}
_BOLD, _DIM = "1", "2"
_BAR = " " * 10 + "│ "
CRON_LINE = "* * * * * "


class Narrator:
    """Writes to `stream`; in colour where that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty()

    def opening(self) -> None:
        self._line("Sentinel, on simulated chains. Nothing leaves this machine. Times are UTC.", _BOLD)

    def tezos(self, rpc_url: str, interval: int, names: tuple[str, ...]) -> None:
        self._chapter("Tezos")
        self._line(f"The node at {rpc_url} has a new block every second (mainnet: every 6 s), and the real")
        self._line(
            f"`main.py check` starts every {interval} s (under cron: every minute). It watches {_together(names)}."
        )
        self._line()

    def bittensor(self, rpc_url: str, step: int, names: tuple[str, ...]) -> None:
        self._chapter("Bittensor")
        self._line(f"The node at {rpc_url} plays half an hour of a subnet, and the real `main.py check` starts every")
        self._line(f"{step // 60} minutes of it (under cron: every minute). It watches {_together(names)}.")
        self._line()

    def left_out(self, chapter: str, why: str) -> None:
        self._line()
        self._line(f"{chapter} is left out: {why}.")

    def happens(self, at: float, what: str) -> None:
        self._line(f"{_clock(at)}  {self._painted(what, _BOLD)}")

    def tick(self, at: float, number: int, output: str, complaints: str) -> None:
        """A run of `main.py check` that began at `at`, and what it told."""
        said = (output.strip() + "\n" + complaints.strip()).strip()
        self._line(
            f"{_clock(at)}  main.py check, tick {number}{':' if said else ': nothing to tell'}", "" if said else _DIM
        )
        for line in said.splitlines():
            self._line(_BAR + self._painted(line, _COLOURS.get(line[:1], "")) if line else _BAR.rstrip())

    def command(self, words: str, output: str) -> None:
        """What a user would type, and what it prints."""
        self._line()
        self._line(f"$ python main.py {words}", _BOLD)
        self._line(output.rstrip())

    def failed(self, untold: str) -> None:
        self._line()
        self._line(f"The demo failed: {untold} was told.", "31")

    def closing(self) -> None:
        self._line()
        self._line("All of it was told. What next:", _BOLD)
        python, main = shlex.quote(_shown(sys.executable)), "main.py"
        self._line(f"  {python} {main} init      writes .env and delegates.json: your nodes, your bakers")
        self._line(f"  {python} {main} check     one run; then `{main} status`")
        self._line(f"  {python} {main} --help    everything else")
        self._line("and in your crontab (crontab -e), so that it runs every minute:")
        self._line(f"  {crontab_line()}")

    def interrupted(self) -> None:
        self._line()
        self._line("Stopped. Nothing is left behind.")

    def _chapter(self, name: str) -> None:
        self._line()
        self._line(name, _BOLD)

    def _line(self, text: str = "", colour: str = "") -> None:
        self._stream.write(self._painted(text, colour) + "\n")
        self._stream.flush()

    def _painted(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._coloured and colour and text else text


def crontab_line() -> str:
    """The line of crontab.example for this checkout."""
    lines = (CHECKOUT / "crontab.example").read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(CRON_LINE))
    return line.replace("$SENTINEL", shlex.quote(str(CHECKOUT)))


def _together(names: tuple[str, ...]) -> str:
    """ "a, b and c" """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(at))


def _shown(executable: str) -> str:
    """As a user in the checkout would type it."""
    return executable.removeprefix(f"{CHECKOUT}/")
