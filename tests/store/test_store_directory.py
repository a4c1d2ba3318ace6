from __future__ import annotations

import sqlite3
import stat
from datetime import datetime
from pathlib import Path

import pytest

from bot.ports.store import StoreFull
from bot.store.connection import check_library
from bot.store.database import SqliteStore, open_beside, open_store
from bot.store.errors import DirectoryUnusable, SqliteTooOld, StoreInUse, StoreMissing
from bot.store.values import time_text
from tests.store.samples import NOON, STILL, operation


async def _open(directory: Path) -> SqliteStore:
    return await open_store(directory, clock=STILL, entropy=bytes)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def _made_for_all(directory: Path, *names: str) -> None:
    directory.mkdir(mode=0o755, exist_ok=True)
    for name in names:
        (directory / name).touch(mode=0o644)
        (directory / name).chmod(0o644)
    directory.chmod(0o755)


def _modes(directory: Path) -> dict[str, int]:
    return {name: _mode(directory / name) for name in _names(directory)}


async def test_only_the_owner_may_enter_and_read(store: SqliteStore, directory: Path) -> None:
    """0700 for the directory, 0600 for every file in it, the write-ahead log included."""
    await store.write(lambda tx: tx.save_snapshot("acme", b"x", NOON))
    files = ["rollcall.db", "rollcall.db-shm", "rollcall.db-wal", "rollcall.lock"]
    assert (_mode(directory), _modes(directory)) == (0o700, dict.fromkeys(files, 0o600))


async def test_a_directory_of_ours_is_closed_to_others(directory: Path) -> None:
    """An empty one, and one whose modes were widened later."""
    _made_for_all(directory)
    await (await _open(directory)).close()
    _made_for_all(directory, "rollcall.db")
    await (await _open(directory)).close()
    assert (_mode(directory), _modes(directory)["rollcall.db"]) == (0o700, 0o600)


async def test_a_directory_with_other_things_is_left_alone(directory: Path) -> None:
    """It may be somebody's home: its mode is not ours to change, and it is named."""
    _made_for_all(directory, "letter.txt")
    with pytest.raises(DirectoryUnusable, match=str(directory)):
        await _open(directory)
    assert (_mode(directory), _names(directory)) == (0o755, ["letter.txt"])


async def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """A data directory that is a file cannot be used."""
    _made_for_all(tmp_path, "data")
    with pytest.raises(DirectoryUnusable, match=f"{tmp_path / 'data'} cannot be used: File exists"):
        await _open(tmp_path / "data")


async def test_a_lock_that_is_not_ours_is_named(directory: Path) -> None:
    """As after a start by another user: the file stands there and cannot be opened."""
    _in_the_way(directory, "rollcall.lock")
    with pytest.raises(DirectoryUnusable, match=f"{directory} cannot be used: rollcall.lock: Is a directory"):
        await _open(directory)


async def test_a_log_that_is_not_ours_means_that_nothing_can_be_kept(directory: Path) -> None:
    """Likewise; the lock is let go of, so that the next start works."""
    _in_the_way(directory, "rollcall.db-wal")
    with pytest.raises(StoreFull):
        await _open(directory)
    (directory / "rollcall.db-wal").rmdir()
    await (await _open(directory)).close()


async def test_a_second_opening_is_refused_and_names_the_directory(
    store: SqliteStore, directory: Path
) -> None:
    """One process at a time."""
    with pytest.raises(StoreInUse, match=str(directory)):
        await _open(directory)


async def test_closing_lets_the_next_one_in(directory: Path) -> None:
    """What was written stands."""
    first = await _open(directory)
    await first.write(lambda tx: tx.add_operation(operation()))
    await first.close()
    second = await _open(directory)
    kept = await second.read(lambda tx: tx.operation("op_1"))
    await second.close()
    assert kept == operation()


async def test_others_may_read_beside_the_running_bot(store: SqliteStore, directory: Path) -> None:
    """They see what is committed, also after they have opened."""
    beside = await open_beside(directory)
    await store.write(lambda tx: tx.add_operation(operation()))
    seen = await beside.read(lambda tx: tx.operation("op_1"))
    await beside.close()
    assert seen == operation()


async def test_reading_where_nothing_is_says_so(directory: Path) -> None:
    """Looking makes no files."""
    _made_for_all(directory)
    with pytest.raises(StoreMissing, match=str(directory)):
        await open_beside(directory)
    assert _names(directory) == []


async def test_a_file_that_is_no_database_leaves_the_directory_free(directory: Path) -> None:
    """The error is SQLite's own; once the file is mended the next start works."""
    _made_for_all(directory)
    (directory / "rollcall.db").write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        await _open(directory)
    (directory / "rollcall.db").write_bytes(b"")
    await (await _open(directory)).close()


def test_a_library_without_strict_tables_is_named() -> None:
    """With both versions, so that the admin knows what to install."""
    with pytest.raises(SqliteTooOld, match=r"SQLite 3\.38\.0 or newer is needed, this Python has 3\.34\.1"):
        check_library((3, 34, 1))


def test_a_time_without_zone_is_never_stored() -> None:
    """Nobody could say later when it was."""
    with pytest.raises(ValueError, match="zone"):
        time_text(datetime(2026, 3, 4, 12, 0))  # noqa: DTZ001  the very fault


def _in_the_way(directory: Path, name: str) -> None:
    """A file of ours that cannot be opened, for whomever the tests run."""
    directory.mkdir(mode=0o700)
    (directory / name).mkdir()
