"""The data directory: private, and used by one process at a time (design §7)."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

from bot.store.errors import DirectoryUnusable, StoreInUse

DATABASE = "rollcall.db"
LOCK = "rollcall.lock"
_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o600


def prepare(directory: Path) -> None:
    """Make the directory and its database file readable by their owner alone.

    A directory that others may enter is closed to them if it is empty or ours; one that holds other
    things may be somebody's home, so it is left alone and refused. Raises DirectoryUnusable.
    """
    try:
        directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        if stat.S_IMODE(directory.stat().st_mode) != _DIRECTORY_MODE:
            _close_to_others(directory)
        make_private(directory / DATABASE)
    except OSError as error:
        raise DirectoryUnusable(f"the data directory {directory} cannot be used: {error.strerror}") from error


def make_private(path: Path) -> None:
    """Create a file for its owner alone, or take it away from others; SQLite's side files inherit this."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    try:
        os.fchmod(descriptor, _FILE_MODE)
    finally:
        os.close(descriptor)


def _close_to_others(directory: Path) -> None:
    ours = (directory / DATABASE).exists() or not any(directory.iterdir())
    if not ours:
        raise DirectoryUnusable(
            f"the data directory {directory} holds other files and others may enter it: "
            f"choose a directory of its own, or run chmod 700 on it",
        )
    directory.chmod(_DIRECTORY_MODE)


class DirectoryLock:
    """An exclusive lock on the directory; the system drops it when its process ends, however it ends."""

    def __init__(self, directory: Path) -> None:
        """Take the lock or raise StoreInUse at once; DirectoryUnusable where its file is somebody else's."""
        try:
            self._descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        except OSError as error:
            why = f"{LOCK}: {error.strerror}"
            raise DirectoryUnusable(f"the data directory {directory} cannot be used: {why}") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreInUse(
                f"another Rollcall is running on the data directory {directory}: stop it, or choose another",
            ) from error

    def release(self) -> None:
        """Let the next process in."""
        os.close(self._descriptor)
