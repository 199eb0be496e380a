"""Finding the configuration and reading it whole: settings, watch list, and every fault of both at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from monitor.config.delegates_file import parse_watch_list
from monitor.config.env_file import Given, env_text, for_libraries, parse_env, read_text
from monitor.config.layers import merged
from monitor.config.misfits import misfits
from monitor.config.problem import ConfigError, Problem
from monitor.config.setting_values import check_heartbeat_address
from monitor.config.settings import Settings
from monitor.config.settings_reader import read_settings
from monitor.config.watch_list import WatchList

DELEGATES_SETTING = "DELEGATES_TO_MONITOR_PARAMETER"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one run works with."""

    settings: Settings
    watch_list: WatchList | None
    """None where the list cannot be used; `watch_list_error` then says why, and the last valid list goes on."""
    watch_list_error: ConfigError | None
    home: Path
    """The folder relative paths start from: that of the env file, else of main.py. Absolute."""
    env_file: Path | None
    """None where the environment alone is the configuration."""
    delegates_file: Path
    warnings: tuple[Problem, ...] = ()
    """What works but is probably not meant, e.g. a misspelt name in .env."""
    for_libraries: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What .env holds for libraries (AWS_ACCESS_KEY_ID, HTTPS_PROXY, …), which read os.environ: the caller puts them
    there where they are not set. May be secret."""


def load(env_file: Path | None, environ: Mapping[str, str], main_dir: Path) -> Configuration:
    """Read everything. Raises ConfigError with every fault if no run can be made of it.

    Without `env_file`, the ``.env`` in `main_dir` is read if there is one. Variables in `environ` win over the file,
    and are a configuration without it. An empty value counts as not set. A watch list that cannot be used does not
    raise by itself: the last valid one goes on.
    """
    path, label, text = env_text(env_file, environ, main_dir)
    home = path.absolute().parent if path else main_dir.absolute()
    written, problems, warnings = parse_env(text, label)
    values, more_warnings = merged(written, environ)
    settings, faults = read_settings(values, home, label)
    problems += faults
    name, file = _delegates_file(values, home, problems)
    watch_list, error = _watch_list(file, name, settings, more_warnings)
    if settings is None or problems:
        raise ConfigError([*problems, *(error.problems if error else ())])
    return Configuration(
        settings=settings,
        watch_list=watch_list,
        watch_list_error=error,
        home=home,
        env_file=path,
        delegates_file=file,
        warnings=(*warnings, *more_warnings),
        for_libraries=for_libraries(written),
    )


def heartbeat_address(env_file: Path | None, environ: Mapping[str, str], main_dir: Path) -> SecretStr | None:
    """HEARTBEAT_URL of a configuration that cannot be used otherwise; None where it is not there, or no address."""
    try:
        _, label, text = env_text(env_file, environ, main_dir)
    except ConfigError:
        label = text = ""
    given = merged(parse_env(text, label)[0], environ)[0].get("HEARTBEAT_URL")
    try:
        return None if given is None else check_heartbeat_address(SecretStr(given.value))
    except PydanticCustomError:
        return None


def _delegates_file(values: Mapping[str, Given], home: Path, problems: list[Problem]) -> tuple[str, Path]:
    """(as the user names it, where it is)."""
    given = values.get(DELEGATES_SETTING)
    name = given.value if given else str(Settings.model_fields[DELEGATES_SETTING.lower()].default)
    if given and name.startswith(("tz1", "tz2", "tz3", "tz4", "[", "{")):
        fix = f'write [{{"address": "tz1…"}}, …] into delegates.json, and {DELEGATES_SETTING}=delegates.json'
        problems.append(
            Problem(given.file, given.line, given.name, "holds the list itself, not the name of a file", fix)
        )
    return name, home / name


def _watch_list(
    file: Path, name: str, settings: Settings | None, warnings: list[Problem]
) -> tuple[WatchList | None, ConfigError | None]:
    try:
        text = read_text(file, name)
        watch_list = parse_watch_list(text, name)
        if settings and (found := list(misfits(settings, watch_list))):
            from monitor.config.delegates_faults import located

            raise ConfigError(located(text, name, found))
    except ConfigError as error:
        return None, error
    if unused := watch_list.unused_groups:
        from monitor.config.delegates_faults import located

        fix = "remove it, or name it at a target"
        warnings += located(text, name, [(("groups", group), "nobody is in this group", fix) for group in unused])
    return watch_list, None
