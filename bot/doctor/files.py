"""Whether what Rollcall keeps on this machine is there, writable, and nobody else's to read (design §7)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.report import Check, broken, note, well

_OTHERS = 0o077


def check_files(data_dir: Path, dotenv: Path) -> Iterator[Check]:
    """The data directory with its files, and `.env`."""
    yield from _check_data_dir(data_dir)
    if dotenv.is_file() and stat.S_IMODE(dotenv.stat().st_mode) & _OTHERS:
        yield note(".env", f"others on this machine may read it: chmod 600 {dotenv}")


def _check_data_dir(data_dir: Path) -> Iterator[Check]:
    subject = "data directory"
    if not data_dir.exists():
        yield note(subject, f"{data_dir} is not there yet; the first start makes it")
        return
    if not data_dir.is_dir() or not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        yield broken(subject, f"{data_dir} is not a directory that this user may write to")
        return
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & _OTHERS:
        yield broken(subject, f"others may enter {data_dir} (mode {mode:04o}): chmod 700 {data_dir}")
        return
    open_files = sorted(entry.name for entry in data_dir.iterdir() if entry.is_file() and _readable(entry))
    if open_files:
        yield broken(subject, f"others may read {', '.join(open_files)} in {data_dir}: chmod 600 them")
        return
    yield well(subject, f"{data_dir} is writable, and private to this user")


def _readable(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & _OTHERS)
