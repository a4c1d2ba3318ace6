"""What is remembered of Contentstack between starts: capabilities seen and the directory (design §5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.actions import ActionKey, Readiness
from bot.ports.store import CapabilityRow
from bot.store.tables import Tables
from bot.store.values import time_text


class Learnt(Tables):
    """The tables ``capability`` and ``snapshot``."""

    def save_capability(self, binding: str, row: CapabilityRow, at: datetime) -> None:
        """Remember what a call taught about an action."""
        self._db.execute(
            """INSERT OR REPLACE INTO capability (binding, action, readiness, why, template, at)
               VALUES (?, ?, ?, ?, ?, ?)""",
            [binding, row.action.value, row.readiness.value, row.why, row.template, time_text(at)],
        )

    def capabilities(self, binding: str) -> Mapping[ActionKey, CapabilityRow]:
        """Everything learnt about actions of this binding."""
        rows = self._rows("SELECT * FROM capability WHERE binding = ? ORDER BY action", [binding])
        return {
            ActionKey(row["action"]): CapabilityRow(
                ActionKey(row["action"]), Readiness(row["readiness"]), row["why"], row["template"]
            )
            for row in rows
        }

    def save_snapshot(self, binding: str, document: bytes, at: datetime) -> None:
        """Keep the directory for the next start."""
        added = self._db.execute(
            "INSERT OR REPLACE INTO snapshot (binding, document, at) VALUES (?, zeroblob(?), ?)",
            [binding, len(document), time_text(at)],
        )
        self._fill("snapshot", "document", added, [document])

    def snapshot(self, binding: str) -> bytes | None:
        """The kept directory."""
        for row in self._rows("SELECT document FROM snapshot WHERE binding = ?", [binding]):
            return bytes(row["document"])
        return None
