"""Secrets as they may be stored: encrypted, and bound to what they are about.

What was sealed about one person cannot be opened as another's, wherever somebody copies the row.
"""

from __future__ import annotations

from typing import Protocol


class CannotOpen(Exception):
    """No key that we have opens it, or it is not about what was said; nothing of it is told."""


class Vault(Protocol):
    """Seals with the first key, opens with every key."""

    def seal(self, secret: str, about: str) -> bytes:
        """Encrypt; ``about`` must be said again to open it."""

    def open(self, sealed: bytes, about: str) -> str:
        """Decrypt; raises CannotOpen."""

    def stale(self, sealed: bytes) -> bool:
        """Whether it was sealed with another key than the first, so that it should be sealed again."""
