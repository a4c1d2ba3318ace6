"""The store itself: whose thread does what, and what a transaction is (design §7).

SQLite blocks, so it never runs on the loop nor in the loop's default executor (which the engine replaces,
engine.md §3.8): one thread of its own writes, another one reads, each with a connection of its own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.ports.clock import Clock
from bot.ports.store import StoreFull, Transaction
from bot.store.connection import cannot_keep, check_library, connect_reader, connect_writer, immediate
from bot.store.directory import DATABASE, DirectoryLock, prepare
from bot.store.errors import StoreMissing
from bot.store.migrations import MIGRATIONS, check_current, migrate
from bot.store.plans import Plans
from bot.store.tables import Entropy
from bot.store.transaction import SqliteTransaction

T = TypeVar("T")


async def open_store(directory: Path, *, clock: Clock, entropy: Entropy) -> SqliteStore:
    """Open the store for the one process that writes; make and migrate it where needed.

    Raises `bot.store.errors.StoreError` (its sentence names the directory), or StoreFull.
    """
    prepare(directory)
    lock = DirectoryLock(directory)
    try:
        return await open_unlocked(directory, clock=clock, entropy=entropy, lock=lock)
    except BaseException:
        lock.release()
        raise


async def open_unlocked(
    directory: Path,
    *,
    clock: Clock,
    entropy: Entropy,
    lock: DirectoryLock | None = None,
) -> SqliteStore:
    """Open for writing whoever else does; what is true may not depend on the lock, only on transactions."""
    check_library()
    path = directory / DATABASE
    writer, reader = _Side("store-writer"), _Side("store-reader")
    store = SqliteStore(writer, reader, entropy, lock)
    try:
        await writer.open(lambda there: _keeping(lambda: connect_writer(there)), path)
        await writer.run(lambda db: _keeping(lambda: migrate(db, clock, MIGRATIONS)))
        await reader.open(connect_reader, path)
    except BaseException:
        await _close(reader, writer)
        raise
    return store


async def open_to_write_beside(directory: Path, *, entropy: Entropy) -> SqliteStore:
    """Open for single changes beside a running bot or without one; it migrates nothing.

    Each change is one transaction that reads and writes, so the chain goes on whoever appends to it. Raises
    StoreMissing, OlderStore or NewerStore.
    """
    check_library()
    path = _existing(directory)
    writer, reader = _Side("store-writer"), _Side("store-reader")
    try:
        await writer.open(connect_writer, path)
        await writer.run(lambda db: check_current(db, MIGRATIONS))
        await reader.open(connect_reader, path)
    except BaseException:
        await _close(reader, writer)
        raise
    return SqliteStore(writer, reader, entropy, None)


async def open_beside(directory: Path) -> ReadingStore:
    """Open for reading alone, beside a running bot or without one; raises StoreMissing."""
    check_library()
    path = _existing(directory)
    reader = _Side("store-reader")
    try:
        await reader.open(connect_reader, path)
    except BaseException:
        await _close(reader)
        raise
    return ReadingStore(reader)


def _existing(directory: Path) -> Path:
    path = directory / DATABASE
    if not path.is_file():
        raise StoreMissing(f"there is no Rollcall store in {directory}: has the bot been started there?")
    return path


class _Side:
    """One thread with its one connection; calls run in the order in which they were asked for."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._db: Database | None = None

    async def open(self, connect: Callable[[Path], Database], path: Path) -> None:
        self._db = await self._in_thread(lambda: connect(path))

    async def run(self, work: Callable[[Database], T]) -> T:
        return await self._in_thread(lambda: work(self._opened()))

    async def close(self) -> None:
        await self._in_thread(self._disconnect)
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _opened(self) -> Database:
        if self._db is None:
            raise RuntimeError("the store is closed")
        return self._db

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None


async def _close(*sides: _Side) -> None:
    for side in sides:
        await side.close()


class ReadingStore:
    """A store that only looks."""

    def __init__(self, reader: _Side) -> None:
        self._reader = reader
        self._plans = Plans()

    async def read(self, look: Callable[[Transaction], T]) -> T:
        """Run one look on a consistent snapshot; it must not write."""
        return await self._reader.run(lambda db: _look(db, look, self._plans))

    async def close(self) -> None:
        """Finish the look under way and close the file."""
        await _close(self._reader)


class SqliteStore(ReadingStore):
    """`bot.ports.store.Store` on one SQLite file."""

    def __init__(self, writer: _Side, reader: _Side, entropy: Entropy, lock: DirectoryLock | None) -> None:
        super().__init__(reader)
        self._writer = writer
        self._entropy = entropy
        self._lock = lock

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """Run one change in one transaction; raises StoreFull where it cannot be kept.

        Once its turn has come a change runs to its end, whole or not at all, even if the task that asked
        for it is cancelled meanwhile.
        """
        return await self._writer.run(
            lambda db: _keeping(lambda: _change(db, self._entropy, change, self._plans))
        )

    async def scrub(self) -> None:
        """Empty the write-ahead log, which holds pages as they were; in the file they are overwritten."""
        await self._writer.run(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        """Finish what is under way, close the file and let the next process in."""
        await super().close()
        await _close(self._writer)
        if self._lock is not None:
            self._lock.release()


def _change(db: Database, entropy: Entropy, change: Callable[[Transaction], T], plans: Plans) -> T:
    with immediate(db):
        return change(SqliteTransaction(db, entropy, plans))


def _look(db: Database, look: Callable[[Transaction], T], plans: Plans) -> T:
    db.execute("BEGIN")
    try:
        return look(SqliteTransaction(db, _no_entropy, plans))
    finally:
        db.rollback()


def _no_entropy(_: int) -> bytes:
    raise RuntimeError("a look needs no randomness: it must not write")


def _keeping(work: Callable[[], T]) -> T:
    """Translate the database's ways of saying that nothing can be kept."""
    try:
        return work()
    except sqlite3.Error as error:
        if cannot_keep(error):
            raise StoreFull(str(error)) from error
        raise
