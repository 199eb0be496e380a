"""`main.py doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from monitor.clock import Clock, SystemClock
from monitor.config.configuration import Configuration
from monitor.doctor.examination import examine

_COLOURS = {"ok": "32", "warning": "33", "failed": "31"}


def run_doctor(configuration: Configuration, as_json: bool, clock: Clock | None = None) -> int:
    """Prints a line per finding as it comes; 1 where one failed."""
    colours = sys.stdout.isatty()
    found = []
    for finding in examine(configuration, clock or SystemClock()):
        found.append(finding)
        if not as_json:
            level = f"{finding.level:<7}"
            level = f"\033[{_COLOURS[finding.level]}m{level}\033[0m" if colours else level
            fix = f"; fix: {finding.fix}" if finding.fix else ""
            print(f"{level}  {finding.area}: {finding.text}{fix}", flush=True)
    if as_json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2))
    return 1 if any(finding.level == "failed" for finding in found) else 0
