"""`python app.py backup DIR`: a copy of both databases, beside a running bot or without one (design §7).

The copy of the store is marked: the first start on it holds everything that is not over, since more may have
happened after it was made. The token that `login` kept and the settings are not copied.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.engine.database import DATABASE as ENGINE
from bot.store.directory import DATABASE as STORE
from bot.store.directory import make_private
from bot.store.provenance import COPY

_ENTERED_BY_US_ALONE = 0o700


class CannotBackUp(Exception):
    """There is nothing to copy, or no place for it; the message is a sentence."""


def back_up(directory: Path, target: Path) -> tuple[Path, ...]:
    """Copy the databases of a data directory; the files that were made. Raises CannotBackUp.

    The engine's goes first: a run that it does not know is put in line again at the start, one that only it
    knew would not be.
    """
    if not (directory / STORE).is_file():
        raise CannotBackUp(f"there is no Rollcall store in {directory}: has the bot been started there?")
    try:
        target.mkdir(mode=_ENTERED_BY_US_ALONE, parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise CannotBackUp(f"{target} is not empty: name a new directory")
        os.chmod(target, _ENTERED_BY_US_ALONE)  # noqa: PTH101  mkdir leaves the mode of one that was there
        made = [
            _copy(directory / name, target / name) for name in (ENGINE, STORE) if (directory / name).is_file()
        ]
        with closing(sqlite3.connect(target / STORE)) as copy:
            copy.execute(f"PRAGMA user_version = {COPY}")
            copy.commit()
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"the backup in {target} is not complete: {error}") from error
    return tuple(made)


def _copy(source: Path, target: Path) -> Path:
    """SQLite's own backup, in one step: what was committed at that moment, while the bot writes on."""
    make_private(target)
    with closing(sqlite3.connect(source, timeout=30)) as running, closing(sqlite3.connect(target)) as copy:
        running.execute("PRAGMA query_only = ON")
        running.backup(copy)
    return target
