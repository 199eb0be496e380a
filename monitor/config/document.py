"""Reading a JSON document as people write it: every value's line, and every slip at once instead of the first.

The standard library stops at the first syntax error and forgets lines; YAML and JSON5 readers accept in silence what
JSON does not allow. This one knows the slips that are common (comments, trailing commas, quotes, missing commas and
brackets), reports each with its fix, and goes on as if it were repaired, so that the rest can be checked too. What it
takes without a problem is exactly what the json module takes, save NaN and Infinity, duplicate keys and depth.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from monitor.config.json_token import CLOSED_STRING, tokens
from monitor.config.problem import Place

DEEPEST = 32
"""Levels of nesting that are followed; nothing that is configured comes near."""
MOST_SLIPS = 40
"""A file with more is not a JSON document, and nobody reads the rest."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_OTHER_SPELLINGS = {"True": True, "False": False, "None": None, "TRUE": True, "FALSE": False, "NULL": None}
_CLOSES = {"{": "}", "[": "]"}


class Slip(NamedTuple):
    """A place where the text is not JSON."""

    line: int
    path: Place
    text: str
    fix: str


class Document(NamedTuple):
    """A document as it was meant: its value, the line of each value by path, and where the text is not JSON."""

    value: Any
    lines: dict[Place, int]
    slips: tuple[Slip, ...]

    def line(self, path: Place) -> int:
        """The line `path` begins at, or that of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _TooDeep(Exception):
    pass


def read_document(text: str) -> Document:
    """Read `text`, whatever it is; never raises. A leading byte order mark is passed over, as RFC 8259 allows."""
    return _Reader(text.removeprefix("\ufeff")).document()


def path_text(path: Place) -> str:
    """``("tezos", 1, "address")`` as ``tezos[1].address``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _cut(text: str) -> str:
    """Enough to find it by; never the whole of a secret pasted into the wrong place."""
    return text if len(text) <= 16 else f"{text[:12]}…"


