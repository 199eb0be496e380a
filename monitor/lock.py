"""One run at a time. Both locks are given back by the kernel or the server when the process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from monitor.database import driver_error, place, sqlite_path
from monitor.errors import Lost, StateError, Unreachable, state_error

# One of each per PostgreSQL database. "SENTINEL", and the number after it.
_RUN = 0x53454E54494E454C
_WRITE = _RUN + 1


class Lock(Protocol):
    def acquire(self) -> bool:
        """Take the lock without waiting. False: another process has it. True again while it is ours."""

    def held(self) -> bool:
        """Whether it is still ours."""

    def fence(self, connection: Connection) -> None:
        """For monitor.database.fenced: until this transaction ends no other run begins.

        Raises Lost where the lock is not ours any more. A send comes after a write, so a lost lock ends that too.
        """

    def release(self) -> None: ...


def lock_of(engine: Engine) -> Lock:
    """The run lock that fits the database: `<file>.lock` beside an SQLite file, an advisory lock on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return AdvisoryLock(engine)
    path = sqlite_path(engine)
    if path is None:
        raise StateError(f"{place(engine)} cannot be locked: another process would not see it")
    return RunLock(path.with_name(f"{path.name}.lock"))


def lost(where: str) -> Lost:
    return Lost(f"{where}: the run lock was lost, and another run may have begun; this one ends here")


class RunLock:
    """`flock` on a file, which stays when the lock is released: removing it would let two processes lock two files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """See Lock. Raises Unreachable where the file cannot be made or opened."""
        if self.held():
            return True
        self.release()
        while True:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError as error:
                raise Unreachable(f"{self._path.name}: cannot be opened ({error.strerror})") from None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            except OSError as error:
                os.close(descriptor)
                raise Unreachable(f"{self._path.name}: cannot be locked ({error.strerror})") from None
            if self._is_the_file_of(descriptor):
                self._descriptor = descriptor
                return True
            os.close(descriptor)  # somebody removed the file in between: what we locked nobody else will see

    def held(self) -> bool:
        return self._descriptor is not None and self._is_the_file_of(self._descriptor)

    def fence(self, connection: Connection) -> None:
        """See Lock. Nothing frees a lock of the kernel behind our back, but its file may have been replaced."""
        if not self.held():
            raise lost(self._path.name)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _is_the_file_of(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except OSError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class AdvisoryLock:
    """A session-level advisory lock on a connection of its own, which carries no transaction.

    The server gives it away as soon as that connection is gone, though the run it belonged to may not know yet and be
    in the middle of a write. So every write of a run takes a second lock for its transaction, and only then asks
    whether the first one is still there; and whoever gets the first has it only if nobody holds the second.
    """

    def __init__(self, engine: Engine) -> None:
        self._place = place(engine)
        self._engine = engine
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """See Lock. Raises StateError where the server cannot be reached."""
        if self.held():
            return True
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # never back to the pool: closing it is what gives the lock back
            taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_RUN})").scalar()
            if taken:
                taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_WRITE})").scalar()
        except DBAPIError as error:
            raise state_error(error.orig, self._place) from None
        except driver_error(self._engine) as error:
            raise state_error(error, self._place) from None
        if taken:
            self._connection = connection
        else:
            connection.close()
        return bool(taken)

    def held(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            self._connection = None
        return self._connection is not None

    def fence(self, connection: Connection) -> None:
        """See Lock."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE})")
        if not self.held():
            raise lost(self._place)

    def release(self) -> None:
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None
