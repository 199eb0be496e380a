"""Writing a first configuration from a few answers: .env and delegates.json."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.delegates_file import parse_watch_list
from monitor.config.env_file import parse_env
from monitor.config.layers import merged
from monitor.config.names import BITTENSOR_RPC_URL, ENV_FILE, RPC_URL
from monitor.config.problem import ConfigError, Problem
from monitor.config.settings_reader import read_settings

DELEGATES_FILE = "delegates.json"
SCHEMA_FILE = "delegates.schema.json"
ANSWERS = "answers"
"""What a problem names as its file where an answer is at fault."""


Named = tuple[str, str | None]
"""(address, name)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was asked. Texts as people typed them; write_configuration checks them."""

    rpc_url: str | None = field(repr=False)
    """One or several addresses, comma separated, as in RPC_URL. None where only Bittensor is watched."""
    bakers: tuple[Named, ...]
    timezone: str = "UTC"
    settings: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Further settings by name, e.g. ("RPC_URL_SHADOWNET", "https://…")."""
    bittensor_rpc_url: str | None = field(default=None, repr=False)
    """As in BITTENSOR_RPC_URL."""
    hotkeys: tuple[Named, ...] = ()
    subnets: tuple[Named, ...] = ()
    """(netuid, name)."""


def render_env(answers: Answers) -> str:
    """The text of .env: only what was answered; .env.example holds the rest."""
    lines = ["# Every setting, with its default and unit, is in .env.example."]
    for name, value in ((RPC_URL, answers.rpc_url), (BITTENSOR_RPC_URL, answers.bittensor_rpc_url)):
        lines += [f"{name}={_quoted(value)}"] if value is not None else []
    if answers.timezone != "UTC":
        lines.append(f"TIMEZONE={_quoted(answers.timezone)}")
    lines += [f"{name}={_quoted(value)}" for name, value in answers.settings]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """`value` so that .env's reader gives it back."""
    text = " ".join(value.split())
    if not any(character in text for character in " #'\"\\"):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def render_delegates(answers: Answers, schema: str | None = None) -> str:
    """The text of delegates.json; `schema` is the path of its JSON Schema, for editors."""
    document: dict[str, object] = {"$schema": schema} if schema else {}
    bittensor: dict[str, object] = {}
    if answers.hotkeys:
        bittensor["hotkeys"] = _entries("hotkey", answers.hotkeys)
    if answers.subnets:
        bittensor["subnets"] = _entries("netuid", answers.subnets)
    if answers.bakers or not bittensor:
        document["tezos"] = _entries("address", answers.bakers)
    if bittensor:
        document["bittensor"] = bittensor
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _entries(key: str, named: Sequence[Named]) -> list[dict[str, str | int]]:
    found = []
    for text, name in named:
        value = int(text) if key == "netuid" and text.strip().isdecimal() else text.strip()
        entry: dict[str, str | int] = {key: value}
        found.append(entry | {"name": name.strip()} if name and name.strip() else entry)
    return found


def write_configuration(home: Path, answers: Answers, force: bool = False, env_name: str = ENV_FILE) -> list[Path]:
    """Write .env (readable by its owner only; another name where `env_name` is given) and delegates.json into `home`,
    and return their paths.

    Raises ConfigError, having written nothing, if an answer is wrong, or a file is there already and `force` is not
    set. With `force` each file is replaced whole.
    """
    schema = f"./{SCHEMA_FILE}" if (home / SCHEMA_FILE).is_file() else None
    env, delegates = render_env(answers), render_delegates(answers, schema)
    _check(env, delegates, home)
    files = [(home / env_name, env, 0o600), (home / DELEGATES_FILE, delegates, 0o644)]
    if not force:
        there = [path for path, _, _ in files if os.path.lexists(path)]
        if there:
            fix = "edit it, or add --force to replace it"
            raise ConfigError([Problem(str(path), None, "", "is there already", fix) for path in there])
    try:
        home.mkdir(parents=True, exist_ok=True)
        for path, text, mode in files:
            _write(path, text, mode, force)
    except OSError as error:
        fix = "choose a folder this user may write to"
        raise ConfigError([Problem(str(home), None, "", f"cannot be written to ({error.strerror})", fix)]) from None
    return [path for path, _, _ in files]


def _check(env: str, delegates: str, home: Path) -> None:
    written, problems, _ = parse_env(env, ANSWERS)
    values, _ = merged(written, {})
    problems += read_settings(values, home, ANSWERS)[1]
    try:
        parse_watch_list(delegates, ANSWERS)
    except ConfigError as error:
        problems += error.problems
    if problems:
        # Lines are those of files that do not exist.
        raise ConfigError(Problem(ANSWERS, None, problem.path, problem.text, problem.fix) for problem in problems)


def _write(path: Path, text: str, mode: int, force: bool) -> None:
    """Make the file whole or not at all, and never readable by others for a moment."""
    target = path.with_name(f"{path.name}.new") if force else path
    if force:
        target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if force:
        target.replace(path)
