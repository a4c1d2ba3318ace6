"""The audit chain's rows (design §7); the chain itself is `bot.domain.audit`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain import audit
from bot.domain.audit import Event, EventKind, Head, Row
from bot.domain.plan import canonical
from bot.store.tables import Tables
from bot.store.values import parse_json, time_text


class AuditChain(Tables):
    """The table ``audit``."""

    def append(self, event: Event, at: datetime) -> Head:
        """Append an event to the chain; the new head."""
        row = audit.append(self.head(), event, time_text(at))
        self._db.execute(
            """INSERT INTO audit (seq, at, kind, binding, operation, actor, data, prev_hash, hash)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                row.seq,
                row.at,
                event.kind.value,
                event.binding,
                event.operation,
                event.actor,
                canonical(dict(event.data)).decode(),
                row.previous,
                row.hash,
            ],
        )
        return Head(row.seq, row.hash)

    def head(self) -> Head:
        """The newest row."""
        for row in self._db.query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"):
            return Head(row["seq"], row["hash"])
        return audit.START

    def rows(
        self, *, operation: str | None = None, after: int | None = None, limit: int | None = None
    ) -> Iterable[Row]:
        """Rows in order of their number, in memory: take a long chain by ``after`` and ``limit``.

        Without ``after`` it is every row there is, so that none hides behind a number below one.
        """
        rows = self._db.query(
            """SELECT * FROM audit
               WHERE (:after IS NULL OR seq > :after) AND (:operation IS NULL OR operation = :operation)
               ORDER BY seq LIMIT :limit""",
            {"after": after, "operation": operation, "limit": -1 if limit is None else limit},
        )
        return [_row(row) for row in rows]


def _row(row: Mapping[str, Any]) -> Row:
    return Row(row["seq"], row["at"], _event(row), row["prev_hash"], row["hash"])


def _event(row: Mapping[str, Any]) -> Event:
    """The event; one that is not written as we write it comes back as one that no hash fits."""
    try:
        kind, data = EventKind(row["kind"]), parse_json(row["data"])
        readable = canonical(dict(data)).decode() == row["data"]
    except (ValueError, TypeError):
        readable = False
    if not readable:
        kind, data = EventKind.STARTED, {"unreadable_kind": row["kind"], "unreadable_data": row["data"]}
    return Event(kind, row["binding"], row["operation"], row["actor"], data)
