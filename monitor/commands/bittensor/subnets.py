"""`main.py bittensor subnets`."""

from __future__ import annotations

from typing import Any

from collectors.bittensor.views.subnets import SubnetLine, read_subnets
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import NONE, address, coins, count, flag, print_rows

HEADER = (
    *("netuid", "name", "tempo", "price (τ)", "moving price", "emission (τ/block)", "neurons", "registration (τ)"),
    *("registered at", "owner"),
)


def show_subnets(look: Look) -> None:
    """Every subnet, by netuid."""
    lines = read_subnets(look.block)
    rows = [_row(line) for line in lines]
    print_rows(look, rows, HEADER, (_cells(line) for line in lines), empty="There are no subnets.")


def _row(line: SubnetLine) -> dict[str, Any]:
    state = line.state
    return {
        "netuid": state.netuid,
        "name": line.name,
        "symbol": line.symbol,
        "tempo": state.tempo,
        "last_epoch_block": state.last_epoch_block,
        "alpha_price_rao": state.alpha_price,
        "moving_price": state.moving_price,
        "tao_in_emission_rao": state.tao_in_emission,
        "emission_enabled": state.emission_enabled,
        "neurons": state.neurons,
        "max_neurons": state.max_uids,
        "registration_allowed": state.registration_allowed,
        "burn_rao": state.burn,
        "mechanisms": state.mechanisms,
        "consensus": state.consensus,
        "registered_at": state.registered_at,
        "owner": state.owner,
        "owner_hotkey": state.owner_hotkey,
    }


def _cells(line: SubnetLine) -> list[object]:
    state = line.state
    off = "" if state.emission_enabled is not False else " (off)"
    return [
        state.netuid,
        line.name or NONE,
        count(state.tempo),
        coins(state.alpha_price),
        NONE if state.moving_price is None else f"{state.moving_price:.6g}",
        f"{coins(state.tao_in_emission)}{off}",
        f"{count(state.neurons)}/{count(state.max_uids)}",
        coins(state.burn) if state.registration_allowed else f"closed ({flag(state.registration_allowed)})",
        count(state.registered_at),
        address(state.owner),
    ]
