"""A new store without its migrations' price: they are run once for a process, and their file is copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bot.clock import SystemClock
from bot.ports.clock import Clock
from bot.store.connection import connect_writer
from bot.store.database import SqliteStore, open_store
from bot.store.directory import DATABASE, prepare
from bot.store.migrations import MIGRATIONS, migrate
from bot.store.tables import Entropy


async def open_new(directory: Path, *, clock: Clock, entropy: Entropy) -> SqliteStore:
    """As `open_store` on a directory that is not there yet."""
    prepare(directory)
    (directory / DATABASE).write_bytes(_migrated())
    return await open_store(directory, clock=clock, entropy=entropy)


@cache
def _migrated() -> bytes:
    """The file of a store in which nothing has happened yet."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / DATABASE
        db = connect_writer(path)
        migrate(db, SystemClock(), MIGRATIONS)
        db.close()  # what the write-ahead log holds goes into the file
        return path.read_bytes()
