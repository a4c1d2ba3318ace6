"""What all groups of tables share: the connection of the transaction under way, and randomness."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from bot.store.plans import Plans

Entropy = Callable[[int], bytes]
"""Gives that many unpredictable bytes; ``secrets.token_bytes`` outside of tests."""


class Tables:
    """A group of tables inside one transaction; it lives exactly as long as that."""

    def __init__(self, db: Database, entropy: Entropy, plans: Plans | None = None) -> None:
        self._db = db
        self._entropy = entropy
        self._plans = plans or Plans()
