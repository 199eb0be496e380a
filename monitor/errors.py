"""What can go wrong with the state: one tree, one line of text each, without URLs, credentials or row values.

StateError                    anything below; a run that meets one ends with exit 1
├── Unreachable               no file, no folder, no permission, no server
├── Busy                      another process held the write lock for longer than the busy timeout
├── Full                      disk full or quota reached
├── Corrupt                   not a database, or damaged
├── Refused                   a constraint said no: a fault of ours
├── OutOfOrder                a write that would break the cursor's promise: a fault of the caller
├── Lost                      the connection, or the run lock with it, went away
└── SchemaError               exit 2: a person has to decide something
    ├── NoState               nothing there yet
    ├── OlderSchema           a run of `check` upgrades it; readers do not
    ├── NewerSchema           written by a newer program
    ├── ForeignSchema         tables of another program
    └── OtherHost             a copy, or moved here: `check --takeover` once
"""

from __future__ import annotations


class StateError(Exception):
    """The state cannot be read or written. `str()` is one line for a person."""


class Unreachable(StateError):
    pass


class Busy(StateError):
    pass


class Full(StateError):
    pass


class Corrupt(StateError):
    pass


class Refused(StateError):
    pass


class OutOfOrder(StateError):
    pass


class Lost(StateError):
    pass


class SchemaError(StateError):
    pass


class NoState(SchemaError):
    pass


class OlderSchema(SchemaError):
    pass


class NewerSchema(SchemaError):
    pass


class ForeignSchema(SchemaError):
    pass


class OtherHost(SchemaError):
    pass


# Primary result codes, https://sqlite.org/rescode.html
_BY_SQLITE_CODE: dict[int, tuple[type[StateError], str]] = {
    3: (Unreachable, "permission denied"),  # SQLITE_PERM
    5: (Busy, "locked by another process"),  # SQLITE_BUSY
    6: (Busy, "locked by another process"),  # SQLITE_LOCKED
    8: (Unreachable, "is read-only"),  # SQLITE_READONLY
    10: (StateError, "input/output error on the disk"),  # SQLITE_IOERR
    11: (Corrupt, "is damaged"),  # SQLITE_CORRUPT
    13: (Full, "cannot grow: the disk is full"),  # SQLITE_FULL
    14: (Unreachable, "cannot be opened (is the folder there and writable?)"),  # SQLITE_CANTOPEN
    19: (Refused, "refused a row"),  # SQLITE_CONSTRAINT
    26: (Corrupt, "is not a database"),  # SQLITE_NOTADB
}

# Classes of SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: dict[str, tuple[type[StateError], str]] = {
    "08": (Lost, "the connection was lost"),
    "23": (Refused, "refused a row"),
    "25006": (Unreachable, "is read-only"),
    "28": (Unreachable, "refused the login"),
    "3D": (Unreachable, "no such database"),
    "40": (Busy, "another process changed the same rows"),
    "42501": (Unreachable, "permission denied (its user must own the database)"),
    "53100": (Full, "cannot grow: the disk is full"),
    "55P03": (Busy, "locked by another process"),
    "57": (Lost, "the server is shutting down or ended the connection"),
    "XX001": (Corrupt, "is damaged"),
    "XX002": (Corrupt, "is damaged"),
}


def state_error(driver_error: BaseException | None, place: str) -> StateError:
    """The error of a database driver (sqlite3 or psycopg) in our words. `place` names the database for a person."""
    code = getattr(driver_error, "sqlite_errorcode", None)
    if code is not None:
        name = getattr(driver_error, "sqlite_errorname", "")
        kind, words = _BY_SQLITE_CODE.get(code & 0xFF, (StateError, "cannot be used"))
        detail = f" ({name})" if kind in (StateError, Refused) and name else ""
        return kind(f"{place}: {words}{detail}")
    state = getattr(driver_error, "sqlstate", None)
    if state:
        for prefix in (state, state[:2]):
            if prefix in _BY_SQLSTATE:
                kind, words = _BY_SQLSTATE[prefix]
                return kind(f"{place}: {words}")
        return StateError(f"{place}: cannot be used (SQLSTATE {state})")
    name = type(driver_error).__name__
    if name == "OperationalError":  # psycopg gives no code when it cannot connect or the socket broke
        said = str(driver_error)
        if "FATAL:" in said or "password" in said:
            return Unreachable(f"{place}: refused the connection: user, password, database, pg_hba.conf or free places")
        return Unreachable(f"{place}: cannot be reached")
    return StateError(f"{place}: cannot be used ({name})")
