"""The audit chain's rows (design §7); the chain itself is `bot.domain.audit`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from bot.domain import audit
from bot.domain.audit import Event, EventKind, Head, Row
from bot.domain.plan import canonical
from bot.store.tables import Tables
from bot.store.values import json_text, parse_json, time_text


class AuditChain(Tables):
    """The table ``audit``."""

    _newest: Head | None = None
    """What was appended last in this transaction, which alone can write as long as it lasts."""

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
        self._newest = Head(row.seq, row.hash)
        return self._newest

    def head(self) -> Head:
        """The newest row."""
        if self._newest is not None:
            return self._newest
        for row in self._rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"):
            return Head(row["seq"], row["hash"])
        return audit.START

    def newest(self, kind: EventKind, binding: str) -> Row | None:
        """The last row of its kind, or None."""
        rows = self._rows(
            f"""SELECT seq, {_AS_BYTES} FROM audit WHERE operation = '' AND kind = ? AND binding = ?
                ORDER BY seq DESC LIMIT 1""",  # noqa: S608  names of our own columns
            [kind.value, binding],
        )
        return next((_row(row) for row in rows), None)

    def rows(
        self,
        *,
        operation: str | None = None,
        kinds: Collection[EventKind] | None = None,
        after: int | None = None,
        limit: int | None = None,
    ) -> Iterable[Row]:
        """Rows in order of their number, in memory: take a long chain by ``after`` and ``limit``.

        Without ``after`` it is every row there is, so that none hides behind a number below one.
        """
        rows = self._rows(
            f"""SELECT seq, {_AS_BYTES} FROM audit
               WHERE (:after IS NULL OR seq > :after) AND (:operation IS NULL OR operation = :operation)
                 AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
               ORDER BY seq LIMIT :limit""",  # noqa: S608  names of our own columns
            {
                "after": after,
                "operation": operation,
                "kinds": None if kinds is None else json_text([kind.value for kind in kinds]),
                "limit": -1 if limit is None else limit,
            },
        )
        return [_row(row) for row in rows]


_TEXTS = ("at", "kind", "binding", "operation", "actor", "data", "prev_hash", "hash")
_AS_BYTES = ", ".join(
    f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) END AS {name}" for name in _TEXTS
)
"""The driver refuses text that is no UTF-8; an audit has to say of it that it was changed."""
_NO_TEXT = b"\xff"
"""Stands for what is no text at all: like every text that is no UTF-8 it has no hash."""


def _row(found: Mapping[str, Any]) -> Row:
    texts = {
        name: (_NO_TEXT if found[name] is None else found[name]).decode(errors="surrogateescape")
        for name in _TEXTS
    }
    return Row(found["seq"], texts["at"], _event(texts), texts["prev_hash"], texts["hash"])


def _event(row: Mapping[str, str]) -> Event:
    """The event; one that is not written as we write it comes back as one that no hash fits."""
    kind, data = EventKind.STARTED, {"unreadable_kind": row["kind"], "unreadable_data": row["data"]}
    with suppress(ValueError, TypeError, RecursionError):
        written = parse_json(row["data"])
        if canonical(dict(written)).decode() == row["data"]:
            kind, data = EventKind(row["kind"]), written
    return Event(kind, row["binding"], row["operation"], row["actor"], data)
