"""What Telegram makes of HTML: the text people see, or the error it answers with.

As the Bot API parses it (core.telegram.org/bots/api#html-style; wording of the errors: tdlib/td, MessageEntity.cpp).
"""

from __future__ import annotations

import html
import re

_TAGS = frozenset(
    (
        *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "tg-emoji"),
        *("code", "pre", "blockquote"),
    )
)
_PIECE = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z-]*)(?P<rest>[^<>]*)(?P<end>>?)|(?P<text>[^<]+)")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


class MarkupError(ValueError):
    """The description of a 400, after "Bad Request: "."""


def visible(text: str) -> str:
    """The text without its tags, entities decoded. Raises MarkupError."""
    shown: list[str] = []
    inside: list[tuple[str, int]] = []
    for piece in _PIECE.finditer(text):
        offset = len(text[: piece.start()].encode())
        if piece["text"] is not None:
            shown.append(_ENTITY.sub(lambda entity: html.unescape(entity[0]), piece["text"]))
        elif not piece["end"]:
            raise MarkupError(f"can't parse entities: Unclosed start tag at byte offset {offset}")
        elif piece["close"]:
            _closed(piece["name"].lower(), inside, offset)
        else:
            name = piece["name"].lower()
            if name not in _TAGS:
                raise MarkupError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
            inside.append((name, offset))
    if inside:
        name, _ = inside[-1]
        raise MarkupError(f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\"")
    return "".join(shown)


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _closed(name: str, inside: list[tuple[str, int]], offset: int) -> None:
    if not inside:
        raise MarkupError(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    expected, _ = inside.pop()
    if name not in ("", expected):
        found = f'expected "</{expected}>", found "</{name}>"'
        raise MarkupError(f"can't parse entities: Unmatched end tag at byte offset {offset}, {found}")
