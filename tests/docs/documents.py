"""The documents as their tests read them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    (found,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text(name), re.DOTALL | re.MULTILINE)
    return str(found)


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)


def commands(document: str) -> list[list[str]]:
    """What follows main.py in the lines of shell blocks: ["check", "--json"]."""
    found = []
    for block in blocks(document, "sh"):
        for line in block.splitlines():
            words = shlex.split(line.partition("|")[0], comments=True)
            if any(word.endswith("main.py") for word in words[:2]):
                place = next(place for place, word in enumerate(words) if word.endswith("main.py"))
                found.append(words[place + 1 :])
    return found
