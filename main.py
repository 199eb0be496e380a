"""Sentinel's commands. `main.py` alone is `main.py check`: one run, meant for cron."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.loading import loading_code

with loading_code():
    import click

    from monitor.commands.cli import HOME, configured, env_file_option, exit_with, json_option, leave, open_output
    from monitor.commands.cli_bittensor import bittensor
    from monitor.commands.cli_operations import OPERATIONS


class _CheckByDefault(click.Group):
    """`main.py` and `main.py --json` mean `main.py check …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help", "--version")):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_CheckByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="sentinel")
def main() -> None:
    """Watches Tezos bakers and Bittensor hotkeys: tells what broke and when it is over. Without a command: check.

    \b
    main.py init                  write .env and delegates.json
    main.py                       one run (put this in crontab, every minute)
    main.py status                how far it has read, and what is open
    main.py incidents --all       everything that broke so far
    main.py explain a1f3c2        why, and who was told
    main.py silence alice --for 2h
    main.py doctor                what is wrong with the monitor itself
    main.py bittensor subnets     what is on a Bittensor chain
    """


@main.command()
@env_file_option
@json_option
@click.option("--verbose", "-v", is_flag=True, help="Say on stderr what was read, asked and skipped.")
@click.option("--takeover", is_flag=True, help="Once: a state file of another host is this one's from now on.")
def check(env_file: Path | None, as_json: bool, verbose: bool, takeover: bool) -> None:
    """One run: read what the chains did since the last one, judge it, tell what changed.

    Silent under cron unless there is something to tell. Exit codes: 0 ran, 1 ran partly, 2 configuration,
    75 another run has been busy for too long, 142 ended by its own alarm after 55 seconds.

    \b
    main.py check --env-file /etc/sentinel/.env
    main.py check --json | jq .networks
    """
    with loading_code():
        from monitor.commands.check import run_check

        configuration = configured(env_file, heartbeat=True)
    sys.exit(run_check(configuration, as_json=as_json, verbose=verbose, takeover=takeover))


@main.command()
@click.option("--rpc-url", help="Your node, or several addresses separated by commas.")
@click.option("--baker", "bakers", multiple=True, metavar="ADDRESS[=NAME]", help="A baker to watch; may be repeated.")
@click.option("--bittensor-rpc-url", help="A Bittensor node (ws://, http://), or finney, lite, archive, test.")
@click.option("--hotkey", "hotkeys", multiple=True, metavar="ADDRESS[=NAME]", help="A hotkey; may be repeated.")
@click.option("--subnet", "subnets", multiple=True, metavar="NETUID[=NAME]", help="A subnet; may be repeated.")
@click.option("--timezone", help="Time zone of the times in messages, e.g. Europe/Berlin. Default: UTC.")
@click.option("--dir", "home", type=click.Path(path_type=Path, file_okay=False), help="Where to write .env.")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The .env to write; delegates.json goes beside it. Default: .env beside main.py.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(
    rpc_url: str | None,
    bakers: tuple[str, ...],
    bittensor_rpc_url: str | None,
    hotkeys: tuple[str, ...],
    subnets: tuple[str, ...],
    timezone: str | None,
    home: Path | None,
    env_file: Path | None,
    force: bool,
) -> None:
    """Write .env and delegates.json, from flags or from a few questions.

    \b
    main.py init --rpc-url http://127.0.0.1:8732 --baker tz1VxS7ff4YnZRs8b4mMP4WaMVpoQjuo1rjf=alice
    main.py init --bittensor-rpc-url finney --hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY=val-A
    main.py init --env-file /etc/sentinel/.env
    """
    from monitor.commands.init import Flags, run_init
    from monitor.config.names import ENV_FILE

    if home is not None and env_file is not None:
        raise click.UsageError("--dir and --env-file say the same: give one of them")
    usual = HOME / ENV_FILE
    written = env_file or (usual if home is None else home / ENV_FILE)
    flags = Flags(rpc_url, bakers, bittensor_rpc_url, hotkeys, subnets, timezone, force)
    sys.exit(run_init(written, flags, usual))


@main.command()
@env_file_option
@json_option
@click.option("--nagios", is_flag=True, help="One line, and the exit codes 0, 1, 2, 3 of Nagios and its like.")
def status(env_file: Path | None, as_json: bool, nagios: bool) -> None:
    """How far each network was read, how each target fares, what is open and what could not be told.

    \b
    main.py status --json | jq '.[0].undelivered'
    main.py status --nagios
    """
    if nagios:
        from monitor.commands.nagios import run_nagios

        exit_with(run_nagios, configured(env_file, nagios=True))
    from monitor.commands.status import run_status

    exit_with(run_status, configured(env_file), as_json)


@main.command()
@env_file_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Closed incidents too.")
def incidents(env_file: Path | None, as_json: bool, everything: bool) -> None:
    """Open incidents, newest first.

    \b
    main.py incidents --all
    main.py incidents --json | jq '.[] | select(.severity == "critical")'
    """
    from monitor.commands.incidents import run_incidents

    exit_with(run_incidents, configured(env_file), everything, as_json)


@main.command()
@env_file_option
@json_option
@click.option("--target", required=True, help="The delegate's address or its name in delegates.json.")
@click.option("--from", "from_level", type=click.IntRange(min=0), help="First level.")
@click.option("--to", "to_level", type=click.IntRange(min=0), help="Last level.")
def history(env_file: Path | None, as_json: bool, target: str, from_level: int | None, to_level: int | None) -> None:
    """What became of every right of a target, level by level.

    \b
    main.py history --target alice --from 15267000 --to 15267100
    main.py history --target tz1VxS7ff4YnZRs8b4mMP4WaMVpoQjuo1rjf --json
    """
    from monitor.commands.history import run_history

    exit_with(run_history, configured(env_file), target, from_level, to_level, as_json)


for operation in OPERATIONS:
    main.add_command(operation)
main.add_command(bittensor)


if __name__ == "__main__":
    from monitor.commands import crash

    open_output()
    crash.install(verbose=not {"-v", "--verbose"}.isdisjoint(sys.argv))
    try:
        main()
    except SystemExit as end:
        leave(end)
