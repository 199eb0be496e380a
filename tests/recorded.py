"""Recorded answers of real nodes and tools. They lie beside the checkout, not in it; tests skip where they do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).resolve().parent.parent.parent / "shared" / "fixtures"


def recorded(relative: str) -> Path:
    """The recorded file or folder, e.g. "tezos/pyrometer/i_block93416.json"; skips the test where it is absent."""
    path = FIXTURES / relative
    if not path.exists():
        pytest.skip(f"recorded data not beside the checkout: {relative}")
    return path


def recorded_json(relative: str) -> Any:
    """The file as JSON (some carry a byte order mark)."""
    return json.loads(recorded(relative).read_text(encoding="utf-8-sig"))
