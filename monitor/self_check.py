"""What a run has to say about the monitor itself: killed runs, minutes without one, and the watch list."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from alerting.payload import Payload
from alerting.transition import Transition
from monitor.checks import Checks
from monitor.conditions import step
from monitor.config.configuration import Configuration
from monitor.config.delegates_file import parse_watch_list
from monitor.config.difference import difference
from monitor.config.problem import ConfigError
from monitor.config.watch_list import WatchList
from monitor.database import writing
from monitor.knowledge import Knowledge
from monitor.model import CheckKey, EventKind, Severity, Verdict
from monitor.payloads import payload_of
from monitor.recording import Recorder
from monitor.reminding import remind
from monitor.rules import config_invalid, run_killed
from monitor.rules.interface import MONITOR, MonitorRule
from monitor.rules.run_killed import KilledRun
from monitor.runs import RunRow
from monitor.watch_list import load_watch_list, store_watch_list


def watch_list_in_force(connection: Connection, configuration: Configuration) -> WatchList:
    """The file's list, or the last valid one. Raises ConfigError where there is neither."""
    if configuration.watch_list is not None:
        return configuration.watch_list
    stored = load_watch_list(connection)
    if stored is None:
        assert configuration.watch_list_error is not None
        raise configuration.watch_list_error
    return parse_watch_list(stored.content, "the last valid list")


def take_up_watch_list(connection: Connection, configuration: Configuration, recorder: Recorder) -> None:
    """Remembers a valid list, and tells an edited one once."""
    current = configuration.watch_list
    if current is None:
        return
    stored = load_watch_list(connection)
    if stored is not None and stored.digest == current.digest:
        return
    store_watch_list(connection, current.to_json(), current.digest, recorder.now)
    if stored is None:
        return
    try:
        change = difference(parse_watch_list(stored.content, "the last valid list"), current)
    except ConfigError:
        change = None  # written by a version whose format this one does not read
    if change is None:
        return
    payload = Payload(
        added=change.added,
        removed=change.removed,
        changed=change.changed,
        identifier=configuration.settings.identifier,
    )
    key = CheckKey(MONITOR, "watch-list", "watch_list_changed")
    recorder.tell(connection, EventKind.NOTICE, key, f"watch-list:{current.digest}:{recorder.now}", payload)


def tell_takeover(connection: Connection, before: str, host: str, recorder: Recorder) -> None:
    """Another machine goes on with the state of `before`."""
    key = CheckKey(MONITOR, "host", "taken_over")
    recorder.tell(connection, EventKind.NOTICE, key, f"taken-over:{recorder.run_id}", Payload(host=host, detail=before))


def judge_itself(
    connection: Connection, configuration: Configuration, recorder: Recorder, killed: KilledRun | None
) -> None:
    """The rules about the monitor itself."""
    checks = Checks(connection, MONITOR)
    known = Knowledge(connection, MONITOR, recorder.now)
    settings = configuration.settings

    def payload(transition: Transition) -> Payload:
        return payload_of(transition, checks, known, settings, {}, {})

    def tell(transition: Transition) -> None:
        recorder.record(connection, transition, payload(transition))

    def judge(rule: MonitorRule, target: str, verdict: Verdict) -> None:
        step(connection, checks.get(target, rule.card.name), verdict, rule.policy, recorder.now, None, tell)

    error = configuration.watch_list_error
    problems: Sequence[str] = [str(problem) for problem in error.problems] if error else ()
    judge(config_invalid.RULE, config_invalid.TARGET, config_invalid.judge(problems))
    judge(run_killed.RULE, run_killed.TARGET, run_killed.judge(killed))
    checks.save(connection, recorder.now)
    remind(connection, checks, recorder, lambda _: None, payload)


def tell_monitor_gaps(
    engine: Engine,
    runs: Sequence[RunRow],
    threshold: int,
    waiting: Sequence[tuple[int, int]],
    recorder: Recorder,
    identifier: str,
) -> None:
    """Tells where no run was begun for longer than `threshold` seconds, and which levels that left behind.

    `waiting`: first and last of the levels that each network had to catch up with.
    `runs`: those before this one, back to one that came to its end. A run that was killed may have been the first
    after such a time and not have told it.
    """
    begun = [*(row.started_at for row in runs[1:]), recorder.now]
    for previous, at in zip(runs, begun, strict=False):
        seconds = at - previous.started_at
        if seconds <= threshold:
            continue
        first, last = waiting[0] if len(waiting) == 1 else (None, None)
        payload = Payload(
            opened_at=previous.started_at,
            at=at,
            gap_seconds=seconds,
            first_level=first,
            last_level=last,
            levels=sum(last - first + 1 for first, last in waiting) or None,
            identifier=identifier,
        )
        key = CheckKey(MONITOR, "run", "monitor_gap")
        with writing(engine) as connection:
            recorder.tell(
                connection, EventKind.MONITOR_GAP, key, f"monitor-gap:{previous.id}", payload, Severity.WARNING
            )
