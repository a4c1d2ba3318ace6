"""Uids as option values: Slack takes at most 150 characters (SL §5), Contentstack promises no length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

LONGEST = 150
_HASHED = "sha256:"


def key(uid: str) -> str:
    """The uid itself, or a digest of one that is too long for a value."""
    return uid if len(uid) <= LONGEST else _HASHED + hashlib.sha256(uid.encode()).hexdigest()


def is_digest(value: str) -> bool:
    """Whether the uid behind a value has to be looked for."""
    return value.startswith(_HASHED)


def uid_of(value: str, uids: Iterable[str]) -> str:
    """The uid behind a value; a digest is looked for among ``uids``, and stays as it is where it is none."""
    if not is_digest(value):
        return value
    return next((uid for uid in uids if key(uid) == value), value)
