"""What is printed when the program itself is at fault: where, never an exception's text, which may quote a secret."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import TracebackType


def install(*, verbose: bool) -> None:
    """From here on an uncaught exception is one line on stderr; with `verbose` the way to it as well.

    Exit code 1 as before. A thread's is told by whoever waits for the thread, so it is printed with `verbose` only.
    """

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        _print(error, verbose)

    def uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if verbose and arguments.exc_value is not None:
            _print(arguments.exc_value, verbose)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread


def _print(error: BaseException, verbose: bool) -> None:
    more = "" if verbose else "; --verbose shows the way to it"
    print(f"sentinel: internal error: {_where(error)}, a fault of the program{more}", file=sys.stderr)
    if not verbose:
        return
    import traceback

    for link in _chain(error):
        print(f"{type(link).__name__}, raised by", file=sys.stderr)
        print("".join(traceback.format_tb(link.__traceback__)), end="", file=sys.stderr)


def _where(error: BaseException) -> str:
    import traceback

    # What could not be imported is no secret, and mostly a package that is not installed.
    what = f"{type(error).__name__} ({error.name})" if isinstance(error, ImportError) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    return f"{what} in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else what


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it came from, the first cause first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain[::-1]
