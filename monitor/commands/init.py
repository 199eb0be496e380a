"""`main.py init`: asks what the flags did not say, and writes .env and delegates.json."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.config.address import AddressError, check_address
from monitor.config.init import Answers, write_configuration
from monitor.config.problem import ConfigError


def run_init(
    env_file: Path, rpc_url: str | None, bakers: Sequence[str], timezone: str | None, force: bool, usual: Path
) -> int:
    """The exit code: 0 written, 2 something given cannot be used. `usual`: the .env that nobody has to name."""
    if (rpc_url is None or not bakers) and not sys.stdin.isatty():
        missing = " and ".join(flag for flag, given in (("--rpc-url", rpc_url), ("--baker", bakers)) if not given)
        click.echo(f"sentinel: init needs {missing} where it cannot ask (see main.py init --help)", err=True)
        return 2
    rpc_url = rpc_url or click.prompt("Address of your node's RPC", default="http://127.0.0.1:8732")
    named = [_named(baker) for baker in bakers] or _ask_bakers()
    try:
        answers = Answers(rpc_url, tuple(named), timezone or "UTC")
        files = write_configuration(env_file.parent, answers, force, env_file.name)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"sentinel: {problem}", err=True)
        return 2
    for file in files:
        click.echo(f"wrote {file}")
    where = "" if env_file.absolute() == usual.absolute() else f" --env-file {shlex.quote(str(env_file))}"
    click.echo(f"Next: python main.py check{where}, then the line of crontab.example in your crontab.")
    return 0


def _named(baker: str) -> tuple[str, str | None]:
    address, _, name = baker.partition("=")
    return address.strip(), name.strip() or None


def _ask_bakers() -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    while True:
        prompt = "Address of a baker to watch" if not found else "Another baker (empty: no more)"
        address = click.prompt(prompt, default="", show_default=False).strip()
        if not address:
            if found:
                return found
            continue
        try:
            check_address(address)
        except AddressError as error:
            click.echo(f"{error.text}; {error.fix}")
            continue
        name = click.prompt("Its name in messages (empty: none)", default="", show_default=False).strip()
        found.append((address, name or None))
