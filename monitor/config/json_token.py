"""The marks, texts and words of a JSON document, with those that people write though JSON does not have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<comment>//[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<string>"(?:[^"\\\x00-\x1f]|\\[^\n])*")
      | (?P<oddstring>'(?:[^'\\\n]|\\.)*'|[“”„](?:[^“”"\\\n]|\\.)*[“”"]|"(?:[^"\\\n]|\\[^\n])*"?)
      | (?P<mark>[\[\]{},:])
      | (?P<word>[^\s\[\]{},:"'“”\#/]+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
CLOSED_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')


class Token(NamedTuple):
    kind: str
    """string, oddstring (quoted, but not as JSON does), mark, word, other or end."""
    text: str
    line: int
    """The line it begins in, from 1."""


def tokens(text: str, slip: Callable[[str, str, int], None]) -> Iterator[Token]:
    """Every token of `text`, the last one of kind "end". `slip` is told (text, fix, line) of what is passed over."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind, said = str(match.lastgroup), match.group()
        if kind == "comment":
            slip("comments are not allowed in JSON", "remove it", line)
        elif kind == "other" and said.isspace():
            slip(f"a space that is not a plain one (U+{ord(said):04X})", "write a plain space", line)
        elif kind == "oddstring" and said[0] == '"' and not CLOSED_STRING.fullmatch(said):
            # The quote was forgotten, so the punctuation at the end of the line is not part of the text.
            inside = said.rstrip(" \t\r,]}")
            yield Token(kind, inside, line)
            yield from (Token("mark", mark, line) for mark in said[len(inside) :] if mark in ",]}")
        elif kind != "space":
            yield Token(kind, said, line)
        line += said.count("\n")
    yield Token("end", "", line)
