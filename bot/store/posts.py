"""Where an operation's messages stand in Slack (design §6, one message per operation)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.ports.store import Post
from bot.store.tables import Tables
from bot.store.values import time_text


class Posts(Tables):
    """The table ``post``."""

    def put_post(self, post: Post, at: datetime) -> Post:
        """Record the intent to post; the row that was there already if there was one."""
        self._db.execute(
            """INSERT INTO post (operation, part, channel, ts, at, posted_at)
               VALUES (:operation, :part, :channel, :ts, :at, CASE :ts WHEN '' THEN NULL ELSE :at END)
               ON CONFLICT (operation, part) DO NOTHING""",
            {
                "operation": post.operation,
                "part": post.part,
                "channel": post.channel,
                "ts": post.ts,
                "at": time_text(at),
            },
        )
        return self.posts(post.operation)[post.part]

    def posted(self, operation_id: str, part: str, ts: str, at: datetime) -> None:
        """Record where the message stands; raises KeyError where no post was intended."""
        found = self._db.execute(
            "UPDATE post SET ts = ?, posted_at = ? WHERE operation = ? AND part = ?",
            [ts, time_text(at), operation_id, part],
        )
        if not found.rowcount:
            raise KeyError(part)

    def posts(self, operation_id: str) -> Mapping[str, Post]:
        """Part -> post."""
        rows = self._rows(
            "SELECT operation, part, channel, ts FROM post WHERE operation = ? ORDER BY part", [operation_id]
        )
        return {row["part"]: Post(**row) for row in rows}
