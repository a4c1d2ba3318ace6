"""The real time and real identifiers (ports.clock)."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)


class TimeSortedIds:
    """``op_`` + nanoseconds + chance: later ones sort after earlier ones, also after a restart."""

    def __init__(self) -> None:
        self._last = 0

    def new(self, prefix: str) -> str:
        """A new identifier; two in the same nanosecond still come in order."""
        self._last = max(self._last + 1, time.time_ns())
        return f"{prefix}_{self._last:016x}{secrets.token_hex(4)}"
