"""A hyperparameter's value, with its unit."""

from __future__ import annotations

from alerting.render.bittensor.facts import amount
from alerting.render.figures import number, one_line, percent

BLOCKS = frozenset(
    {"tempo", "immunity_period", "weights_rate_limit", "serving_rate_limit", "activity_cutoff", "burn_half_life"}
    | {"adjustment_interval"}
)
EPOCHS = frozenset({"commit_reveal_period"})
RAO = frozenset({"min_burn", "max_burn", "burn"})
FRACTIONS = frozenset({"kappa", "alpha_high", "alpha_low", "max_weights_limit", "min_childkey_take"})
"""Of 65,535."""
MILLIONTHS = frozenset({"bonds_moving_avg"})
_U16_MAX = 65_535


def shown_value(name: str, value: object) -> str:
    """One value with its unit where it is not blocks or epochs."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        if name in RAO:
            return amount(value)
        if name in FRACTIONS:
            return percent(value / _U16_MAX)
        if name in MILLIONTHS:
            return percent(value / 1_000_000)
        return number(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return "/".join(str(one) for one in value) or "none"
    return "none" if value is None else one_line(str(value))
