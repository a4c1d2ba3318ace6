"""Who has to be told what of an operation, each once: planned first, then begun, then sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports.deciding import Notice
from bot.store.tables import Tables
from bot.store.values import time_text


class Notices(Tables):
    """The table ``notice``; a row without anybody only remembers that it was looked into."""

    def plan_notices(self, operation_id: str, what: str, slack_users: Sequence[str], at: datetime) -> bool:
        """Remember that these people are to be told; False, and nothing written, if that was planned."""
        planned = self._db.execute(
            """INSERT INTO notice (operation, what, slack_user, at, begun_at) VALUES (?, ?, '', ?, ?)
               ON CONFLICT DO NOTHING""",
            [operation_id, what, time_text(at), time_text(at)],
        )
        if not planned.rowcount:
            return False
        for slack_user in dict.fromkeys(slack_users):
            self._db.execute(
                "INSERT INTO notice (operation, what, slack_user, at) VALUES (?, ?, ?, ?)",
                [operation_id, what, slack_user, time_text(at)],
            )
        return True

    def planned(self, operation_id: str) -> frozenset[str]:
        """What somebody was, or is to be, told of this operation."""
        rows = self._rows("SELECT DISTINCT what FROM notice WHERE operation = ?", [operation_id])
        return frozenset(row["what"] for row in rows)

    def unsent(self, binding: str) -> Sequence[Notice]:
        """What nobody has begun to send, oldest first."""
        rows = self._rows(
            """SELECT notice.operation, what, slack_user FROM notice
               JOIN operation ON operation.id = notice.operation
               WHERE begun_at IS NULL AND binding = ? ORDER BY number""",
            [binding],
        )
        return [Notice(**row) for row in rows]

    def begin_notice(self, notice: Notice, at: datetime) -> bool:
        """Take it upon oneself to send this; False if somebody else has. What is in doubt is not repeated."""
        begun = self._db.execute(
            """UPDATE notice SET begun_at = ?
               WHERE operation = ? AND what = ? AND slack_user = ? AND begun_at IS NULL""",
            [time_text(at), notice.operation, notice.what, notice.slack_user],
        )
        return begun.rowcount == 1
