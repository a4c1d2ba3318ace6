"""What all groups of tables share: the connection of the transaction under way, and randomness."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

Entropy = Callable[[int], bytes]
"""Gives that many unpredictable bytes; ``secrets.token_bytes`` outside of tests."""


class Tables:
    """A group of tables inside one transaction; it lives exactly as long as that."""

    def __init__(self, db: Database, entropy: Entropy) -> None:
        self._db = db
        self._entropy = entropy
