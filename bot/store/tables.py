"""What all groups of tables share: the connection of the transaction under way, and randomness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from sqlite3 import Cursor
from typing import Any

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

    def _rows(
        self, sql: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> Iterator[dict[str, Any]]:
        """The rows that a SELECT finds, by column; it is run at once, and its rows are fetched one by one.

        ``Database.query`` would put a savepoint around each, lest it write: two more statements every time.
        """
        found = self._db.execute(sql, values)  # type: ignore[arg-type]
        columns = [column[0] for column in found.description]
        return (dict(zip(columns, row, strict=True)) for row in found)

    def _fill(self, table: str, column: str, added: Cursor, pieces: Iterable[bytes]) -> None:
        """Write a long value over one of zeros that is as long, in the row that was just added.

        As a parameter it would stay in memory for good: the driver keeps statements with what they were
        given. Raises ValueError for pieces that are longer.
        """
        with self._db.conn.blobopen(table, column, added.lastrowid or 0) as value:
            for piece in pieces:
                value.write(piece)
