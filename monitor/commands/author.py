"""Who gives a command: told with what it does."""

from __future__ import annotations

import getpass
from collections.abc import Mapping


def author(environ: Mapping[str, str]) -> str:
    """The user's name, also behind sudo; empty where the system knows none (a container's numeric user)."""
    try:
        return environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
