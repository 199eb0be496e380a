"""PgBouncer of the system's packages in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.postgres.server import PASSWORD, USER, NoServer, Server, account, as_account, free_port

_CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
server_round_robin = {round_robin:d}
default_pool_size = 2
"""


@contextmanager
def bouncing(server: Server, mode: str, *, round_robin: bool = False) -> Iterator[int]:
    """The port of one with this `pool_mode`. Raises NoServer where it is not installed."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise NoServer("needs PgBouncer: apt-get install pgbouncer")
    owner, port = account(), free_port()
    with tempfile.TemporaryDirectory(prefix="sentinel-pgbouncer-") as folder:
        file = Path(folder) / "pgbouncer.ini"
        values = {"server": server.port, "user": USER, "password": PASSWORD, "port": port, "mode": mode}
        file.write_text(_CONFIGURATION.format(**values, round_robin=round_robin))
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        process = subprocess.Popen([program, "--quiet", str(file)], cwd=folder, **as_account(owner))
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError("PgBouncer does not start")
