"""`main.py bittensor …`: looking at a Bittensor chain. Nothing is watched, stored or told by it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.commands.cli import HOME, env_file_option, json_option, printing, say_problems
from monitor.loading import collect_rarely, loading_code

if TYPE_CHECKING:
    from monitor.commands.bittensor.looking import Look

Command = TypeVar("Command", bound=Callable[..., Any])


def _hotkey(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A whole address; what is wrong with another one is said without repeating what may be a secret."""
    if value is not None:
        from monitor.config.address import AddressError
        from monitor.config.ss58 import check_ss58

        try:
            check_ss58(value)
        except AddressError as error:
            raise click.BadParameter(f"{error.text}: {error.fix}") from None
    return value


netuid_option = click.option("--netuid", type=click.IntRange(0, 2**16 - 1), required=True, help="The subnet.")


def looking(function: Command) -> Command:
    """The options of every command here."""
    options = (
        env_file_option,
        json_option,
        click.option("--block", type=click.IntRange(min=0), help="Its number. Default: the newest finalised one."),
        click.option("--network", help="finney, lite, archive, test, or a node's address. Default: BITTENSOR_RPC_URL."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _look(
    show: Callable[[Look], None], env_file: Path | None, network: str | None, block: int | None, as_json: bool
) -> None:
    """Ends the process with the command's exit code."""
    with loading_code():
        from collectors.endpoint import EndpointError
        from monitor.commands.bittensor.looking import look, nodes_of
        from monitor.config.chain_settings import load_chain_settings
        from monitor.config.names import BITTENSOR_RPC_URL
        from monitor.config.problem import ConfigError

        try:
            given = {} if network is None else {BITTENSOR_RPC_URL: nodes_of(network)}
            settings, for_libraries = load_chain_settings(env_file, {**os.environ, **given}, HOME)
        except EndpointError as error:
            click.echo(f"sentinel: {error}", err=True)
            sys.exit(2)
        except ConfigError as error:
            say_problems(error)
            sys.exit(2)
    for name, value in for_libraries.items():
        os.environ.setdefault(name, value)
    collect_rarely()
    with printing():
        code = look(settings, network, block, as_json, show)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bittensor() -> None:
    """Look at a Bittensor chain: subnets, neurons, dividends, blocks. No state, no alerts.

    \b
    main.py bittensor subnets
    main.py bittensor metagraph --netuid 18
    main.py bittensor dividends --netuid 18 --block 6852690 --network archive --json
    """


@bittensor.command()
@looking
@netuid_option
def subnet(env_file: Path | None, as_json: bool, block: int | None, network: str | None, netuid: int) -> None:
    """A subnet whole, at one block: hyperparameters, metagraph and dividends.

    \b
    main.py bittensor subnet --netuid 18
    main.py bittensor subnet --netuid 18 --json | jq '.[0].metagraph | length'
    """
    with loading_code():
        from monitor.commands.bittensor.subnet import show_subnet

    _look(partial(show_subnet, netuid=netuid), env_file, network, block, as_json)


@bittensor.command()
@looking
@netuid_option
def hyperparameters(env_file: Path | None, as_json: bool, block: int | None, network: str | None, netuid: int) -> None:
    """A subnet's hyperparameters: name, value as stored, unit, and what it means.

    \b
    main.py bittensor hyperparameters --netuid 18
    """
    with loading_code():
        from monitor.commands.bittensor.hyperparameters import show_hyperparameters

    _look(partial(show_hyperparameters, netuid=netuid), env_file, network, block, as_json)


@bittensor.command()
@looking
@netuid_option
def metagraph(env_file: Path | None, as_json: bool, block: int | None, network: str | None, netuid: int) -> None:
    """Everybody on a subnet, by uid.

    \b
    main.py bittensor metagraph --netuid 18 --json | jq '.[] | select(.validator_permit) | .hotkey'
    """
    with loading_code():
        from monitor.commands.bittensor.metagraph import show_metagraph

    _look(partial(show_metagraph, netuid=netuid), env_file, network, block, as_json)


@bittensor.command()
@looking
@netuid_option
def dividends(env_file: Path | None, as_json: bool, block: int | None, network: str | None, netuid: int) -> None:
    """What stakers got in a subnet's last epoch, by hotkey, the largest first.

    \b
    main.py bittensor dividends --netuid 18
    main.py bittensor dividends --netuid 18 --block 6852690 --network archive
    """
    with loading_code():
        from monitor.commands.bittensor.dividends import show_dividends

    _look(partial(show_dividends, netuid=netuid), env_file, network, block, as_json)


@bittensor.command()
@looking
@netuid_option
@click.option(
    "--hotkey", metavar="ADDRESS", callback=_hotkey, help="This one only. Default: all who were paid in the last epoch."
)
@click.option("--epochs", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, at most.")
def apy(
    env_file: Path | None,
    as_json: bool,
    block: int | None,
    network: str | None,
    netuid: int,
    hotkey: str | None,
    epochs: int,
) -> None:
    """Yields of staking on a subnet, compounded over epochs that were, not over one extrapolated.

    \b
    main.py bittensor apy --netuid 18 --epochs 3
    main.py bittensor apy --netuid 18 --hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --epochs 40
    """
    with loading_code():
        from monitor.commands.bittensor.apy import show_apy

    _look(partial(show_apy, netuid=netuid, hotkey=hotkey, epochs=epochs), env_file, network, block, as_json)


@bittensor.command()
@looking
@netuid_option
@click.option("--hotkey", metavar="ADDRESS", callback=_hotkey, help="Its hotkey, registered or not.")
@click.option("--uid", type=click.IntRange(0, 2**16 - 1), help="Or the uid that it holds.")
def neuron(
    env_file: Path | None,
    as_json: bool,
    block: int | None,
    network: str | None,
    netuid: int,
    hotkey: str | None,
    uid: int | None,
) -> None:
    """Everything that is known of one neuron.

    \b
    main.py bittensor neuron --netuid 18 --uid 7
    main.py bittensor neuron --netuid 18 --hotkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --json
    """
    with loading_code():
        from monitor.commands.bittensor.neuron import show_neuron

    if (hotkey is None) == (uid is None):
        raise click.UsageError("give --hotkey or --uid, and one of them only")
    _look(partial(show_neuron, netuid=netuid, hotkey=hotkey, uid=uid), env_file, network, block, as_json)


@bittensor.command()
@looking
def subnets(env_file: Path | None, as_json: bool, block: int | None, network: str | None) -> None:
    """All subnets: tempo, price, emission, neurons, what a registration costs, owner.

    \b
    main.py bittensor subnets --json | jq '.[] | select(.emission_enabled == false) | .netuid'
    """
    with loading_code():
        from monitor.commands.bittensor.subnets import show_subnets

    _look(show_subnets, env_file, network, block, as_json)


@bittensor.command("block")
@looking
def one_block(env_file: Path | None, as_json: bool, block: int | None, network: str | None) -> None:
    """One block in figures: parent, calls, failures, events.

    \b
    main.py bittensor block --block 6852690 --network archive
    """
    with loading_code():
        from monitor.commands.bittensor.block import show_block

    _look(show_block, env_file, network, block, as_json)


@bittensor.command()
@looking
@click.option("--hyperparams", is_flag=True, help="Calls that set a hyperparameter, with old and new value.")
@click.option("--weights", is_flag=True, help="Calls that set, commit or reveal weights.")
def extrinsics(
    env_file: Path | None, as_json: bool, block: int | None, network: str | None, hyperparams: bool, weights: bool
) -> None:
    """The calls that a block made, out of Sudo, batches, proxies and multisigs, and what became of each.

    \b
    main.py bittensor extrinsics --hyperparams
    main.py bittensor extrinsics --weights --json | jq '.[] | select(.success | not) | .error'
    """
    with loading_code():
        from monitor.commands.bittensor.block import show_extrinsics

    _look(partial(show_extrinsics, hyperparams=hyperparams, weights=weights), env_file, network, block, as_json)


@bittensor.command()
@looking
def events(env_file: Path | None, as_json: bool, block: int | None, network: str | None) -> None:
    """The events of a block, in order.

    \b
    main.py bittensor events --json | jq -r '.[].event' | sort | uniq -c
    """
    with loading_code():
        from monitor.commands.bittensor.block import show_events

    _look(show_events, env_file, network, block, as_json)


@bittensor.command()
@looking
def runtime(env_file: Path | None, as_json: bool, block: int | None, network: str | None) -> None:
    """The runtime that wrote a block, and what of the watched storage it does not have.

    \b
    main.py bittensor runtime
    main.py bittensor runtime --block 6852690 --network archive
    """
    with loading_code():
        from monitor.commands.bittensor.runtime import show_runtime

    _look(show_runtime, env_file, network, block, as_json)
