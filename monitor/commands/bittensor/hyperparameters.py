"""`main.py bittensor hyperparameters`."""

from __future__ import annotations

from alerting.render.bittensor.facts import blocks_last
from alerting.render.bittensor.shown_value import BLOCKS, EPOCHS, FRACTIONS, MILLIONTHS, RAO, shown_value
from alerting.render.figures import number
from collectors.bittensor.views.errors import Untold
from collectors.bittensor.views.subnet import read_subnet
from monitor.bittensor.subnet import HyperparameterValue
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import Page, print_page

_UNITS = (
    (BLOCKS, "blocks"),
    (EPOCHS, "epochs"),
    (RAO, "rao"),
    (FRACTIONS, "of 65535"),
    (MILLIONTHS, "of 1000000"),
    (frozenset({"activity_cutoff_factor"}), "of 1000 tempos"),
    (frozenset({"mechanism_emission_split"}), "of 65535"),
)


def show_hyperparameters(look: Look, netuid: int) -> None:
    """Name, value as stored, unit, and what that means."""
    print_page(look, hyperparameters(look, netuid), netuid)


def hyperparameters(look: Look, netuid: int) -> Page:
    subnet = read_subnet(look.block, netuid).state
    if subnet.hyperparameters is None:
        where = "look at the block before or after it" if look.block.upgrades else "another block may tell"
        raise Untold(f"the runtime of block {look.block.number} tells no hyperparameters: {where}")
    tempo = subnet.tempo or 0
    rows = [
        {
            "name": name,
            "value": list(value) if isinstance(value, tuple) else value,
            "unit": unit(name, value),
            "meaning": meaning(name, value, tempo),
        }
        for name, value in sorted(subnet.hyperparameters.items())
    ]
    cells = ((row["name"], _plain(row["value"]), row["unit"] or "", row["meaning"]) for row in rows)
    return Page(rows, ("hyperparameter", "value", "unit", "meaning"), cells)


def unit(name: str, value: HyperparameterValue) -> str | None:
    """What the stored number counts; None for switches, versions and plain counts."""
    if isinstance(value, bool | str):
        return None
    return next((told for names, told in _UNITS if name in names), None)


def meaning(name: str, value: HyperparameterValue, tempo: int) -> str:
    """As "13 h 26 min", "50 %", "0.0005 τ", "on"."""
    if isinstance(value, int) and not isinstance(value, bool):
        if name in BLOCKS:
            return blocks_last(value)
        if name in EPOCHS and tempo:
            return blocks_last(value * tempo)
        if name == "activity_cutoff_factor":
            return f"{value / 1000:g} tempos ({blocks_last(value * tempo // 1000)})"
    return shown_value(name, value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return number(value)
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
