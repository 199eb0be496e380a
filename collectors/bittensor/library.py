"""The decoder, bittensor-core: imported where Bittensor is configured, and never let out with an error of its own.

It is strict (trailing bytes are an error), bounds elements and nesting by itself, and is built on the runtime's own
crates. A panic of its Rust code would come as an exception that is not an `Exception`; it is caught by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collectors.errors import SourceError, Unreadable

REQUIREMENTS = "requirements-bittensor.txt"


class LibraryMissing(SourceError):
    """bittensor-core cannot be imported. One line that names the file to install."""

    def __init__(self) -> None:
        super().__init__(f"bittensor-core cannot be imported: pip install -r {REQUIREMENTS}")


def library() -> Any:
    """The module `bittensor_core` (2 ms the first time). Raises LibraryMissing."""
    try:
        import bittensor_core

        return bittensor_core
    except ImportError:  # also a wheel that does not load on this machine
        pass
    raise LibraryMissing


def missing() -> str | None:
    """The line that says what to install; None where the decoder can be imported."""
    try:
        library()
    except LibraryMissing as error:
        return str(error)
    return None


def attempt(problem: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What `function` gives. Whatever it raises becomes Unreadable(`problem`): the library's own text may quote what
    a node sent."""
    try:
        return function(*arguments)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError):
        pass
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
    raise Unreadable(problem)
