"""Telling people in Slack what became of an operation. Slack shows; the store is the truth."""

from __future__ import annotations

from typing import Protocol


class Notifier(Protocol):
    """Keeps the messages of an operation as the store has it; best effort, and always repeatable."""

    async def announce(self, operation_id: str) -> bool:
        """Make sure that the operation has its one message; False if Slack would not take it for now."""

    def changed(self, operation_id: str) -> None:
        """The operation changed: bring its messages up to date soon. Never blocks, never fails."""

    async def tell(self, slack_user: str, key: str, operation_id: str = "") -> None:
        """Send one private sentence (a key of ``bot.words``) to somebody; best effort."""
