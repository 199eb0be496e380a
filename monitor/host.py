"""Which machine a SQLite file belongs to: two that judge copies of one state would tell everything twice."""

from __future__ import annotations

import re
import socket

from monitor.errors import OtherHost

_GENERATED = re.compile("[0-9a-f]{12}")
"""What Docker and Podman call a container that was given no name: another one after every start."""


def this_host(identifier: str | None) -> str:
    """The host's name; in a container without a name of its own IDENTIFIER stands for it."""
    host = socket.gethostname()
    return identifier if identifier and _GENERATED.fullmatch(host) else host


def has_moved(before: str, host: str) -> bool:
    """Whether these are two machines. Two containers without names may be one."""
    return before != host and not (_GENERATED.fullmatch(before) and _GENERATED.fullmatch(host))


def check_host(before: str | None, host: str, place: str) -> None:
    """`before`: where the newest run was; None before the first. Raises OtherHost, which says what to do."""
    if before is not None and has_moved(before, host):
        raise OtherHost(
            f"{place}: belongs to {before}, and this is {host}; if nothing runs on {before} any more, take it over "
            "once with `main.py check --takeover`"
        )
