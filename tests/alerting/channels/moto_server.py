"""AWS as moto's server plays it, in a process of its own, with a receiver in front of it that can be troubled."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.receiver import Arrived, Receiver, Reply

_OF_THE_CONNECTION = ("connection", "content-length", "transfer-encoding", "host", "expect")


@contextmanager
def moto_server() -> Iterator[int]:
    """Its port on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "moto's server did not start"
                assert time.monotonic() < deadline, "moto's server does not answer"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Front(Receiver):
    """Passes everything on to the server, unless it is troubled."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        super().__init__()

    def answer(self, request: Arrived) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self._server_port, timeout=20)
        headers = {name: value for name, value in request.headers.items() if name not in _OF_THE_CONNECTION}
        connection.request(request.method, request.target, request.body, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        kept = {name: value for name, value in response.getheaders() if name.lower() not in _OF_THE_CONNECTION}
        return Reply(response.status, body, kept)
