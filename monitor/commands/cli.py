"""What every command of the command line shares: its options, its configuration, and how it ends."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from monitor.config.configuration import Configuration
    from monitor.config.problem import ConfigError

HOME = Path(__file__).resolve().parents[2]
"""Where main.py is."""
_UNPRINTED = frozenset({errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EBADF})

env_file_option = click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="The .env to use; its folder is where relative paths start. Default: .env beside main.py.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


def exit_with(run: Callable[..., int], *arguments: Any) -> None:
    """Runs a command; a state that cannot be read or written is one line and exit 1 (2 where it is not there)."""
    from monitor.errors import SchemaError, StateError

    try:
        with printing():
            code = run(*arguments)
    except StateError as error:
        click.echo(f"sentinel: {error}", err=True)
        sys.exit(2 if isinstance(error, SchemaError) else 1)
    sys.exit(code)


@contextmanager
def printing() -> Iterator[None]:
    """Ends the process where what is printed does not arrive: 0 where nobody wants more of it, else 1."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` had enough
        discard_output()
        sys.exit(0)
    except OSError as error:
        if error.errno not in _UNPRINTED:
            raise
        discard_output()
        click.echo(f"sentinel: standard output failed: {os.strerror(error.errno)}", err=True)
        sys.exit(1)


def open_output() -> None:
    """What the terminal's encoding does not have is printed as "?", and a closed output is none at all."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    elif isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def leave(end: SystemExit) -> NoReturn:
    """Ends the process, as the interpreter would, but for tidying up what dies with it: a twentieth of a quiet run.

    Threads are daemons, and what has to be written is written when a command returns.
    """
    if end.code is not None and not isinstance(end.code, int):
        raise end
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code or 0)


def discard_output() -> None:
    """What nobody took is not tried again when the process ends, which would be exit code 120."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def configured(env_file: Path | None, heartbeat: bool = False, nagios: bool = False) -> Configuration:
    """Exit 2 with one line per problem where there is none that can be used; `heartbeat`: its fail is told too.

    `nagios`: one line on standard output and exit 3 instead, since 2 means something else there.
    """
    from monitor.config.configuration import load
    from monitor.config.problem import ConfigError

    try:
        configuration = load(env_file, os.environ, HOME)
    except ConfigError as error:
        if nagios:
            from monitor.nagios import UNKNOWN, unknown

            click.echo(unknown(str(error.problems[0])))
            sys.exit(UNKNOWN)
        say_problems(error)
        if heartbeat:
            from monitor.life_signs import tell_unusable

            tell_unusable(env_file, os.environ, HOME, error)
        sys.exit(2)
    for name, value in configuration.for_libraries.items():
        os.environ.setdefault(name, value)
    return configuration


def say_problems(error: ConfigError) -> None:
    """One line each."""
    for problem in error.problems:
        click.echo(f"sentinel: {problem}", err=True)
