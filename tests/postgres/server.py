"""A real PostgreSQL of the system's packages, for one test session: loopback, a folder of its own, a password."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

USER, PASSWORD = "sentinel", "pg-canary-password"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "16MB",
    # What the tests kill are clients. The server's own promise to survive a power cut is not theirs to test.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


_UNTIL_WE_END = 'folder=$1; shift; "$@" & read -r _; kill -QUIT $!; wait; rm -rf "$folder"'
"""A shell holds the server by our end of a pipe, so that it goes with us, even if we are killed."""


class NoServer(Exception):
    """There is none to start here; `str()` says what to install."""


class Server:
    """Started by the constructor. Raises NoServer where the packages or the driver are missing."""

    def __init__(self) -> None:
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise NoServer("needs the driver: pip install -r requirements-postgres.txt") from None
        programs = _programs()
        if programs is None:
            raise NoServer("needs a PostgreSQL server: apt-get install postgresql")
        self._account = account()
        self._folder = Path(tempfile.mkdtemp(prefix="sentinel-postgres-"))
        if self._account is not None:
            os.chown(self._folder, self._account.pw_uid, self._account.pw_gid)
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._start(programs)
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def create(self, *, template: str = "template0", encoding: str = "UTF8") -> str:
        """A database of its own; its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}'")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        """As the server's administrator, in no transaction. The rows, where there are any."""
        import psycopg

        with psycopg.connect(self._address(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=20)  # closes the pipe; nothing here is kept, so it ends at once
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, programs: Path) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if self._account is not None:
            os.chown(secret, self._account.pw_uid, self._account.pw_gid)
        data = self._folder / "data"
        login = ["-U", USER, "-A", "password", f"--pwfile={secret}"]
        made = subprocess.run(
            [programs / "initdb", "-D", data, *login, "-E", "UTF8", "--no-locale", "--no-sync"],
            cwd=self._folder,
            capture_output=True,
            text=True,
            **as_account(self._account),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        self.port = free_port()
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        server = [str(programs / "postgres"), "-D", str(data), "-p", str(self.port), *settings]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _UNTIL_WE_END, "sh", self._folder, *server],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_account(self._account),
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        import psycopg

        assert self._process is not None
        until = time.monotonic() + 30
        while self._process.poll() is None and time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                self.run("SELECT 1")
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not start: {(self._folder / 'log').read_text()}")

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} password={PASSWORD} dbname={database} connect_timeout=5"


def _programs() -> Path | None:
    """The folder of initdb and postgres, of the newest version there is."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _version(path.parent.name))
    for program in ("pg_config", "initdb"):
        found = shutil.which(program)
        if found is not None:
            told = subprocess.run([found, "--bindir"], capture_output=True, text=True).stdout.strip()
            folders.insert(0, Path(told) if program == "pg_config" and told else Path(found).resolve().parent)
    usable = [folder for folder in folders if os.access(folder / "initdb", os.X_OK)]
    return usable[-1] if usable else None


def _version(name: str) -> int:
    return int(name) if name.isdigit() else 0


def account() -> pwd.struct_passwd | None:
    """Who runs a server where we are root, which PostgreSQL and PgBouncer refuse to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("PostgreSQL does not run as root, and there is no account postgres or nobody")


def as_account(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """For subprocess."""
    return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
