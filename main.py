"""Sentinel's commands. `main.py` alone is `main.py check`: one run, meant for cron."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config.configuration import Configuration

HOME = Path(__file__).resolve().parent

env_file_option = click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="The .env to use; its folder is where relative paths start. Default: .env beside main.py.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


class _CheckByDefault(click.Group):
    """`main.py` and `main.py --json` mean `main.py check …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_CheckByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="sentinel")
def main() -> None:
    """Watches Tezos bakers: tells what broke and when it is over. Without a command: check.

    \b
    main.py init                  write .env and delegates.json
    main.py                       one run (put this in crontab, every minute)
    main.py status                how far it has read, and what is open
    main.py incidents --all       everything that broke so far
    """


@main.command()
@env_file_option
@json_option
@click.option("--verbose", "-v", is_flag=True, help="Say on stderr what was read, asked and skipped.")
def check(env_file: Path | None, as_json: bool, verbose: bool) -> None:
    """One run: read what the chains did since the last one, judge it, tell what changed.

    Silent under cron unless there is something to tell. Exit codes: 0 ran, 1 ran partly, 2 configuration,
    75 another run has been busy for too long, 142 ended by its own alarm after 55 seconds.

    \b
    main.py check --env-file /etc/sentinel/.env
    main.py check --json | jq .networks
    """
    with _loading_code():
        from monitor.commands.check import run_check

        configuration = _configuration(env_file, heartbeat=True)
    sys.exit(run_check(configuration, as_json=as_json, verbose=verbose))


@main.command()
@click.option("--rpc-url", help="Your node, or several addresses separated by commas.")
@click.option("--baker", "bakers", multiple=True, metavar="ADDRESS[=NAME]", help="A baker to watch; may be repeated.")
@click.option("--timezone", help="Time zone of the times in messages, e.g. Europe/Berlin. Default: UTC.")
@click.option("--dir", "home", type=click.Path(path_type=Path, file_okay=False), default=HOME, help="Where to write.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(rpc_url: str | None, bakers: tuple[str, ...], timezone: str | None, home: Path, force: bool) -> None:
    """Write .env and delegates.json, from flags or from a few questions.

    \b
    main.py init --rpc-url http://127.0.0.1:8732 --baker tz1VxS7ff4YnZRs8b4mMP4WaMVpoQjuo1rjf=alice
    """
    from monitor.commands.init import run_init

    sys.exit(run_init(home, rpc_url, bakers, timezone, force))


@main.command()
@env_file_option
@json_option
def status(env_file: Path | None, as_json: bool) -> None:
    """How far each network was read, how each target fares, what is open and what could not be told."""
    from monitor.commands.status import run_status

    _exit_with(run_status, _configuration(env_file), as_json)


@main.command()
@env_file_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Closed incidents too.")
def incidents(env_file: Path | None, as_json: bool, everything: bool) -> None:
    """Open incidents, newest first."""
    from monitor.commands.incidents import run_incidents

    _exit_with(run_incidents, _configuration(env_file), everything, as_json)


@main.command()
@env_file_option
@json_option
@click.option("--target", required=True, help="The delegate's address or its name in delegates.json.")
@click.option("--from", "from_level", type=click.IntRange(min=0), help="First level.")
@click.option("--to", "to_level", type=click.IntRange(min=0), help="Last level.")
def history(env_file: Path | None, as_json: bool, target: str, from_level: int | None, to_level: int | None) -> None:
    """What became of every right of a target, level by level.

    \b
    main.py history --target alice --from 15267000 --to 15267100
    main.py history --target tz1VxS7ff4YnZRs8b4mMP4WaMVpoQjuo1rjf --json
    """
    from monitor.commands.history import run_history

    _exit_with(run_history, _configuration(env_file), target, from_level, to_level, as_json)


@contextmanager
def _loading_code() -> Iterator[None]:
    """Keeps the garbage collector out of it: code that was just imported holds no garbage, and looking for some in
    it, then and once more at the end of the process, is a fifth of a run with nothing new."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _exit_with(run: Callable[..., int], *arguments: Any) -> None:
    """Runs a command that only reads; a state that cannot be read is one line and exit 1 (2 where it is not there)."""
    from monitor.errors import SchemaError, StateError

    try:
        sys.exit(run(*arguments))
    except StateError as error:
        click.echo(f"sentinel: {error}", err=True)
        sys.exit(2 if isinstance(error, SchemaError) else 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` had enough; nothing is left to flush
        sys.exit(0)


def _configuration(env_file: Path | None, heartbeat: bool = False) -> Configuration:
    """Exit 2 with one line per problem where there is none that can be used; `heartbeat`: its fail is told too."""
    from monitor.config.configuration import load
    from monitor.config.problem import ConfigError

    try:
        configuration = load(env_file, os.environ, HOME)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"sentinel: {problem}", err=True)
        if heartbeat:
            from monitor.life_signs import tell_unusable

            tell_unusable(env_file, os.environ, HOME, error)
        sys.exit(2)
    for name, value in configuration.for_libraries.items():
        os.environ.setdefault(name, value)
    return configuration


if __name__ == "__main__":
    from monitor.commands import crash

    crash.install(verbose=not {"-v", "--verbose"}.isdisjoint(sys.argv))
    main()
