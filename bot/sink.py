"""A file that heads of the audit chain are appended to (ROLLCALL_AUDIT_SINK): ``SEQ:HASH time operation``.

It proves something where whoever can change the database cannot change it: another user's directory with an
append-only attribute, or a pipe to another machine.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.audit import Head, parse_head

_MODE = 0o600
_log = logging.getLogger(__name__)


class FileSink:
    """`bot.ports.sink.HeadSink` on one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = False

    async def keep(self, head: Head, operation: str, at: datetime) -> None:
        """Append one line; what goes wrong is logged once until it is over."""
        line = f"{head} {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {operation}\n"
        try:
            await asyncio.to_thread(append, self._path, line)
        except OSError as error:
            if not self._told:
                _log.error("an audit head is missing in ROLLCALL_AUDIT_SINK: %s", error.strerror)
            self._told = True
        else:
            self._told = False


def append(path: Path, line: str) -> None:
    """Add a line in one write, behind whatever stands there; a new file is its owner's alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY, _MODE)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read_heads(path: Path) -> Sequence[Head]:
    """Every head in the file; raises OSError, and ValueError with the number of a line that has none."""
    found: list[Head] = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        try:
            found.append(parse_head(line.partition(" ")[0]))
        except ValueError as error:
            raise ValueError(f"line {number} of {path} does not begin with a head") from error
    return found


def newest_kept(path: Path | None) -> tuple[Head, datetime] | None:
    """The head with the highest number, and when it was kept; best effort: the file may be write-only."""
    if path is None or not path.is_file():
        return None
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
        found = [(parse_head(head), datetime.fromisoformat(at)) for head, at, _ in map(str.split, lines)]
    except (OSError, ValueError):
        return None
    return max(found, key=lambda one: one[0].seq, default=None)
