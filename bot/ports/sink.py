"""Where heads of the audit chain are kept besides Slack: somewhere that this process can only add to."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.audit import Head


class HeadSink(Protocol):
    """A second witness."""

    async def keep(self, head: Head, operation: str, at: datetime) -> None:
        """Add a head that was posted; a failure is logged and stops nothing."""
