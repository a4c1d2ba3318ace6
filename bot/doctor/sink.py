"""Whether the second witness of the audit log can be written to, and agrees with the log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bot.doctor.report import Check, broken, note, well
from bot.domain.audit import Head
from bot.ports.store import Transaction
from bot.sink import read_heads
from bot.store.database import open_beside
from bot.store.errors import StoreError

_SUBJECT = "audit sink"


async def check_sink(path: Path | None, data_dir: Path) -> list[Check]:
    """The file of ROLLCALL_AUDIT_SINK; nothing where there is none."""
    if path is None:
        return []
    found = _kept(path, data_dir)
    if isinstance(found, Check):
        return [found]
    newest = max(found, key=lambda head: head.seq, default=None)
    if newest is not None and not await _in_chain(data_dir, newest):
        verify = f"run python app.py audit verify --sink {path}"
        return [broken(_SUBJECT, f"its newest head, number {newest.seq}, is not in the audit log: {verify}")]
    return [well(_SUBJECT, f"{path} takes heads, {len(found)} so far")]


def _kept(path: Path, data_dir: Path) -> Check | Sequence[Head]:
    """The heads in it, or why it is no witness."""
    if not _may_append(path):
        return broken(_SUBJECT, f"{path} cannot be appended to, so heads stand in Slack alone: let this user")
    if data_dir.resolve() in path.resolve().parents:
        return note(
            _SUBJECT, f"{path} is in the data directory, so it proves nothing more: move it elsewhere"
        )
    try:
        return read_heads(path) if path.is_file() else ()
    except (OSError, ValueError) as error:
        return note(_SUBJECT, f"what is in it cannot be read here: {error}")


def _may_append(path: Path) -> bool:
    return os.access(path if path.exists() else path.parent, os.W_OK) and not path.is_dir()


async def _in_chain(data_dir: Path, head: Head) -> bool:
    def look(tx: Transaction) -> bool:
        return any(row.hash.startswith(head.hash) for row in tx.rows(after=head.seq - 1, limit=1))

    try:
        store = await open_beside(data_dir)
    except (StoreError, sqlite3.Error):
        return False
    try:
        return await store.read(look)
    except sqlite3.Error:
        return False
    finally:
        await store.close()
