"""`main.py check`: the run's surroundings, and what a person or a script sees of it."""

from __future__ import annotations

import json
import sys
from typing import TextIO

from alerting.channels.console import Console
from monitor.channels import channels_of
from monitor.check import Surroundings, check
from monitor.clock import SystemClock
from monitor.commands.cli import discard_output
from monitor.config.configuration import Configuration
from monitor.report import Report


def run_check(configuration: Configuration, *, as_json: bool, verbose: bool, takeover: bool = False) -> int:
    """The exit code. `takeover`: a state file of another host is this one's from now on."""
    tty = sys.stdout.isatty() and not as_json
    document = _Document(sys.stdout)
    console = Console(document, json=True) if as_json else Console(sys.stdout)
    channels = channels_of(configuration.settings, console)
    progress = _progress if tty else None
    report = check(configuration, Surroundings(SystemClock(), channels, progress, alarm=True, takeover=takeover))
    try:
        if tty:
            print("\r\033[K", end="", file=sys.stderr)
        for problem in report.problems:
            print(f"sentinel: {problem}", file=sys.stderr)
        if not as_json and (verbose or tty):
            for warning in (*configuration.warnings, *report.warnings):
                print(f"sentinel: {warning}", file=sys.stderr)
        if as_json:
            document.end(report)
        elif tty:
            _summary(report)
        elif verbose:
            _details(report)
        sys.stdout.flush()
    except OSError:  # full, or nobody reads it: what was not told there is told by a later run
        discard_output()
    return report.exit_code


class _Document:
    """What `--json` prints, as it comes: an event is out before it counts as told, since it is not told again."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._before = '{"events": ['

    @property
    def encoding(self) -> str | None:
        return self._out.encoding

    def isatty(self) -> bool:
        return False

    def write(self, text: str, /) -> None:
        """`text`: an event per line."""
        for line in filter(None, text.split("\n")):
            self._out.write(f"{self._before}\n{line}")
            self._before = ","

    def flush(self) -> None:
        self._out.flush()

    def end(self, report: Report) -> None:
        before = "\n]" if self._before == "," else f"{self._before}]"
        print(before, ", ", json.dumps(report.to_value(), ensure_ascii=False)[1:], sep="", file=self._out)


def _progress(network: str, level: int, final: int) -> None:
    print(f"\r\033[K{network}: level {level:,} of {final:,}", end="", file=sys.stderr, flush=True)


def _summary(report: Report) -> None:
    if report.note is not None:
        print(f"Nothing done: {report.note}.")
    for item in report.networks:
        if item.error is not None:
            print(f"{item.network}: not read ({item.error})")
            continue
        at = "nothing read yet" if item.cursor is None else f"read to level {item.cursor:,}"
        behind = f", {item.behind:,} still to read" if item.behind else ""
        print(f"{item.network}: {at} (+{item.levels:,}){behind}")
    if report.networks:
        waiting = f", {report.undelivered} still to be told" if report.undelivered else ""
        broken = f", broken: {', '.join(report.broken)}" if report.broken else ""
        print(f"{report.told} told{waiting}{broken}. `main.py status` says more.")


def _details(report: Report) -> None:
    for item in report.networks:
        print(
            f"sentinel: {item.network}: {item.levels} levels, cursor {item.cursor}, head {item.head}, "
            f"{item.requests} requests, error {item.error}",
            file=sys.stderr,
        )
        for skipped in item.skipped:
            print(f"sentinel: {item.network}: not checked: {skipped}", file=sys.stderr)
    if report.run is not None:
        print(f"sentinel: run {report.run}: {report.told} told, {report.undelivered} undelivered", file=sys.stderr)
