"""Reading .env: every assignment with its line, and the lines that are none."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dotenv.parser import parse_stream

from monitor.config.names import ENV_FILE, ENVIRONMENT, RPC_URL, gives_a_node, is_for_libraries, is_setting
from monitor.config.problem import ConfigError, Problem


class Given(NamedTuple):
    """A value somebody wrote, and where. The value may be a secret: it is not shown."""

    name: str
    value: str
    file: str
    line: int | None

    def __repr__(self) -> str:
        return f"Given({self.name!r}, file={self.file!r}, line={self.line})"


def read_text(path: Path, shown_as: str) -> str:
    """The text of a configuration file, as UTF-8. Raises ConfigError saying why it cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(shown_as, "is not there", f"create {path}, or run main.py init") from None
    except IsADirectoryError:
        raise _unreadable(shown_as, "is a folder", "name a file") from None
    except PermissionError:
        raise _unreadable(shown_as, "may not be read by this user", f"run as its owner, or chown {path}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise _unreadable(shown_as, f"cannot be read ({reason})", f"check {path}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = None if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.count(b"\n", 0, error.start) + 1
        raise _unreadable(shown_as, "is not UTF-8 text", "save it as UTF-8", line) from None


def env_text(env_file: Path | None, environ: Mapping[str, str], main_dir: Path) -> tuple[Path | None, str, str]:
    """(path, how it is shown, contents) of the env file; without one, (None, …) and nothing in it."""
    if env_file is not None:
        return env_file, str(env_file), read_text(env_file, str(env_file))
    path = main_dir / ENV_FILE
    if path.exists():
        return path, ENV_FILE, read_text(path, ENV_FILE)
    if not gives_a_node(environ):
        fix = f"create {ENV_FILE} ({RPC_URL}=…) and delegates.json: main.py init writes both"
        raise ConfigError([Problem(str(main_dir.absolute()), None, "", "there is no configuration", fix)])
    return None, ENV_FILE, ""


def _unreadable(file: str, text: str, fix: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(file, line, "", text, fix)])


def parse_env(text: str, file: str) -> tuple[dict[str, Given], list[Problem], list[Problem]]:
    """(values by name, problems, warnings) of a .env file.

    ``${NAME}`` is not expanded and ``$`` means itself, so that tokens and passwords survive; what looks like an
    expansion is a warning. A name without a value, or with an empty one, counts as not written.
    """
    found: dict[str, Given] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        blank = len(original) - len(original.lstrip())
        line = binding.original.line + original[:blank].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            problems.append(Problem(file, line, "", "is not NAME=value", "write NAME=value, or begin the line with #"))
            continue
        if binding.key is None or not binding.value or not binding.value.strip():
            continue
        name, value = binding.key, binding.value.strip()
        if "${" in value:
            warnings.append(Problem(file, line, name, "${…} is not expanded here", "write the value itself"))
        if name in found:
            said = f"is written twice, this one counts (first in line {found[name].line})"
            warnings.append(Problem(file, line, name, said, "keep one of them"))
        found[name] = Given(name, value, file, line)
    return found, problems, warnings


def of_settings(
    written: Mapping[str, Given], environ: Mapping[str, str], names: frozenset[str]
) -> tuple[dict[str, Given], dict[str, Given]]:
    """(what the file says of these settings, what the real environment says of them, which wins)."""
    inside = {name: given for name, given in written.items() if is_setting(name, names)}
    outside = {
        name: Given(name, value.strip(), ENVIRONMENT, None)
        for name, value in environ.items()
        if value.strip() and is_setting(name, names)
    }
    return inside, outside


def for_libraries(written: Mapping[str, Given]) -> dict[str, str]:
    """What .env holds for boto3, requests or the database driver (AWS_ACCESS_KEY_ID, HTTPS_PROXY, …)."""
    return {name: given.value for name, given in written.items() if is_for_libraries(name)}
