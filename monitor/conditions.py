"""Polled conditions: what a run saw of a network's nodes and knows of its delegates, judged by every rule in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from alerting.incidents import advance, close
from alerting.transition import Transition
from collectors.interface import Finished
from monitor.checks import Check, Checks, incident_ids_in_use
from monitor.config.settings import Settings
from monitor.config.watch_list import Delegate
from monitor.knowledge import Knowledge
from monitor.model import Status, Verdict
from monitor.rules.interface import SOURCE, Policy, SourceRule, SourceSettings
from monitor.rules.registry import DELEGATE_RULES, SOURCE_RULES
from monitor.source_model import SourceReading

Tell = Callable[[Transition], None]


def judge_source(
    connection: Connection, checks: Checks, settings: Settings, finished: Finished, now: int, tell: Tell
) -> None:
    """The source rules, on the network as a whole and on each endpoint."""
    for rule in SOURCE_RULES:
        judge_source_by(rule, connection, checks, settings, finished.source, now, tell)
    if finished.source.endpoints:
        labels = {endpoint.label for endpoint in finished.source.endpoints}
        _close_removed_endpoints(checks, labels, now, tell)


def judge_source_by(
    rule: SourceRule,
    connection: Connection,
    checks: Checks,
    settings: Settings,
    source: SourceReading,
    now: int,
    tell: Tell,
) -> None:
    """One source rule alone."""
    limits = SourceSettings(settings.alert_inactive_state_threshold, settings.min_peers)
    for judged in rule.judge(source, limits, now):
        step(connection, checks.get(judged.target, rule.card.name), judged.verdict, judged.policy, now, None, tell)


def judge_delegates(
    connection: Connection, checks: Checks, delegates: Mapping[str, Delegate], known: Knowledge, now: int, tell: Tell
) -> None:
    """The delegate rules, on what was read of each delegate, however long ago."""
    for target in delegates:
        context = known.context(target, checks)
        if context is None:
            continue
        for rule in DELEGATE_RULES:
            check = checks.get(target, rule.card.name)
            verdict = rule.judge(context, check.state.episode)
            step(connection, check, verdict, rule.policy, now, context.level, tell)


def step(
    connection: Connection, check: Check, verdict: Verdict, policy: Policy, at: int, level: int | None, tell: Tell
) -> None:
    """One verdict on one polled check."""
    if check.escalate_after:
        policy = policy._replace(escalate_after=check.escalate_after)
    state, transitions = advance(check.key, check.state, verdict, policy, at, level, incident_ids_in_use(connection))
    if verdict.status is Status.BAD:
        check.verdict = verdict
    if state is not check.state:
        check.state, check.changed = state, True
    elif verdict.status is Status.BAD and state.is_open:
        check.changed = True  # the incident's evidence is of now
    for transition in transitions:
        tell(transition)


def _close_removed_endpoints(checks: Checks, labels: set[str], now: int, tell: Tell) -> None:
    for check in checks:
        target = check.key.target
        if target == SOURCE or "#" not in target or target in labels:
            continue
        check.state, transitions = close(check.key, check.state, now, None, "removed")
        check.changed = True
        for transition in transitions:
            tell(transition)
