"""Something that was read and serves for some seconds; late in them it is renewed in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from bot.ports.clock import Clock
from bot.ports.contentstack import ContentstackError

T = TypeVar("T")

_EARLY = 0.6
"""The share of its time after which it is renewed in the background, so that a run need not wait for it."""


class Kept(Generic[T]):
    """A value with its age. ``read`` gives it anew and may raise ContentstackError."""

    def __init__(self, clock: Clock, read: Callable[[], Awaitable[T]]) -> None:
        self._clock = clock
        self._read = read
        self._lock = asyncio.Lock()
        self._held: tuple[float, T] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._dropped = 0

    async def get(self, max_age: float) -> T:
        """The value, of a reading that began at most so many seconds ago."""
        asked = self._clock.monotonic()
        held = self._held
        if held is None or asked - held[0] > max_age:
            held = await self._renewed(asked, max_age)
        elif asked - held[0] > max_age * _EARLY and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew_early(asked, max_age * _EARLY))
        return held[1]

    def drop(self) -> None:
        """What is held, or is being read at this moment, is true no longer."""
        self._held = None
        self._dropped += 1

    async def close(self) -> None:
        """Stop renewing."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)

    async def _renewed(self, asked: float, max_age: float) -> tuple[float, T]:
        """Read once, whoever waits: who comes second finds what the first one read."""
        async with self._lock:
            held = self._held
            if held is None or asked - held[0] > max_age:
                began, dropped = self._clock.monotonic(), self._dropped
                held = (began, await self._read())
                self._held = held if dropped == self._dropped else None
            return held

    async def _renew_early(self, asked: float, max_age: float) -> None:
        with suppress(ContentstackError):  # whoever needs it after its time reads it himself, and is told
            await self._renewed(asked, max_age)
