"""`main.py check`: the run's surroundings, and what a person or a script sees of it."""

from __future__ import annotations

import io
import json
import sys

from alerting.channels.console import Console
from monitor.channels import channels_of
from monitor.check import Surroundings, check
from monitor.clock import SystemClock
from monitor.config.configuration import Configuration
from monitor.report import Report


def run_check(configuration: Configuration, *, as_json: bool, verbose: bool) -> int:
    """The exit code."""
    tty = sys.stdout.isatty() and not as_json
    collected = io.StringIO()
    console = Console(collected, json=True) if as_json else Console(sys.stdout)
    channels = channels_of(configuration.settings, console)
    progress = _progress if tty else None
    report = check(configuration, Surroundings(SystemClock(), channels, progress, alarm=True))
    if tty:
        print("\r\033[K", end="", file=sys.stderr)
    for problem in report.problems:
        print(f"sentinel: {problem}", file=sys.stderr)
    if as_json:
        events = [json.loads(line) for line in collected.getvalue().splitlines() if line.strip()]
        print(json.dumps({**report.to_value(), "events": events}, ensure_ascii=False))
        return report.exit_code
    if verbose or tty:
        for warning in configuration.warnings:
            print(f"sentinel: {warning}", file=sys.stderr)
    if tty:
        _summary(report)
    elif verbose:
        _details(report)
    return report.exit_code


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
    print(f"sentinel: run {report.run}: {report.told} told, {report.undelivered} undelivered", file=sys.stderr)
