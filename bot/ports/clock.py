"""Time and identifiers, passed in so that tests can hold them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for what is recorded, monotonic seconds for what is measured."""

    def now(self) -> datetime:
        """The present, in UTC with its zone."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""


class Ids(Protocol):
    """Unique, time-sortable identifiers (engine.md §3.9: FIFO inside a second needs them)."""

    def new(self, prefix: str) -> str:
        """A new identifier such as ``op_019ab3…``; later ones sort after earlier ones."""
