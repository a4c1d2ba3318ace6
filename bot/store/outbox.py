"""The outbox: what is still to be told to the engine (design §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports.store import OutboxRow
from bot.store.tables import Tables
from bot.store.values import time_text


class Outbox(Tables):
    """The table ``outbox``."""

    def put_outbox(self, row: OutboxRow, at: datetime) -> None:
        """Ask for a delivery; a second row with the same key changes nothing."""
        self._db.execute(
            """INSERT INTO outbox (key, operation, binding, at) VALUES (?, ?, ?, ?)
               ON CONFLICT (key) DO NOTHING""",
            [row.key, row.operation, row.binding, time_text(at)],
        )

    def outbox(self) -> Sequence[OutboxRow]:
        """What is not delivered yet, oldest first."""
        rows = self._rows(
            "SELECT key, operation, binding FROM outbox WHERE delivered_at IS NULL ORDER BY number"
        )
        return [OutboxRow(**row) for row in rows]

    def delivered(self, key: str, at: datetime) -> None:
        """Mark one row as delivered."""
        self._db.execute(
            "UPDATE outbox SET delivered_at = ? WHERE key = ? AND delivered_at IS NULL", [time_text(at), key]
        )
