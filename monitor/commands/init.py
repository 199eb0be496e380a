"""`main.py init`: asks what the flags did not say, and writes .env and delegates.json."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from monitor.config.address import AddressError, check_address
from monitor.config.bittensor_nodes import PORT
from monitor.config.init import Answers, Named, write_configuration
from monitor.config.problem import ConfigError
from monitor.config.ss58 import check_ss58


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line said. Targets are ADDRESS or ADDRESS=NAME."""

    rpc_url: str | None = field(default=None, repr=False)
    bakers: Sequence[str] = ()
    bittensor_rpc_url: str | None = field(default=None, repr=False)
    hotkeys: Sequence[str] = ()
    subnets: Sequence[str] = ()
    timezone: str | None = None
    force: bool = False

    @property
    def tezos(self) -> bool:
        """Whether Tezos is meant; without a word about Bittensor it is."""
        return self.rpc_url is not None or bool(self.bakers) or not self.bittensor

    @property
    def bittensor(self) -> bool:
        return self.bittensor_rpc_url is not None or bool(self.hotkeys or self.subnets)

    def missing(self) -> list[str]:
        """The flags that are needed where nobody can be asked."""
        found = []
        if self.tezos:
            found += [flag for flag, given in (("--rpc-url", self.rpc_url), ("--baker", self.bakers)) if not given]
        if self.bittensor:
            watched = bool(self.hotkeys or self.subnets)
            both = (("--bittensor-rpc-url", self.bittensor_rpc_url), ("--hotkey or --subnet", watched))
            found += [flag for flag, given in both if not given]
        return found


def run_init(env_file: Path, flags: Flags, usual: Path) -> int:
    """The exit code: 0 written, 2 something given cannot be used. `usual`: the .env that nobody has to name."""
    missing = flags.missing()
    if missing and not sys.stdin.isatty():
        said = " and ".join(missing)
        click.echo(f"sentinel: init needs {said} where it cannot ask (see main.py init --help)", err=True)
        return 2
    answers = _answers(flags)
    try:
        files = write_configuration(env_file.parent, answers, flags.force, env_file.name)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"sentinel: {problem}", err=True)
        return 2
    for file in files:
        click.echo(f"wrote {file}")
    where = "" if env_file.absolute() == usual.absolute() else f" --env-file {shlex.quote(str(env_file))}"
    click.echo(f"Next: python main.py check{where}, then the line of crontab.example in your crontab.")
    if answers.hotkeys or answers.subnets:
        _tell_decoder()
    return 0


def _answers(flags: Flags) -> Answers:
    """What the flags say, and what was asked."""
    rpc_url, bakers, hotkeys = flags.rpc_url, _named(flags.bakers), _named(flags.hotkeys)
    subnets = _named(flags.subnets)
    if flags.tezos:
        rpc_url = rpc_url or click.prompt("Address of your node's RPC", default="http://127.0.0.1:8732")
    if (flags.tezos and not bakers) or not (bakers or hotkeys or subnets):
        asked = _ask_targets()
        bakers += [one for one in asked if not _is_hotkey(one[0])]
        hotkeys += [one for one in asked if _is_hotkey(one[0])]
    node = flags.bittensor_rpc_url
    if (hotkeys or subnets) and node is None:
        prompt = f"Address of a Bittensor node, e.g. ws://127.0.0.1:{PORT}, or a public one's name"
        node = click.prompt(prompt, default="finney")
    if not bakers and flags.rpc_url is None:
        rpc_url = None
    return Answers(
        rpc_url,
        tuple(bakers),
        flags.timezone or "UTC",
        bittensor_rpc_url=node,
        hotkeys=tuple(hotkeys),
        subnets=tuple(subnets),
    )


def _named(targets: Sequence[str]) -> list[Named]:
    parts = [target.partition("=") for target in targets]
    return [(address.strip(), name.strip() or None) for address, _, name in parts]


def _ask_targets() -> list[Named]:
    """Bakers, and hotkeys of Bittensor, told apart by their addresses."""
    found: list[Named] = []
    while True:
        prompt = "Address of a baker (tz…) or hotkey (5…) to watch" if not found else "Another one (empty: no more)"
        address = click.prompt(prompt, default="", show_default=False).strip()
        if not address:
            if found:
                return found
            continue
        try:
            (check_ss58 if _is_hotkey(address) else check_address)(address)
        except AddressError as error:
            click.echo(f"{error.text}; {error.fix}")
            continue
        name = click.prompt("Its name in messages (empty: none)", default="", show_default=False).strip()
        found.append((address, name or None))


def _is_hotkey(address: str) -> bool:
    return address.startswith("5")


def _tell_decoder() -> None:
    from importlib.util import find_spec

    from monitor.config.misfits import REQUIREMENTS

    if find_spec("bittensor_core") is None:
        click.echo(f"Before that: {sys.executable} -m pip install -r {REQUIREMENTS} (it reads Bittensor's data).")
