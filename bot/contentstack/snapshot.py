"""The directory as bytes, so that a restart need not wait for Contentstack (design §5).

Compressed lines of JSON: the first has everything but the members, who follow some hundred a line. A large
organization is never in memory a second time as one text, neither here nor in what SQLite copies of it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.domain.members import Directory, Member

VERSION = 2

_AT_ONCE = 500
_LEVEL = 1
"""Of zlib's nine: 50,000 members become 3 MB of 24 in a fifth of a second."""


class _Head(BaseModel):
    version: int
    directory: Directory


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dumps(directory: Directory) -> bytes:
    """A directory with a version. It is personal data: keep it where the store keeps such."""
    kept = BytesIO()
    with gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
        for line in _lines(directory):
            packed.write(line + b"\n")
    return kept.getvalue()


def _lines(directory: Directory) -> Iterator[bytes]:
    yield _adapter(_Head).dump_json(_Head(version=VERSION, directory=replace(directory, members=())))
    for start in range(0, len(directory.members), _AT_ONCE):
        yield _adapter(tuple[Member, ...]).dump_json(directory.members[start : start + _AT_ONCE])


def loads(data: bytes) -> Directory | None:
    """The directory back; None where the snapshot is of another version or cannot be read."""
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as lines:
            head: _Head = _adapter(_Head).validate_json(next(lines, b""))
            if head.version != VERSION:
                return None
            members = tuple(
                member for line in lines for member in _adapter(tuple[Member, ...]).validate_json(line)
            )
    except (ValidationError, OSError, EOFError, zlib.error):
        return None
    return replace(head.directory, members=members)
