"""Whether this database is a copy that nobody has started on yet (design §7).

The mark stands in the file's own header (``PRAGMA user_version``), so that it cannot be lost on the way, and
it goes in the transaction in which everything is held.
"""

from __future__ import annotations

from bot.store.tables import Tables

COPY = 1
"""The ``user_version`` of a copy."""


class Provenance(Tables):
    """The header of the database's file."""

    def restored(self) -> bool:
        """Whether this is a backup's copy on which nothing was started yet."""
        [row] = self._rows("PRAGMA user_version")
        return bool(row["user_version"] == COPY)

    def settled(self) -> None:
        """From now on it is the database like any other."""
        self._db.execute("PRAGMA user_version = 0")
