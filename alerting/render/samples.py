"""docs/messages.md, worded by the code that words the real messages: ``python -m alerting.render.samples``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from alerting.channels.interface import Limits
from alerting.render.bittensor.samples import SECTIONS as BITTENSOR
from alerting.render.message import render
from alerting.render.sample import Group, Sample
from alerting.render.sample_bakers import DELEGATES, DUTIES, STOPPED
from alerting.render.sample_monitor import ITSELF, SOURCES
from monitor.model import Format

SECTIONS = (
    ("Attesting and baking", DUTIES),
    ("The state of a baker", DELEGATES),
    ("Nodes", SOURCES),
    ("The monitor itself", ITSELF),
    *BITTENSOR,
)
_LIMITS = Limits(units=64_000, events=100)
_HEAD = """\
# What is told

Made by `python -m alerting.render.samples > docs/messages.md`, from the code that words the real messages; a test holds
this page to its output. Times are those of `TIMEZONE`. The first line is below 80 characters: it is what a pager shows.

🔴 critical, 🟡 warning, ✅ over, ℹ️ to know. `#a…` is the incident, as `main.py incidents` lists it.
"""


def shown(samples: Iterable[Sample], format: Format = Format.PLAIN) -> str:
    """What a channel of that format is handed, all in one message."""
    events = tuple(sample.event() for sample in samples)
    now = max(event.created_at for event in events)
    (message,) = render(events, format, UTC, "https://tzkt.io", _LIMITS, now=now)
    return message.text


def document() -> str:
    lines = [_HEAD]
    for heading, groups in SECTIONS:
        lines.append(f"## {heading}\n")
        lines += [_group(group) for group in groups]
    lines.append("## The first of them in other formats\n")
    lines.append(f"Telegram; the name links to `BLOCKEXPLORER_URL`:\n\n```html\n{shown([STOPPED], Format.HTML)}\n```\n")
    lines.append("CloudWatch, and `events` of `main.py check --json`; one object per event, times in UTC seconds:\n")
    lines.append(f"```json\n{shown([STOPPED], Format.JSON)}\n```\n")
    return "\n".join(lines)


def _group(group: Group) -> str:
    """Samples of different targets are one message; those of one target came one after the other."""
    together = len({sample.target for sample in group.samples}) > 1
    messages = [group.samples] if together else [(sample,) for sample in group.samples]
    texts = "\n\n".join(shown(message) for message in messages)
    return f"{group.title} (`{group.samples[0].rule}`):\n\n```text\n{texts}\n```\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(document())
