"""The real environment laid over the .env file: which value of a setting counts, and what was written in vain."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.config.env_file import Given, of_settings
from monitor.config.names import ALIASES, is_for_libraries, is_setting
from monitor.config.problem import Problem
from monitor.config.settings import setting_names


def merged(written: Mapping[str, Given], environ: Mapping[str, str]) -> tuple[dict[str, Given], list[Problem]]:
    """(the value that counts by setting, warnings). The environment wins; aliases become the names they stand for."""
    names = frozenset(setting_names())
    inside, outside = of_settings(written, environ, names)
    warnings = _misspelt(written, names)
    values: dict[str, Given] = {}
    for layer in (inside, outside):
        values |= _without_aliases(layer, warnings)
    return values, warnings


def _without_aliases(layer: Mapping[str, Given], warnings: list[Problem]) -> dict[str, Given]:
    values = dict(layer)
    for alias, name in ALIASES.items():
        other = values.pop(alias, None)
        if other is None:
            continue
        own = values.get(name)
        if own is None:
            values[name] = other
        elif own.value.lower() != other.value.lower():
            # One alert too many is better than none.
            values[name] = own if own.value.lower() == "true" else other
            text = f"{alias}={other.value} and {name}={own.value} mean the same setting; {values[name].value} counts"
            warnings.append(Problem(other.file, other.line, alias, text, "keep one of them"))
    return values


def _misspelt(written: Mapping[str, Given], names: frozenset[str]) -> list[Problem]:
    unknown = [given for given in written.values() if not is_setting(given.name, names)]
    unknown = [given for given in unknown if not is_for_libraries(given.name)]
    if not unknown:
        return []
    import difflib

    found = []
    for given in unknown:
        close = difflib.get_close_matches(given.name.upper(), names, 1, cutoff=0.85)
        if close:
            text = "is not a setting and is passed over"
            found.append(Problem(given.file, given.line, given.name, text, f"did you mean {close[0]}?"))
    return found
