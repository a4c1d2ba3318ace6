"""The directory as bytes, so that a restart need not wait for Contentstack (design §5)."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.domain.members import Directory

VERSION = 1


class _Snapshot(BaseModel):
    version: int
    directory: Directory


@cache
def _adapter() -> TypeAdapter[_Snapshot]:
    return TypeAdapter(_Snapshot)


def dumps(directory: Directory) -> bytes:
    """A directory as JSON with a version. It is personal data: keep it where the store keeps such."""
    return _adapter().dump_json(_Snapshot(version=VERSION, directory=directory))


def loads(data: bytes) -> Directory | None:
    """The directory back; None where the snapshot is of another version or cannot be read."""
    try:
        snapshot = _adapter().validate_json(data)
    except ValidationError:
        return None
    return snapshot.directory if snapshot.version == VERSION else None
