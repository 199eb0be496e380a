"""The commands of operating a monitor: being quiet, taking over, looking closer, testing, copying."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.commands.cli import configured, env_file_option, exit_with, json_option

reason_option = click.option("--reason", default="", help="Why; told with the line that says so.")


@click.command()
@env_file_option
@click.argument("pattern")
@click.option("--for", "duration", metavar="DURATION", help="How long, e.g. 30m, 2h, 1d.")
@click.option("--until-resolved", is_flag=True, help="Until what is open now, and the pattern means, is resolved.")
@reason_option
def silence(env_file: Path | None, pattern: str, duration: str | None, until_resolved: bool, reason: str) -> None:
    """Hold back alerts: nothing is dropped, what still holds at the end is told then.

    PATTERN is a target's name or address, a rule, target/rule, or a glob over these. Control changes are quieted only
    by a pattern that names their rule. Recoveries of what was told are told all the same.

    \b
    main.py silence alice --for 2h --reason "new signer"
    main.py silence 'alice/missed_*' --until-resolved
    main.py silence missed_baking --for 1d
    """
    from monitor.commands.silence import run_silence

    exit_with(run_silence, configured(env_file), pattern, duration, until_resolved, reason)


@click.command()
@env_file_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
def silences(env_file: Path | None, as_json: bool, everything: bool) -> None:
    """What is silenced or in maintenance, and until when."""
    from monitor.commands.silence import run_silences

    exit_with(run_silences, configured(env_file), everything, as_json)


@click.command()
@env_file_option
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
def unsilence(env_file: Path | None, number: int) -> None:
    """End a silence or a maintenance: the next run tells what it held back.

    \b
    main.py unsilence 4
    """
    from monitor.commands.silence import run_unsilence

    exit_with(run_unsilence, configured(env_file), number)


@click.command()
@env_file_option
@click.argument("target")
@click.option("--for", "duration", metavar="DURATION", required=True, help="How long at most, e.g. 30m.")
@click.option("--until-healthy", is_flag=True, help="Or until it was down and is back, whichever comes first.")
@reason_option
def maintenance(env_file: Path | None, target: str, duration: str, until_healthy: bool, reason: str) -> None:
    """Take a baker or a node down without being called: as a silence of all that is its own.

    \b
    main.py maintenance alice --for 30m --until-healthy
    main.py maintenance 'bkr1#1' --for 2h --reason "new disk"
    """
    from monitor.commands.silence import run_maintenance

    exit_with(run_maintenance, configured(env_file), target, duration, until_healthy, reason)


@click.command()
@env_file_option
@click.argument("incident", metavar="#ID")
@click.option("--until", metavar="WHEN", help="A duration, a time or a date: 8h, 14:30, 2026-11-21T14:30.")
def ack(env_file: Path | None, incident: str, until: str | None) -> None:
    """Take an incident over: no reminder and no escalation until then, or until it is resolved.

    \b
    main.py ack a1f3c2
    main.py ack '#a1f3c2' --until 8h
    """
    from monitor.commands.ack import run_ack

    exit_with(run_ack, configured(env_file), incident, until)


@click.command()
@env_file_option
@json_option
@click.argument("incident", metavar="#ID")
def explain(env_file: Path | None, as_json: bool, incident: str) -> None:
    """The evidence of an incident: levels, rights, blocks, nodes, and who was told what and when.

    \b
    main.py explain a1f3c2
    main.py explain a1f3c2 --json | jq .blocks
    """
    from monitor.commands.explain import run_explain

    exit_with(run_explain, configured(env_file), incident, as_json)


@click.command("test-alert")
@env_file_option
@click.option("--channel", help="This one only, e.g. telegram:night-shift. Default: all of them.")
@click.option("--rule", help="The true message of this rule, marked TEST, to whom it would be told.")
@click.option("--target", help="Its name or address, or a node such as bkr1#1. Default: the first of its kind.")
def test_alert(env_file: Path | None, channel: str | None, rule: str | None, target: str | None) -> None:
    """Send a test message through the outbox that every alert takes; exit 0 if every channel took it.

    Waits up to 60 seconds for a run that is under way.

    \b
    main.py test-alert
    main.py test-alert --channel telegram --rule missed_attestation --target alice
    main.py test-alert --rule weights_stale --target "sn18 val-A"
    """
    from monitor.commands.test_alert import run_test_alert

    exit_with(run_test_alert, configured(env_file), channel, rule, target)


@click.command()
@env_file_option
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def backup(env_file: Path | None, file: Path, force: bool) -> None:
    """Copy the state into FILE while runs go on, whole or not at all.

    \b
    main.py backup /var/backups/sentinel.db --force
    """
    from monitor.commands.backup import run_backup

    exit_with(run_backup, configured(env_file), file, force)


@click.command()
@env_file_option
@json_option
def doctor(env_file: Path | None, as_json: bool) -> None:
    """Look at everything once: settings, state, nodes, clock, channels. A fix for each fault; exit 1 if one failed.

    \b
    main.py doctor
    main.py doctor --json | jq '.[] | select(.level != "ok")'
    """
    from monitor.commands.doctor import run_doctor

    exit_with(run_doctor, configured(env_file), as_json)


OPERATIONS: tuple[click.Command, ...] = (
    silence,
    silences,
    unsilence,
    maintenance,
    ack,
    explain,
    test_alert,
    backup,
    doctor,
)
