"""The settings as documents: .env.example and the README's table, made from the fields of Settings.

``python -m monitor.config.catalogue`` writes .env.example anew; ``… readme`` prints the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from pydantic import SecretStr

from monitor.config.names import ALIASES, BITTENSOR_RPC_URL, RPC_URL
from monitor.config.settings import Settings

EXAMPLE_NODE = "http://127.0.0.1:8732"
_SECTIONS = {
    RPC_URL: "Nodes",
    BITTENSOR_RPC_URL: "Bittensor",
    "DATABASE_URL": "Files",
    "BLOCK_SLIDING_WINDOW_SIZE": 'When to alert (a delegate\'s "alerts" in delegates.json win)',
    "IDENTIFIER": "Messages",
    "SEND_TO_CONSOLE": "Where to tell",
}
"""The first setting of each section."""
_REQUIRED = {RPC_URL: "required for Tezos", BITTENSOR_RPC_URL: "required for Bittensor"}
_HEAD = """\
# Copy to .env and write the address of your node. What is commented out shows the default.
# Variables of the real environment win over this file; an empty value counts as not set.
# ${NAME} is not expanded. Keep the file to yourself (chmod 600): it holds secrets.
"""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting, as its readers need it."""

    name: str
    default: str
    """As it is written in .env; "" where unset is the default."""
    unit: str
    meaning: str
    also: tuple[str, ...]
    """Other names it may be written by."""


def rows() -> tuple[SettingRow, ...]:
    """Every setting, in the order of the documents."""
    return tuple(_row(field) for field in Settings.model_fields)


def _row(field: str) -> SettingRow:
    info = Settings.model_fields[field]
    name = RPC_URL if field == "rpc_urls" else field.upper()
    extra = info.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    default = "" if field == "rpc_urls" else _written(info.default, unit)
    also = tuple(alias for alias, meant in ALIASES.items() if meant == name)
    return SettingRow(name, default, unit, info.description or "", also)


def _written(value: object, unit: str) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if value is None:
        return "auto" if unit.endswith("auto") else ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def env_example() -> str:
    """The contents of .env.example."""
    lines = [_HEAD]
    for row in rows():
        if row.name in _SECTIONS:
            lines.append(f"\n# --- {_SECTIONS[row.name]} ---\n")
        also = f" Also read: {', '.join(row.also)}." if row.also else ""
        unset = "" if row.default or row.name == RPC_URL else " Default: unset."
        lines += [f"# {line}" for line in wrap(f"{row.meaning}{unset}{also} [{row.unit}]", 116)]
        lines.append(f"{RPC_URL}={EXAMPLE_NODE}\n" if row.name == RPC_URL else f"#{row.name}={row.default}\n")
    return "\n".join(lines)


def readme_table() -> str:
    """The settings as a Markdown table."""
    lines = ["| setting | default | unit | meaning |", "|---|---|---|---|"]
    for row in rows():
        names = "<br>".join(f"`{name}`" for name in (row.name, *row.also))
        default = f"`{row.default}`" if row.default else _REQUIRED.get(row.name, "unset")
        lines.append(f"| {names} | {default} | {row.unit} | {row.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys
    from pathlib import Path

    if sys.argv[1:] == ["readme"]:
        sys.stdout.write(readme_table())
    else:
        Path(__file__).parents[2].joinpath(".env.example").write_text(env_example())
