"""Clocks that do not make a test wait for what it is not about."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock

SPEED = 50


class BriskClock:
    """Real time whose waits are fifty times shorter, for those who also measure how long they waited."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() * SPEED

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


class ShortWaits(SystemClock):
    """The real time, but for pauses, which are fifty times shorter: nothing grows old any sooner."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


class LaterClock(ShortWaits):
    """The same, some time ahead: what is due by then is due now."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


class TripleClock(SystemClock):
    """A time in which everything takes a third: for both sides of a wire, where pace itself is measured."""

    def time(self) -> float:
        """For the simulated systems: seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic() * 3

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 3)
