from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.audit import START, Event, EventKind
from bot.ports.store import StoreFull, Transaction
from bot.store.database import SqliteStore, open_store
from tests.store.samples import NOON, STILL, operation


async def test_a_change_that_fails_leaves_nothing_behind(store: SqliteStore) -> None:
    """The operation, its audit row and its number are all gone; the next change works."""

    def change(tx: Transaction) -> None:
        tx.add_operation(operation())
        tx.append(Event(EventKind.PROPOSED, "acme", "op_1"), NOON)
        raise LookupError("on second thoughts")

    with pytest.raises(LookupError, match="second thoughts"):
        await store.write(change)
    kept = await store.read(lambda tx: (tx.operation("op_1"), tx.head()))
    await store.write(lambda tx: tx.add_operation(operation()))
    assert kept == (None, START)


async def test_a_look_cannot_write(store: SqliteStore) -> None:
    """Neither rows nor new pseudonyms."""
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store.read(lambda tx: tx.add_operation(operation()))


async def test_a_look_sees_one_moment(store: SqliteStore) -> None:
    """What is written while it looks is not there for it, in none of its parts."""
    loop = asyncio.get_running_loop()

    def look(tx: Transaction) -> list[bytes | None]:
        first = tx.snapshot("acme")
        write = store.write(lambda tx: tx.save_snapshot("acme", b"new", NOON))
        asyncio.run_coroutine_threadsafe(write, loop).result(10)
        return [first, tx.snapshot("acme")]

    await store.write(lambda tx: tx.save_snapshot("acme", b"old", NOON))
    seen = await store.read(look)
    assert (seen, await store.read(lambda tx: tx.snapshot("acme"))) == ([b"old", b"old"], b"new")


async def test_the_loop_and_readers_go_on_while_a_write_is_slow(store: SqliteStore) -> None:
    """The write ends only after the loop has looked and let it go: nothing waited for it."""
    events: list[str] = []
    began, let_go = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        tx.save_snapshot("acme", b"new", NOON)
        events.append("write began")
        began.set()
        events.append("write ends" if let_go.wait(10) else "nobody let it go")

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(began.wait, 10)
    events.append(f"loop looked: {await store.read(lambda tx: tx.snapshot('acme'))!r}")
    let_go.set()
    await writing
    assert events == ["write began", "loop looked: None", "write ends"]


async def test_writes_happen_in_the_order_in_which_they_were_asked_for(store: SqliteStore) -> None:
    """One writer: a hundred at once come one after another."""
    event = Event(EventKind.STARTED, "acme")
    heads = await asyncio.gather(*(store.write(lambda tx: tx.append(event, NOON)) for _ in range(100)))
    assert [head.seq for head in heads] == list(range(1, 101))


async def test_store_threads_are_the_stores_own(store: SqliteStore) -> None:
    """Never the loop's, never those of its default executor."""
    names = {
        await store.write(lambda _: threading.current_thread().name),
        await store.read(lambda _: threading.current_thread().name),
    }
    assert names == {"store-writer_0", "store-reader_0"}


async def test_a_cancelled_task_does_not_tear_its_change_apart(store: SqliteStore) -> None:
    """The change had begun, so it happens whole."""
    began, let_go = threading.Event(), threading.Event()

    def change(tx: Transaction) -> None:
        began.set()
        let_go.wait(10)
        tx.save_snapshot("acme", b"whole", NOON)

    writing = asyncio.create_task(store.write(change))
    await asyncio.to_thread(began.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    let_go.set()
    await store.write(lambda tx: tx.head())
    assert await store.read(lambda tx: tx.snapshot("acme")) == b"whole"


@contextmanager
def _files_end_at(size: int) -> Iterator[None]:
    """The system lets no file grow past this many bytes: a full disk, as far as SQLite can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_nothing_is_half_written(store: SqliteStore) -> None:
    """The change is gone as a whole, what stood before stands, and later changes are kept again."""

    def change(tx: Transaction) -> None:
        tx.add_operation(operation())
        tx.save_snapshot("acme", bytes(4_000_000), NOON)

    await store.write(lambda tx: tx.save_snapshot("acme", b"before", NOON))
    with _files_end_at(1_000_000), pytest.raises(StoreFull):
        await store.write(change)
    during = await store.read(lambda tx: (tx.operation("op_1"), tx.snapshot("acme")))
    await store.write(change)
    after = await store.read(lambda tx: (tx.operation("op_1"), tx.snapshot("acme")))
    assert (during, after) == ((None, b"before"), (operation(), bytes(4_000_000)))


async def test_a_disk_that_is_full_at_the_start_is_said_and_lets_go_of_the_lock(directory: Path) -> None:
    """Nothing is left that keeps the next start from working."""
    with _files_end_at(2_000), pytest.raises(StoreFull):
        await open_store(directory, clock=STILL, entropy=bytes)
    store = await open_store(directory, clock=STILL, entropy=bytes)
    await store.write(lambda tx: tx.add_operation(operation()))
    await store.close()


async def test_an_error_of_ours_is_not_taken_for_a_full_disk(store: SqliteStore) -> None:
    """A row that is there already is a bug and stays visible as one."""
    await store.write(lambda tx: tx.add_operation(operation()))
    with pytest.raises(sqlite3.IntegrityError, match=r"operation\.id"):
        await store.write(lambda tx: tx.add_operation(operation()))


async def test_a_closed_store_says_so(directory: Path) -> None:
    """Nothing is written after the end."""
    store = await open_store(directory, clock=STILL, entropy=bytes)
    await store.close()
    with pytest.raises(RuntimeError, match="shutdown"):
        await store.write(lambda tx: tx.head())
