"""The engine's own file, set up as engine.md §3.1 and §3.9 measured it to be right."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from pathlib import Path

import sqlalchemy as sa

DATABASE = "engine.db"

_CONNECTIONS = 8
_SUBSECONDS_IN_SQLITE = (3, 42)
_ASKED_FOR_BY_DBOS_FROM = (3, 12)


def create_engine(directory: Path) -> sa.Engine:
    """Connections to ``engine.db``, readable by its owner alone; SQLite's side files inherit that."""
    path = directory / DATABASE
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = sa.create_engine(f"sqlite:///{path}", pool_size=_CONNECTIONS, max_overflow=0, pool_timeout=30)
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # The first three are what DBOS gives connections of its own making; WAL is what it leaves out.
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout = 30000")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    if lacks_subseconds(sys.version_info[:2], sqlite3.sqlite_version_info[:2]):
        connection.create_function("unixepoch", 1, _unixepoch)


def lacks_subseconds(python: tuple[int, int], sqlite: tuple[int, int]) -> bool:
    """Whether DBOS asks SQLite for ``unixepoch('subsec')``, which it does not know yet (engine.md §3.9)."""
    return python >= _ASKED_FOR_BY_DBOS_FROM and sqlite < _SUBSECONDS_IN_SQLITE


def _unixepoch(_modifier: str) -> float:
    """What ``unixepoch('subsec')`` is in newer libraries: the present, in seconds."""
    return time.time()
