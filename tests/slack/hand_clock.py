"""A clock that a test moves by hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.slack.messages.samples import NOON


@dataclass
class HandClock:
    """Time stands still until :meth:`go_on`; who sleeps wakes when his time has come."""

    at: float = 1_000.0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    sleepers: int = 0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        until = self.at + seconds
        self.sleepers += 1
        try:
            while self.at < until:
                moved = self._moved
                await moved.wait()
        finally:
            self.sleepers -= 1

    def go_on(self, seconds: float) -> None:
        self.at += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