class _Reader:
    def __init__(self, text: str) -> None:
        self.slips: list[Slip] = []
        self.lines: dict[Place, int] = {}
        self.path: Place = ()
        self.tokens = tokens(text, self.slip)
        self.token = next(self.tokens)
        self.previous_line = 1
        self.open: list[str] = []
        """The brackets around here, outermost first."""

    def document(self) -> Document:
        value: Any = None
        try:
            if self.token.kind == "end":
                self.slip("the file is empty", "write the delegates to watch, or let main.py init do it")
            else:
                value = self.value(())
                if self.token.kind != "end":
                    self.path = ()
                    self.slip(f"{self.said()} stands after the end", "remove it, or move it inside the brackets")
                    for _ in self.tokens:  # its comments are named too
                        pass
        except _TooDeep:
            self.slip(f"nested more than {DEEPEST} levels deep", "remove brackets")
        slips = sorted(self.slips, key=lambda slip: slip.line)
        if len(slips) > MOST_SLIPS:
            rest = Slip(
                slips[MOST_SLIPS].line, (), f"{len(slips) - MOST_SLIPS} more of the kind", "is this a JSON file?"
            )
            slips[MOST_SLIPS:] = [rest]
        return Document(value, self.lines, tuple(slips))

    def slip(self, text: str, fix: str, line: int | None = None) -> None:
        self.slips.append(Slip(self.token.line if line is None else line, self.path, text, fix))

    def said(self) -> str:
        return "the end of the file" if self.token.kind == "end" else _cut(self.token.text)

    def advance(self) -> None:
        self.previous_line = self.token.line
        self.token = next(self.tokens, self.token)

    def at(self, mark: str) -> bool:
        return self.token.kind == "mark" and self.token.text == mark

    def value(self, path: Place) -> Any:
        if len(path) > DEEPEST:
            raise _TooDeep
        self.path = path
        self.lines[path] = self.token.line
        if self.at("{"):
            return self.members(path)
        if self.at("["):
            return self.items(path)
        if self.token.kind in ("mark", "end"):
            self.slip(f"a value is missing before {self.said()}", "write the value, or remove the line")
            return None
        return self.scalar()

    def items(self, path: Place) -> list[Any]:
        found: list[Any] = []
        opened = self.token.line
        self.open.append("[")
        self.advance()
        while not self.closed(path, opened):
            found.append(self.value((*path, len(found))))
            self.path = path
            self.separated()
        return found

    def members(self, path: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        opened = self.token.line
        self.open.append("{")
        self.advance()
        while not self.closed(path, opened):
            if self.at(":") or self.at("[") or self.at("{"):
                self.slip("a key is missing", 'write "key": before the value')
                if self.at(":"):
                    self.advance()
                self.value((*path, ""))
            else:
                self.member(path, found)
            self.path = path
            self.separated()
        return found

    def member(self, path: Place, found: dict[str, Any]) -> None:
        line = self.token.line
        key = self.key()
        self.path = here = (*path, key)
        if key in found:
            self.slip(f"is written twice (first in line {self.lines[here]})", "keep one of them", line)
        if self.at(":"):
            self.advance()
        elif self.token.kind in ("mark", "end") and not self.at("[") and not self.at("{"):
            self.slip("has no value", "write a colon and the value, or remove it", line)
            self.lines[here] = line
            found[key] = None
            return
        else:
            self.slip("a colon is missing after the key", f"write : before {self.said()}")
        found[key] = self.value(here)

    def closed(self, path: Place, opened: int) -> bool:
        """Is this the end of the innermost list or object? Takes its bracket, if it is there."""
        self.path = path
        while self.at(","):
            self.slip("a comma too many", "remove it")
            self.advance()
        opening = self.open[-1]
        closing = _CLOSES[opening]
        if self.at(closing):
            self.advance()
        elif self.token.kind == "end" or (self.at_closing() and self.closes_outer()):
            self.slip(f"the {opening} of line {opened} is never closed", f"add {closing}", self.previous_line)
        elif self.at_closing():
            self.slip(f"{self.said()} where {closing} was due", f"write {closing} ({opening} is in line {opened})")
            self.advance()
        else:
            return False
        self.open.pop()
        return True

    def at_closing(self) -> bool:
        return self.at("]") or self.at("}")

    def closes_outer(self) -> bool:
        return any(_CLOSES[opening] == self.token.text for opening in self.open[:-1])

    def separated(self) -> None:
        """Take the comma after a value; say so if it is missing, or if nothing follows it."""
        if self.at(","):
            line = self.token.line
            self.advance()
            if self.at_closing():
                self.slip(f"a comma before {self.said()}", "remove the comma", line)
        elif self.at(":"):
            self.slip("a colon where a comma was due", "remove it")
            self.advance()
        elif self.token.kind != "end" and not self.at_closing():
            self.slip(f"a comma is missing before {self.said()}", "add a comma", self.previous_line)

    def key(self) -> str:
        if self.token.kind in ("string", "oddstring"):
            return str(self.scalar())
        word = self.token.text
        self.slip(f"the key {_cut(word)} has no quotes", f'write "{_cut(word)}"')
        self.advance()
        return word

    def scalar(self) -> Any:
        kind, text, _ = self.token
        value: Any
        if kind == "string":
            value = self.string(text)
        elif kind == "oddstring":
            value = self.odd_string(text)
        elif text in _WORDS:
            value = _WORDS[text]
        elif text in _OTHER_SPELLINGS:
            value = _OTHER_SPELLINGS[text]
            self.slip(f"{text} is not JSON", f"write {json.dumps(value)}")
        else:
            value = self.number(text)
        self.advance()
        return value

    def string(self, text: str) -> str:
        try:
            return str(json.loads(text))
        except ValueError:
            self.slip("a backslash that means nothing in JSON", r"write \\ for a backslash")
            return text[1:-1]

    def odd_string(self, text: str) -> str:
        if text[0] == "'":
            self.slip("single quotes", 'write " in place of them')
        elif text[0] != '"':
            self.slip("typographic quotes", 'write " in place of them')
        elif CLOSED_STRING.fullmatch(text):
            self.slip("a tab or control character inside a text", "write a space")
            return "".join(character if character >= " " else " " for character in text[1:-1])
        else:
            self.slip("the closing quote is missing", 'add "')
            return text[1:]
        return text[1:-1]

    def number(self, text: str) -> Any:
        if _NUMBER.fullmatch(text):
            try:
                return json.loads(text)
            except ValueError:  # more digits than Python turns into a number
                self.slip("a number too long to be read", "write a smaller number")
                return 0
        self.slip(
            f"{self.said()} is neither a number nor a text in quotes", "write a number, or put it in double quotes"
        )
        return text
