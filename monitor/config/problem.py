"""What is wrong with the configuration, said so that it can be repaired: file, line, place, fault, fix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Place = tuple[str | int, ...]
"""The steps to a value in a document: ("tezos", 1, "address")."""
LONGEST_SHOWN = 60
"""Characters of a wrong value that are repeated in a message."""


class Problem(NamedTuple):
    """One fault. ``str()`` is one line: ``delegates.json:4: tezos[1].address: "tz1abc" …; fix: …``."""

    file: str
    """The file as the user names it, or "environment"."""
    line: int | None
    """From 1; None where there is no line (an environment variable, a missing file)."""
    path: str
    """Where in the file: ``tezos[1].address``, the name of a setting, or "" for the file as a whole."""
    text: str
    fix: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        where = f"{place}: {self.path}" if self.path else place
        return printable(f"{where}: {self.text}; fix: {self.fix}")


class ConfigError(Exception):
    """The configuration cannot be used. ``problems`` holds every fault found, in file order; ``str()`` one line each.

    The only exception that leaves this package.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def printable(text: str) -> str:
    """`text` on one line, without what could move a terminal's cursor or break an encoder."""
    return "".join(character if character.isprintable() else "?" for character in text)


def shown(value: object) -> str:
    """A wrong value as it may be repeated: one line, quoted like JSON, cut to LONGEST_SHOWN characters."""
    import json

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
