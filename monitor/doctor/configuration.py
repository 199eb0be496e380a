"""The files: can they be used, and who can read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from monitor.config.configuration import Configuration
from monitor.doctor.finding import Finding, failed, warning, well


def examine_configuration(configuration: Configuration) -> Iterator[Finding]:
    if configuration.watch_list_error is not None:
        for problem in configuration.watch_list_error.problems:
            place = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
            yield failed("configuration", f"{place}: {problem.path}: {problem.text}", problem.fix)
    elif configuration.watch_list is not None:
        yield well("configuration", f"{configuration.watch_list.counted} in the list")
    for problem in configuration.warnings:
        yield warning("configuration", f"{problem.file}: {problem.path}: {problem.text}", problem.fix)
    yield from _permissions(configuration)
    if configuration.settings.heartbeat_url is None:
        yield warning(
            "heartbeat",
            "nobody notices when this machine is off or cron stops",
            "set HEARTBEAT_URL, e.g. to a check of healthchecks.io",
        )
    else:
        yield well("heartbeat", "HEARTBEAT_URL is called by every run")


def _permissions(configuration: Configuration) -> Iterator[Finding]:
    file = configuration.env_file
    if file is None:
        yield well("permissions", "no .env: the settings are in the environment")
        return
    try:
        mode = file.stat().st_mode
    except OSError as error:
        yield failed("permissions", f"{file.name} cannot be looked at ({error.strerror})", "run doctor as cron's user")
        return
    fix = f"chmod 600 {file}"
    if mode & stat.S_IROTH and _holds_secrets(configuration):
        yield failed("permissions", f"everybody on this machine can read the secrets in {file.name}", fix)
    elif mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield warning("permissions", f"others can write {file.name}", fix)
    elif mode & (stat.S_IRGRP | stat.S_IROTH):
        yield warning("permissions", f"others can read {file.name}", fix)
    else:
        yield well("permissions", f"only you can read {file.name}")


def _holds_secrets(configuration: Configuration) -> bool:
    settings = configuration.settings
    secret = (settings.telegram_bot_token, settings.notify_urls, settings.heartbeat_url)
    return (
        any(value is not None for value in secret)
        or any("SECRET" in name or "TOKEN" in name for name in configuration.for_libraries)
        or settings.database_url.get_secret_value().startswith("postgresql")
    )
