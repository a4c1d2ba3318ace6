"""How a connection to the database is set up, and which of its errors mean that nothing can be kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from bot.store.errors import SqliteTooOld

OLDEST_SQLITE = (3, 38, 0)
"""Strict tables came with 3.37, JSON functions in every build with 3.38."""

_BUSY_SECONDS = 30.0
_CANNOT_KEEP = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN},
)


def check_library(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raise SqliteTooOld where the tables could not even be made."""
    if version < OLDEST_SQLITE:
        needed, found = (".".join(map(str, numbers)) for numbers in (OLDEST_SQLITE, version))
        raise SqliteTooOld(f"SQLite {needed} or newer is needed, this Python has {found}")


def connect_writer(path: Path) -> Database:
    """A connection that writes: what it has committed survives a power cut (synchronous=FULL)."""
    return _connect(
        path,
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten, not only forgotten
    )


def connect_reader(path: Path) -> Database:
    """A connection that cannot write.

    It is opened for writing all the same, since reading a write-ahead log that a killed process left
    behind needs its index to be rebuilt.
    """
    return _connect(path, "query_only = ON")


def _connect(path: Path, *pragmas: str) -> Database:
    # isolation_level=None: the driver begins nothing by itself, transactions are ours alone.
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return Database(connection, execute_plugins=False)


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """A transaction that is the only writer from its first statement on, and happens whole or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def cannot_keep(error: sqlite3.Error) -> bool:
    """Whether an error says that the disk is full, broken or read-only."""
    code: int | None = getattr(error, "sqlite_errorcode", None)  # absent where the driver itself complains
    return code is not None and code & 0xFF in _CANNOT_KEEP
