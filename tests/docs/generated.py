"""What of the documents is made from the code. `python -m tests.docs.generated` writes it anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from alerting.render import samples
from alerting.render.sample_bakers import BACK, LONE_BAKE, STOPPED
from monitor.config import catalogue as settings
from monitor.config import json_schema
from monitor.rules import catalogue as rules

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


def picture() -> str:
    """Three alerts as a terminal shows them."""
    messages = "\n\n".join(samples.shown([sample]) for sample in (STOPPED, BACK, LONE_BAKE))
    return f"```text\n{messages}\n```\n"


def crontab() -> str:
    """crontab.example without its comments."""
    lines = (ROOT / "crontab.example").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if line and not line.startswith("#"))
    return f"```crontab\n{kept}\n```\n"


def schema() -> str:
    return json_schema.with_rules((ROOT / "delegates.schema.json").read_text(encoding="utf-8"))


PARTS: dict[str, Callable[[], str]] = {
    "picture": picture,
    "crontab": crontab,
    "rules": rules.readme_table,
    "settings": settings.readme_table,
}
"""Parts of the README, between `<!-- NAME -->` and `<!-- /NAME -->`."""

FILES: dict[str, Callable[[], str]] = {
    ".env.example": settings.env_example,
    "delegates.schema.json": schema,
    "docs/rules.md": rules.document,
    "docs/messages.md": samples.document,
}


def part(name: str, text: str) -> str:
    """What stands between the marks. Raises ValueError where they are not there once."""
    (found,) = re.findall(rf"^<!-- {name} -->\n(.*?)^<!-- /{name} -->$", text, re.DOTALL | re.MULTILINE)
    return str(found)


def write() -> None:
    text = README.read_text(encoding="utf-8")
    for name, make in PARTS.items():
        text = text.replace(f"<!-- {name} -->\n{part(name, text)}", f"<!-- {name} -->\n\n{make()}\n")
    README.write_text(text, encoding="utf-8")
    for name, make in FILES.items():
        (ROOT / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    write()
